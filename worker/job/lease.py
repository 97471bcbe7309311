"""A running job's lease: renewed in a thread as long as the job makes progress."""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from shared.errors import StoreUnavailable, Superseded
from shared.job import Pending
from shared.job_store import LEASE_SECONDS, Claim, JobStore
from worker.job.watchdog import LOADING_SECONDS

log = logging.getLogger(__name__)


class Lease:
    """The deadline of the next progress, and whether the attempt still holds the job.

    `pending` is what the job's user wants of the attempt, as the store said last.
    """

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        self._deadline = time.monotonic() + LOADING_SECONDS
        self._lost = threading.Event()
        self.pending: Pending | None = None

    def expect_progress_in(self, seconds: float) -> None:
        """Report progress, and set the deadline for the next."""
        self._deadline = time.monotonic() + seconds

    def check(self) -> None:
        """Raise Superseded if the attempt no longer holds the job."""
        if self._lost.is_set():
            raise Superseded(id=self.claim.job_id, attempt=self.claim.attempt)

    def note(self, pending: Pending | None) -> None:
        """Record what the job's user wants of the attempt."""
        self.pending = pending

    def mark_lost(self) -> None:
        """Record that the attempt no longer holds the job."""
        self._lost.set()

    @property
    def is_alive(self) -> bool:
        """Whether the deadline has not passed."""
        return time.monotonic() < self._deadline


def end_hung_process(claim: Claim, jobs: JobStore) -> None:
    """Requeue the job and kill this process, whose device hangs; Celery starts another."""
    log.error("job %s: no progress before the deadline; this process exits", claim.job_id)
    try:
        jobs.lose(claim, "hung")
    except (StoreUnavailable, Superseded):
        log.warning("job %s: will be requeued when its lease expires", claim.job_id)
    os.kill(os.getpid(), signal.SIGKILL)  # Python handles no other signal while a library hangs


OnHang = Callable[[Claim, JobStore], None]


@contextmanager
def hold_lease(
    claim: Claim,
    jobs: JobStore,
    seconds: float = LEASE_SECONDS,
    on_hang: OnHang = end_hung_process,
) -> Iterator[Lease]:
    """Renew the lease of a claimed job, by `seconds` at a time, while the block runs."""
    lease, done = Lease(claim), threading.Event()

    def renew() -> None:
        while not done.wait(seconds / 3):
            if not lease.is_alive:
                on_hang(claim, jobs)
                return
            try:
                lease.note(jobs.renew(claim, seconds))
            except Superseded:
                lease.mark_lost()
                return
            except StoreUnavailable:
                continue  # once Redis is back, the renewal succeeds unless another attempt began

    thread = threading.Thread(target=renew, daemon=True)
    thread.start()
    try:
        yield lease
    finally:
        done.set()
        thread.join()
