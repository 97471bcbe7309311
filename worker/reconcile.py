"""Mends what was cut off: jobs whose worker is lost go back, lost wake-ups are sent again."""

import logging
import threading
from collections.abc import Callable

from shared.errors import StoreUnavailable
from shared.jobs import JobStore
from shared.workers import Workers

TICK_SECONDS = 5.0
log = logging.getLogger(__name__)


def reconcile(jobs: JobStore, workers: Workers, wake: Callable[[], None]) -> None:
    """Make one round; a wake-up is sent only while a job waits and a worker is idle."""
    if lost := jobs.put_back_lapsed():
        log.warning("%d jobs had lost their worker", lost)
    if jobs.waiting() and jobs.running() < len(workers.live()):
        wake()


def keep_reconciling(
    jobs: JobStore, workers: Workers, me: str, wake: Callable[[], None], stop: threading.Event
) -> None:
    """Announce this worker and make a round every few seconds until `stop`."""
    while True:
        try:
            workers.greet(me)
            reconcile(jobs, workers, wake)
        except StoreUnavailable as error:
            log.warning("Redis is away: %s", error.parameters["reason"])
        if stop.wait(TICK_SECONDS):
            return
