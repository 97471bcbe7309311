"""A running job's lease, renewed beside the work for as long as the work gives signs of life."""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from shared.errors import StoreUnavailable, Superseded
from shared.job_store import LEASE_SECONDS, Claim, JobStore
from worker.job.watchdog import LOADING

log = logging.getLogger(__name__)


class Lease:
    """Knows until when a sign of life is expected, and whether the job is still ours."""

    def __init__(self, claim: Claim) -> None:
        self._claim = claim
        self._until = time.monotonic() + LOADING
        self._lost = threading.Event()

    def expect(self, seconds: float) -> None:
        """Give a sign of life, and promise the next one within so many seconds."""
        self._until = time.monotonic() + seconds

    def check(self) -> None:
        """Raise Superseded if another attempt holds the job, or nobody."""
        if self._lost.is_set():
            raise Superseded(id=self._claim.job_id, attempt=self._claim.attempt)

    def give_up(self) -> None:
        """Say that the job is not ours any more."""
        self._lost.set()

    @property
    def hopeful(self) -> bool:
        """Whether the next sign is not overdue."""
        return time.monotonic() < self._until


def die(claim: Claim, jobs: JobStore) -> None:
    """End this process, whose device hangs: the job goes back, and Celery starts another."""
    log.error("job %s: no sign of life; this process ends itself", claim.job_id)
    try:
        jobs.lose(claim, "hung")
    except (StoreUnavailable, Superseded):
        log.warning("job %s: goes back when its lease lapses", claim.job_id)
    os.kill(os.getpid(), signal.SIGKILL)  # whatever hangs in native code hears nothing gentler


Hung = Callable[[Claim, JobStore], None]


@contextmanager
def kept(
    claim: Claim, jobs: JobStore, seconds: float = LEASE_SECONDS, hung: Hung = die
) -> Iterator[Lease]:
    """Keep the lease of a claimed job, `seconds` at a time, while the block runs."""
    lease, done = Lease(claim), threading.Event()

    def renew() -> None:
        while not done.wait(seconds / 3):
            if not lease.hopeful:
                hung(claim, jobs)
                return
            try:
                jobs.renew(claim, seconds)
            except Superseded:
                lease.give_up()
                return
            except StoreUnavailable:
                continue  # taken up again when Redis is back, if nobody else has the job then

    thread = threading.Thread(target=renew, daemon=True)
    thread.start()
    try:
        yield lease
    finally:
        done.set()
        thread.join()
