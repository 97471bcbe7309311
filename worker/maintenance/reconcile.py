"""Mends what was cut off: one worker at a time makes a round every few seconds."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from shared.errors import StoreUnavailable
from shared.job_store import JobStore
from shared.job_store.workers import Workers
from shared.object_store import ObjectStore
from worker.maintenance.garbage import collect_orphans, delete_old

TICK_SECONDS = 2.0
COLLECT_SECONDS = 600.0
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reconciler:
    """Puts back lost jobs, sends lost wake-ups again, deletes what is past its time."""

    jobs: JobStore
    workers: Workers
    objects: ObjectStore
    wake: Callable[[], None]
    retention_seconds: float | None = None  # None keeps everything

    def round(self) -> None:
        """Make one round, unless another worker is at it."""
        with self.jobs.alone("reconcile") as alone:
            if not alone:
                return
            if lost := self.jobs.requeue_expired():
                log.warning("%d jobs had lost their worker", lost)
            if self.jobs.waiting() and self.jobs.running() < self._takers():
                self.wake()

    def _takers(self) -> int:
        return len({worker.name for worker in self.workers.live()} - self.jobs.draining())

    def collect(self) -> None:
        """Delete old jobs and orphans, unless a worker did lately."""
        if not self.jobs.first_in("collect", COLLECT_SECONDS):
            return
        if self.retention_seconds is not None:
            while old := delete_old(self.jobs, self.objects, self.retention_seconds):
                log.info("deleted %d jobs that were past their time", old)
        if orphans := collect_orphans(self.jobs, self.objects):
            log.info("deleted %d files that no job names", orphans)


def keep_at_it(
    step: Callable[[], None], stop: threading.Event, seconds: float = TICK_SECONDS
) -> None:
    """Take a step every so many seconds until told to stop, whatever store is away meanwhile."""
    while not stop.is_set():
        begin = time.monotonic()
        try:
            step()
        except StoreUnavailable as error:
            log.warning("a store is away: %s", error.parameters)
        stop.wait(max(0.1, begin + seconds - time.monotonic()))
