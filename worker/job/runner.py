"""Runs a claimed job: loads it, paints, reports, stores the result. It does not know Celery."""

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from shared import paths
from shared.errors import (
    GramworksError,
    PicturesTooLarge,
    RecordUnreadable,
    StoreUnavailable,
    Superseded,
)
from shared.job import Job
from shared.job_store import Claim, JobStore
from shared.object_store import ObjectStore
from shared.settings import StyleSettings
from worker.engine.progress import Progress
from worker.engine.snapshot import Snapshot
from worker.job import checkpoints
from worker.job.backoff import OBJECT_STORE_SECONDS, with_backoff
from worker.job.checkpoints import Checkpoints
from worker.job.lease import Lease, OnHang, end_hung_process, hold_lease
from worker.job.pictures import JobPictures
from worker.job.progress_reporter import ProgressReporter, to_record
from worker.job.result import Results, is_early
from worker.job.throughput import JobTiming, Stopwatch
from worker.job.watchdog import LOADING_SECONDS, Watchdog
from worker.maintenance.garbage import delete_unnamed

Pixels = NDArray[np.float32]
log = logging.getLogger(__name__)


class PauseWanted(Exception):
    """The job's user wants it paused, and its checkpoint is saved."""


class Stylize(Protocol):
    """The engine: yields its progress after each evaluation."""

    def __call__(
        self,
        content: Pixels,
        styles: Sequence[Pixels],
        settings: StyleSettings,
        resume: Snapshot | None = None,
        fallback_step: int = 0,
        init: Pixels | None = None,
    ) -> Iterator[Progress]:
        """Paint `content` in the style of `styles`; see `Engine.stylize`."""


