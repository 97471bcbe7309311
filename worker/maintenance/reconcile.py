"""Requeues lost jobs and deletes old ones; one worker at a time does it, every few seconds."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from shared import paths
from shared.job_store import (
    JobQueue,
    JobStore,
    Locks,
    RedisStatus,
    Trash,
    UploadedImages,
    Workers,
)
from shared.object_store import ObjectStore
from worker.maintenance.garbage import (
    delete_beyond,
    delete_old,
    delete_old_pixels,
    delete_orphaned_images,
    delete_orphans,
    delete_unused_images,
    empty_trash,
)

GARBAGE_SECONDS = 600.0
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reconciler:
    """Requeues lost jobs, sends lost wake-ups again, deletes jobs past their retention."""

    jobs: JobStore
    trash: Trash
    queue: JobQueue
    workers: Workers
    locks: Locks
    redis: RedisStatus
    objects: ObjectStore
    images: UploadedImages
    wake: Callable[[], None]
    pixels_seconds: float  # for which float pixels are kept
    uploads_seconds: float  # for which an uploaded image is kept after its last use
    trash_seconds: float  # for which deleted jobs stay in the trash
    retention_seconds: float | None = None  # None keeps everything
    style_cache_bytes: int | None = None  # in the object store; None keeps everything

    def reconcile(self) -> None:
        """Do one round, unless another worker is doing it."""
        with self.locks.hold("reconcile") as held:
            if not held:
                return
            if expired := self.jobs.requeue_expired():
                log.warning("requeued %d jobs whose lease had expired", expired)
            if self.queue.load().jobs and self.queue.running_count() < self._able_workers():
                self.wake()

    def collect_garbage(self) -> None:
        """Delete old jobs, trash, pixels and orphaned objects, unless a worker did so recently."""
        if not self.locks.once_in("collect", GARBAGE_SECONDS):
            return
        self._collect_jobs()
        if orphans := delete_orphans(self.jobs, self.objects, self.redis.clock()):
            log.info("deleted %d objects that no job names", orphans)
        while unused := delete_unused_images(self.images, self.objects, self.uploads_seconds):
            log.info("deleted %d uploaded images that were not used", unused)
        delete_orphaned_images(self.images, self.objects, self.redis.clock())
        if self.style_cache_bytes is not None:
            delete_beyond(paths.STATISTICS, self.objects, self.style_cache_bytes)

    def _collect_jobs(self) -> None:
        if self.retention_seconds is not None:
            while old := delete_old(self.jobs, self.objects, self.retention_seconds):
                log.info("deleted %d jobs past their retention", old)
        while old := empty_trash(self.trash, self.objects, self.trash_seconds):
            log.info("deleted %d jobs from the trash", old)
        while old := delete_old_pixels(self.jobs, self.objects, self.pixels_seconds):
            log.info("deleted the float pixels of %d jobs", old)

    def _able_workers(self) -> int:
        draining = self.workers.draining()
        return sum(
            worker.name not in draining and worker.suspended_until is None
            for worker in self.workers.live()
        )
