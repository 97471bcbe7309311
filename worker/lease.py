"""A running job's lease, renewed beside the work for as long as the work gives signs of life."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from shared.errors import StoreUnavailable, Superseded
from shared.jobs import LEASE_SECONDS, Claim, JobStore

PATIENCE = 300.0  # seconds; loading, tracing and an evaluation of a megapixel take less
PATIENCE_PER_PIXEL = 300e-6  # an evaluation in tiles and in float32 takes less (docs/engine.md)


class Lease:
    """Knows when the work last gave a sign of life."""

    def __init__(self) -> None:
        self._last = time.monotonic()
        self._patience = PATIENCE

    def allow_for(self, pixels: int) -> None:
        """Wait longer for the signs of life of a large result."""
        self._patience = PATIENCE + pixels * PATIENCE_PER_PIXEL

    def sign_of_life(self) -> None:
        """Say that the work goes on."""
        self._last = time.monotonic()

    @property
    def hopeful(self) -> bool:
        """Whether the last sign is young enough to renew the lease."""
        return time.monotonic() - self._last < self._patience


@contextmanager
def kept(claim: Claim, jobs: JobStore, seconds: float = LEASE_SECONDS) -> Iterator[Lease]:
    """Keep the lease of a claimed job, `seconds` at a time, while the block runs."""
    lease, done = Lease(), threading.Event()
    thread = threading.Thread(target=_renew, args=(claim, jobs, lease, done, seconds), daemon=True)
    thread.start()
    try:
        yield lease
    finally:
        done.set()
        thread.join()


def _renew(
    claim: Claim, jobs: JobStore, lease: Lease, done: threading.Event, seconds: float
) -> None:
    while not done.wait(seconds / 3) and lease.hopeful:
        try:
            jobs.renew(claim, seconds)
        except Superseded:
            return  # the work's own next write is refused too, and ends it
        except StoreUnavailable:
            continue  # Redis may be back before the lease has lapsed