@dataclass(frozen=True)
class Runner:
    """Runs claimed jobs."""

    jobs: JobStore
    objects: ObjectStore
    stylize: Stylize
    checkpoint_seconds: float = 10.0
    keep_pixels: bool = True
    weights_sha256: str | None = None  # of VGG19's weights, for the result's provenance
    object_store_seconds: float = OBJECT_STORE_SECONDS
    on_hang: OnHang = end_hung_process

    def run(self, claim: Claim, speed: float | None = None) -> JobTiming | None:
        """Run a claimed job until it succeeds, fails with a reason, is paused, or is superseded.

        Args:
            claim: the attempt.
            speed: this worker's speed in work per second, if known.

        Returns:
            The job's timing, if it was painted from start to end.

        Raises:
            StoreUnavailable: a store is not available; the job is requeued now, or when its lease
                expires.
            Exception: any unexpected error; the attempt is lost, and this process should exit.
        """
        with hold_lease(claim, self.jobs, on_hang=self.on_hang) as lease:
            try:
                return self._paint_and_store(claim, lease, speed)
            except Superseded:
                log.info("job %s: cancelled, or held by another worker", claim.job_id)
                self._delete_unnamed(claim, paths.attempt_folder(claim.job_id, claim.attempt))
            except PauseWanted:
                self._pause(claim, lease)
            except StoreUnavailable as error:
                self._release(claim, error)
                raise
            except RecordUnreadable as error:
                self._decline(claim, lease, error)
            except GramworksError as error:
                self._fail(claim, lease, error)
            except MemoryError:  # while handling whole pictures, where smaller tiles do not help
                self._fail(claim, lease, PicturesTooLarge())
            except Exception as error:
                log.exception("job %s: attempt %d is lost", claim.job_id, claim.attempt)
                self._lose(claim, lease, error)
                raise
        return None

    def _paint_and_store(self, claim: Claim, lease: Lease, speed: float | None) -> JobTiming | None:
        begin = time.monotonic()
        job = with_backoff(partial(self.jobs.get, claim.job_id), lease)
        stopwatch = Stopwatch(job.work)
        photograph = self._pictures(job, lease).photograph()
        reporter = ProgressReporter(lease, self.jobs, self.objects, job, photograph, speed)
        progress = self._paint(claim, job, lease, reporter, stopwatch)
        lease.expect_progress_in(LOADING_SECONDS)
        # the result before the record, so that a succeeded job always has one
        results = Results(
            self.objects, self.keep_pixels, self.weights_sha256, self.object_store_seconds
        )
        keys = results.store(claim, job, lease, progress, photograph)
        stopped = to_record(progress) if is_early(progress) else None
        with_backoff(partial(self.jobs.succeed, claim, *keys, stopped), lease)
        self._delete_unnamed(claim, paths.job_folder(claim.job_id))
        log.info("job %s: succeeded in %.1f s", claim.job_id, time.monotonic() - begin)
        is_partly_painted = job.checkpoint or job.settings.stop_when_settled or stopped
        return None if is_partly_painted else stopwatch.timing()

    def _paint(
        self,
        claim: Claim,
        job: Job,
        lease: Lease,
        reporter: ProgressReporter,
        stopwatch: Stopwatch,
    ) -> Progress:
        """Paint from the job's checkpoint, or from the start if it has no usable checkpoint.

        Return the last progress, which is an early one if the job's user wants it stopped.

        Raises:
            PauseWanted: the job is to be paused.
        """
        saved = Checkpoints(claim, self.jobs, self.objects, self.checkpoint_seconds)
        for snapshot in (self._snapshot(job, lease), None):
            try:
                for progress in self._evaluations(job, lease, snapshot, stopwatch):
                    reporter.report(progress)
                    if is_early(progress) and lease.pending == "stop":
                        log.info("job %s: stops early", claim.job_id)
                        break
                    if is_early(progress) and lease.pending == "pause":
                        save = partial(saved.save, progress)
                        with_backoff(save, lease, self.object_store_seconds)
                        raise PauseWanted
                    saved.save_if_due(progress)
            except ValueError as error:
                if snapshot is None:
                    raise
                # another version made the checkpoint
                log.warning("job %s: starts from the beginning: %s", claim.job_id, error)
            else:
                break
        return progress

    def _evaluations(
        self, job: Job, lease: Lease, snapshot: Snapshot | None, stopwatch: Stopwatch
    ) -> Iterator[Progress]:
        """Yield the engine's progress; set the lease's deadline for the next evaluation."""
        content, styles, init = self._pictures(job, lease).painted()
        style_pixels = len(styles) * job.settings.style_scale**2
        watchdog = Watchdog(job.settings.levels(*job.result_shape), style_pixels)
        done = snapshot.evaluation if snapshot else 0
        if done:
            log.info("job %s: resumes after evaluation %d", job.id, done)
        settings, step = job.settings, job.fallback_step
        evaluations = self.stylize(content, styles, settings, snapshot, step, init)
        del content, styles, snapshot, init  # free them: they can be much larger than the result
        lease.expect_progress_in(watchdog.allowed_seconds(done + 1))
        stopwatch.start_painting()
        begin = time.monotonic()
        for progress in evaluations:
            stopwatch.mark_evaluation()
            watchdog.record(progress.evaluation, time.monotonic() - begin)
            lease.expect_progress_in(watchdog.allowed_seconds(progress.evaluation + 1))
            lease.check()
            yield progress
            begin = time.monotonic()

    def _pictures(self, job: Job, lease: Lease) -> JobPictures:
        return JobPictures(job, self.objects, lease, self.object_store_seconds)

    def _snapshot(self, job: Job, lease: Lease) -> Snapshot | None:
        if job.checkpoint is None:
            return None
        load = partial(checkpoints.load, job.checkpoint, self.objects)
        return with_backoff(load, lease, self.object_store_seconds)

    def _fail(self, claim: Claim, lease: Lease, error: GramworksError) -> None:
        log.warning("job %s: failed: %s", claim.job_id, error)
        try:
            with_backoff(partial(self.jobs.fail, claim, error), lease)
        except Superseded:
            log.info("job %s: cancelled, or held by another worker", claim.job_id)

    def _decline(self, claim: Claim, lease: Lease, error: RecordUnreadable) -> None:
        log.warning("job %s: cannot be read: %s", claim.job_id, error.parameters["reason"])
        try:
            with_backoff(partial(self.jobs.decline, claim, error), lease)
        except Superseded:
            log.info("job %s: was cancelled in the meantime", claim.job_id)

    def _lose(self, claim: Claim, lease: Lease, error: Exception) -> None:
        first_line = str(error).partition("\n")[0][:200]
        detail = f"{type(error).__name__}: {first_line}"
        lose = partial(self.jobs.lose, claim, "error", detail=detail)
        try:
            with_backoff(lose, lease, OBJECT_STORE_SECONDS)
        except (StoreUnavailable, Superseded):
            log.warning("job %s: will be requeued when its lease expires", claim.job_id)

    def _pause(self, claim: Claim, lease: Lease) -> None:
        """Give the job back, which is then paused, or queued if it was resumed meanwhile."""
        log.info("job %s: paused", claim.job_id)
        try:
            with_backoff(partial(self.jobs.release, claim, "paused"), lease)
        except Superseded:
            log.info("job %s: cancelled, or held by another worker", claim.job_id)

    def _release(self, claim: Claim, error: StoreUnavailable) -> None:
        try:
            self.jobs.release(claim, "store away")
        except (StoreUnavailable, Superseded):
            log.warning("job %s: will be requeued when its lease expires: %s", claim.job_id, error)

    def _delete_unnamed(self, claim: Claim, folder: str) -> None:
        """Delete the objects that the record no longer names; garbage collection finds the rest."""
        try:
            delete_unnamed(folder, self.jobs, self.objects)
        except StoreUnavailable as error:
            log.info("job %s: garbage collection will clean %s: %s", claim.job_id, folder, error)
