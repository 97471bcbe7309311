"""A worker's deliveries to a receiver on loopback; `python -m` of this file begins some and waits.

Its argument is the URL of Redis.
"""

import sys
import threading
import time
from dataclasses import dataclass

from shared.errors import OutOfMemory
from shared.job_store import Delivery, JobStore, Outbox, Webhooks, connect
from shared.outbound import Outbound
from shared.public_addresses import AllowedTargets
from tests.own_http_server import OwnHttpServer
from tests.shared.job_store.transitions import claimed, queued
from tests.system.running_system import wait_until
from worker.maintenance.webhooks import Deliverer

ATTEMPT_SECONDS = 0.5
LEASE_SECONDS = 1.0
PUBLIC_URL = "https://gramworks.example"
OLD_SECRET = "whsec_" + "B" * 32
HOOK = "wh_1"


def deliverer_of(outbox: Outbox, stop: threading.Event, allowed: str = "127.0.0.1") -> Deliverer:
    outbound = Outbound(AllowedTargets.parse(allowed))
    return Deliverer(outbox, outbound, PUBLIC_URL, stop, ATTEMPT_SECONDS, LEASE_SECONDS)


def end(stop: threading.Event) -> None:
    """Let a worker claim nothing more, and return when it no longer uses Redis."""
    stop.set()
    for thread in threading.enumerate():
        if thread.name.startswith("webhook "):
            thread.join(10)


@dataclass
class Scene:
    """A receiver, and a worker that delivers to it."""

    jobs: JobStore
    webhooks: Webhooks
    outbox: Outbox
    deliverer: Deliverer
    receiver: OwnHttpServer

    def add(self, path: str = "/hook", webhook_id: str = HOOK, owner: str = "alice") -> None:
        """Add a webhook that calls the receiver."""
        self.webhooks.add(webhook_id, owner, OLD_SECRET, self.receiver.url(path), {})

    def end_job(self, owner: str = "alice") -> str:
        """Return a job that failed."""
        job_id = queued(self.jobs, owner=owner)
        self.jobs.fail(claimed(self.jobs), OutOfMemory(width=1, height=1))
        return job_id

    def delivery(self, whose: str) -> Delivery:
        """Return the newest delivery of a job or a webhook."""
        return self.outbox.log(whose)[0]

    def attempted(self, whose: str, attempts: int = 1) -> Delivery:
        """Let the worker deliver, and return the delivery after its attempts."""
        self.deliverer.deliver_due()
        wait_until(
            lambda: len(self.delivery(whose).attempts) >= attempts, "an attempt is recorded", 10
        )
        return self.delivery(whose)


if __name__ == "__main__":
    deliverer_of(Outbox(connect(sys.argv[1])), threading.Event()).deliver_due()
    time.sleep(60)
