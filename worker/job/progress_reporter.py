"""What a running job tells of itself, often enough to watch and seldom enough to cost nothing."""

import logging
import time
from collections import deque

from shared.errors import StoreUnavailable
from shared.job import Fallback, Job, JobProgress, Losses
from shared.job_store import Claim, JobStore
from shared.object_store import ObjectStore
from shared.pictures import deprocess, encode
from worker.engine.progress import Progress

PROGRESS_SECONDS = 0.2
PREVIEW_SECONDS = 4.0
HISTORY = 20  # evaluations that the time left is judged by
AWAY_SECONDS = 2.0  # for which nothing is told after a store was away
log = logging.getLogger(__name__)


class Reporter:
    """Reports one attempt's progress, and a preview now and then; each may raise Superseded.

    What cannot be told because a store is away is dropped: there will be newer.
    """

    def __init__(self, claim: Claim, jobs: JobStore, objects: ObjectStore, job: Job) -> None:
        self._claim = claim
        self._jobs = jobs
        self._objects = objects
        self._means = job.settings.deprocess_means
        self._fallbacks = job.fallbacks
        self._fallback_step = job.fallbacks[-1].fallback_step if job.fallbacks else 0
        self._begun_at = job.fallback_step
        self._told = self._shown = float("-inf")
        self._past: deque[tuple[float, float]] = deque(maxlen=HISTORY)

    def report(self, progress: Progress) -> None:
        """Tell of `progress` unless that was done a moment ago; the last is always told."""
        now = time.monotonic()
        self._past.append((now, progress.fraction))
        try:
            self._tell(progress, now)
        except StoreUnavailable as error:
            log.warning("job %s: not told: %s", self._claim.job_id, error.parameters)
            self._told = self._shown = time.monotonic() + AWAY_SECONDS

    def _tell(self, progress: Progress, now: float) -> None:
        last = progress.evaluation == progress.evaluations
        if progress.fallback_step > self._fallback_step:
            self._tell_fallback(progress)
        if now - self._told >= PROGRESS_SECONDS or last:
            self._jobs.report(self._claim, _for_record(progress), self._seconds_left())
            self._told = now
        if now - self._shown >= PREVIEW_SECONDS and not last:
            self._show(progress)
            self._shown = now

    def _tell_fallback(self, progress: Progress) -> None:
        told = Fallback(
            attempt=self._claim.attempt,
            evaluation=progress.evaluation,
            fallback_step=progress.fallback_step,
            cause="memory_error" if progress.fallback_step > self._begun_at else "killed",
            history=progress.history,
            tile=progress.tile,
        )
        self._jobs.record_fallbacks(self._claim, progress.fallback_step, [*self._fallbacks, told])
        self._fallbacks, self._fallback_step = [*self._fallbacks, told], progress.fallback_step

    def _show(self, progress: Progress) -> None:
        key = f"jobs/{self._claim.job_id}/{self._claim.attempt}/preview.jpg"
        picture = deprocess(progress.pixels(), self._means)
        self._objects.put(key, encode(picture, "jpeg"))
        self._jobs.show_preview(self._claim, key, progress.evaluation)

    def _seconds_left(self) -> float | None:
        if len(self._past) < 3:  # the first evaluation also traces the network
            return None
        (then, before), (now, fraction) = self._past[1], self._past[-1]
        return round((now - then) * (1 - fraction) / (fraction - before), 1)


def _for_record(progress: Progress) -> JobProgress:
    style, content, tv = progress.losses
    return JobProgress(
        evaluation=progress.evaluation,
        evaluations=progress.evaluations,
        level=progress.level,
        levels=progress.levels,
        fraction=progress.fraction,
        loss=Losses(total=progress.losses.total, style=style, content=content, tv=tv),
        history=progress.history,
        tile=progress.tile,
    )
