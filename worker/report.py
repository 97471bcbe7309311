"""What a running job tells of itself, often enough to watch and seldom enough to cost nothing."""

import time
from collections import deque
from collections.abc import Sequence

from shared.finish import deprocess, encode
from shared.images import ImageStore
from shared.job import JobProgress, Losses
from shared.jobs import Claim, JobStore
from worker.engine.progress import Progress

PROGRESS_SECONDS = 0.2
PREVIEW_SECONDS = 4.0
HISTORY = 20  # evaluations that the time left is judged by


class Reporter:
    """Reports one attempt's progress, and a preview now and then; each may raise Superseded."""

    def __init__(
        self, claim: Claim, jobs: JobStore, images: ImageStore, means: Sequence[float]
    ) -> None:
        self._claim = claim
        self._jobs = jobs
        self._images = images
        self._means = means
        self._told = self._shown = float("-inf")
        self._past: deque[tuple[float, float]] = deque(maxlen=HISTORY)

    def report(self, progress: Progress) -> None:
        """Tell of `progress` unless that was done a moment ago; the last is always told."""
        now = time.monotonic()
        self._past.append((now, progress.fraction))
        last = progress.evaluation == progress.evaluations
        if now - self._told >= PROGRESS_SECONDS or last:
            self._told = now
            self._jobs.report(self._claim, _for_record(progress), self._seconds_left())
        if now - self._shown >= PREVIEW_SECONDS and not last:
            self._shown = now
            self._show(progress)

    def _show(self, progress: Progress) -> None:
        key = f"jobs/{self._claim.job_id}/{self._claim.attempt}/preview.jpg"
        picture = deprocess(progress.pixels(), self._means)
        self._images.put(key, encode(picture, "jpeg"))
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
