"""Reports a running job's progress and previews, at limited rates."""

import logging
import time
from collections import deque

from shared import paths
from shared.errors import StoreUnavailable
from shared.job import Fallback, Job, JobProgress
from shared.job_store import JobStore
from shared.kept_pixels import Photograph
from shared.metadata import Metadata
from shared.object_store import ObjectStore
from shared.pictures import encode, finish, resized
from worker.engine.progress import Progress
from worker.job.lease import Lease

PROGRESS_SECONDS = 0.2
PREVIEW_SECONDS = 4.0
RECENT_EVALUATIONS = 20  # from which the remaining time is estimated
UNAVAILABLE_SECONDS = 2.0  # for which reports pause after a store was not available
log = logging.getLogger(__name__)


class ProgressReporter:
    """Reports one attempt's progress, and a preview every few seconds. May raise Superseded.

    Reports that fail because a store is not available are dropped, since newer ones follow.
    """

    def __init__(
        self,
        lease: Lease,
        jobs: JobStore,
        objects: ObjectStore,
        job: Job,
        photograph: Photograph,
        speed: float | None = None,
    ) -> None:
        """Prepare to report an attempt.

        Args:
            lease: the attempt's lease, which hears what the job's user wants of the attempt.
            jobs: where progress is recorded.
            objects: where previews are stored.
            job: the job.
            photograph: the content image at the result's size, for what the result keeps of it.
            speed: the worker's speed in work per second, if known.
        """
        self._lease = lease
        self._claim = lease.claim
        self._jobs = jobs
        self._objects = objects
        self._job = job
        self._photograph = photograph
        self._speed = speed
        self._fallbacks = job.fallbacks
        self._fallback_step = job.fallbacks[-1].fallback_step if job.fallbacks else 0
        self._reported = self._previewed = float("-inf")
        self._recent: deque[tuple[float, float]] = deque(maxlen=RECENT_EVALUATIONS)

    def report(self, progress: Progress) -> None:
        """Report progress unless the last report is very recent; always report the last one."""
        now = time.monotonic()
        self._recent.append((now, progress.fraction))
        try:
            self._report(progress, now)
        except StoreUnavailable as error:
            log.warning("job %s: progress not reported: %s", self._job.id, error.parameters)
            self._reported = self._previewed = time.monotonic() + UNAVAILABLE_SECONDS

    def _report(self, progress: Progress, now: float) -> None:
        is_last = progress.evaluation == progress.evaluations
        if progress.fallback_step > self._fallback_step:
            self._record_fallback(progress)
        if now - self._reported >= PROGRESS_SECONDS or is_last:
            seconds_left = self._seconds_left()
            self._lease.note(self._jobs.report(self._claim, to_record(progress), seconds_left))
            self._reported = now
        if now - self._previewed >= PREVIEW_SECONDS and not is_last:
            self._show_preview(progress)
            self._previewed = now

    def _record_fallback(self, progress: Progress) -> None:
        is_within_attempt = progress.fallback_step > self._job.fallback_step
        fallback = Fallback(
            attempt=self._claim.attempt,
            evaluation=progress.evaluation,
            fallback_step=progress.fallback_step,
            cause="memory_error" if is_within_attempt else "killed",
            history=progress.history,
            tile=progress.tile,
        )
        fallbacks = [*self._fallbacks, fallback]
        self._jobs.record_fallbacks(self._claim, progress.fallback_step, fallbacks)
        self._fallbacks, self._fallback_step = fallbacks, progress.fallback_step

    def _show_preview(self, progress: Progress) -> None:
        key = paths.preview_key(self._claim.job_id, self._claim.attempt)
        pixels, settings = progress.pixels(), self._job.settings
        picture = finish(
            pixels,
            settings.deprocess_means,
            resized(self._photograph.picture, *pixels.shape[:2]),
            in_photograph_colours=settings.preserve_color == "luminance",
        )
        self._objects.put(key, encode(picture, "jpeg", Metadata(self._photograph.profile)))
        self._jobs.show_preview(self._claim, key, progress.evaluation)

    def _seconds_left(self) -> float | None:
        """Estimate the remaining seconds from this attempt's evaluations or the worker's speed."""
        now, fraction = self._recent[-1]
        if len(self._recent) < 3 and self._speed:
            return round(self._job.work * (1 - fraction) / self._speed, 1)
        if len(self._recent) < 2:
            return None
        # not from the first evaluation, which also traces the network
        before, fraction_before = self._recent[min(1, len(self._recent) - 2)]
        return round((now - before) * (1 - fraction) / (fraction - fraction_before), 1)


def to_record(progress: Progress) -> JobProgress:
    """Return the engine's progress in the form that a job's record holds."""
    return JobProgress(
        evaluation=progress.evaluation,
        evaluations=progress.evaluations,
        level=progress.level,
        levels=progress.levels,
        fraction=progress.fraction,
        loss={"total": progress.loss, **progress.losses},
        history=progress.history,
        tile=progress.tile,
    )
