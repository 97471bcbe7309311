"""One job's life: claimed, painted, reported, finished; knows no Celery."""

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from shared.errors import (
    GramworksError,
    PicturesTooLarge,
    StoreUnavailable,
    Superseded,
    WorkerFault,
)
from shared.job import Job
from shared.job_store import Claim, JobStore
from shared.object_store import ObjectStore
from shared.pictures import decode, deprocess, encode
from shared.settings import StyleSettings
from worker.engine.progress import Progress
from worker.engine.snapshot import Snapshot
from worker.job import checkpoints
from worker.job.backoff import IMAGE_PATIENCE, insist
from worker.job.checkpoints import Checkpoints
from worker.job.lease import Hung, Lease, die, kept
from worker.job.progress_reporter import Reporter
from worker.job.throughput import Pace, Stopwatch
from worker.job.watchdog import LOADING, Patience
from worker.maintenance.garbage import tidy

Pixels = NDArray[np.float32]
log = logging.getLogger(__name__)


class Stylize(Protocol):
    """The engine: yields its progress after each evaluation, from the start or from a snapshot."""

    def __call__(
        self,
        content: Pixels,
        styles: Sequence[Pixels],
        settings: StyleSettings,
        resume: Snapshot | None = None,
        fallback_step: int = 0,
    ) -> Iterator[Progress]:
        """Paint `content` in the style of `styles`, from this `fallback_step` on."""


@dataclass(frozen=True)
class Runner:
    """Runs claimed jobs with the collaborators that it is given."""

    jobs: JobStore
    objects: ObjectStore
    stylize: Stylize
    checkpoint_seconds: float = 10.0
    hung: Hung = die

    def run(self, claim: Claim) -> Pace | None:
        """Bring a claimed job to its end: succeeded, failed with a reason, or left to others.

        Returns:
            How fast it went, if that could be measured.

        Raises:
            StoreUnavailable: a store is away; the job is back in the queue, or will be.
        """
        with kept(claim, self.jobs, hung=self.hung) as lease:
            try:
                return self._succeed(claim, lease)
            except Superseded:
                log.info("job %s: cancelled, or another worker has it", claim.job_id)
                self._tidy(claim, f"jobs/{claim.job_id}/{claim.attempt}")
            except StoreUnavailable as error:
                self._give_back(claim, error)
                raise
            except GramworksError as error:
                self._fail(claim, lease, error)
            except MemoryError:  # with the pictures, where no ladder helps
                self._fail(claim, lease, PicturesTooLarge())
            except Exception:
                log.exception("job %s", claim.job_id)
                self._fail(claim, lease, WorkerFault())
        return None

    def _succeed(self, claim: Claim, lease: Lease) -> Pace | None:
        begun = time.monotonic()
        job = insist(partial(self.jobs.get, claim.job_id), lease)
        stopwatch = Stopwatch(job.work)
        try:
            progress = self._paint(claim, job, lease, stopwatch, job.checkpoint)
        except ValueError as error:
            if job.checkpoint is None:
                raise
            log.warning("job %s: begins anew: %s", claim.job_id, error)  # saved by another version
            progress = self._paint(claim, job, lease, stopwatch, None)
        lease.expect(LOADING)
        # the result first, the record second: nothing half-done is seen
        key = f"jobs/{claim.job_id}/{claim.attempt}/result.png"
        picture = encode(deprocess(progress.pixels(), job.settings.deprocess_means), "png")
        insist(partial(self.objects.put, key, picture), lease, IMAGE_PATIENCE)
        insist(partial(self.jobs.succeed, claim, key), lease)
        self._tidy(claim, f"jobs/{claim.job_id}")
        log.info("job %s: succeeded in %.1f s", claim.job_id, time.monotonic() - begun)
        return None if job.checkpoint else stopwatch.pace()

    def _paint(
        self, claim: Claim, job: Job, lease: Lease, stopwatch: Stopwatch, saved: str | None
    ) -> Progress:
        snapshot = self._snapshot(saved, lease) if saved else None
        content, *styles = self._inputs(job, lease)
        reporter = Reporter(claim, self.jobs, self.objects, job)
        checkpoints = Checkpoints(claim, self.jobs, self.objects, self.checkpoint_seconds)
        stopwatch.begin_painting()
        made = snapshot.evaluation if snapshot else 0
        if made:
            log.info("job %s: goes on after evaluation %d", claim.job_id, made)
        steps = self.stylize(content, styles, job.settings, snapshot, job.fallback_step)
        del content, styles, snapshot  # they may be much larger than the result
        for progress in _watched(steps, job, lease, made):
            stopwatch.evaluated()
            reporter.report(progress)
            checkpoints.keep(progress)
        return progress

    def _snapshot(self, key: str, lease: Lease) -> Snapshot | None:
        return insist(lambda: checkpoints.load(key, self.objects), lease, IMAGE_PATIENCE)

    def _inputs(self, job: Job, lease: Lease) -> list[Pixels]:
        def load(key: str) -> Pixels:
            data = insist(partial(self.objects.get, key), lease, IMAGE_PATIENCE)
            lease.expect(LOADING)
            return decode(data).astype(np.float32)

        return [load(image.key) for image in (job.inputs.content, *job.inputs.styles)]

    def _fail(self, claim: Claim, lease: Lease, error: GramworksError) -> None:
        log.warning("job %s: failed: %s", claim.job_id, error)
        try:
            insist(partial(self.jobs.fail, claim, error), lease)
        except Superseded:
            log.info("job %s: was cancelled meanwhile", claim.job_id)

    def _give_back(self, claim: Claim, error: StoreUnavailable) -> None:
        try:
            self.jobs.release(claim, "store away")
        except (StoreUnavailable, Superseded):
            log.warning("job %s: goes back when its lease lapses: %s", claim.job_id, error)

    def _tidy(self, claim: Claim, folder: str) -> None:
        """Delete what no record names any more; what is left behind, the collector finds."""
        try:
            tidy(folder, self.jobs, self.objects)
        except StoreUnavailable as error:
            log.info("job %s: %s is left to the collector: %s", claim.job_id, folder, error)


def _watched(steps: Iterator[Progress], job: Job, lease: Lease, made: int) -> Iterator[Progress]:
    """Give a sign of life after each evaluation, with a promise by when the next one is made."""
    patience = Patience(job.settings.levels(*job.result_shape))
    lease.expect(patience.before(made + 1))
    begun = time.monotonic()
    for progress in steps:
        patience.took(progress.evaluation, time.monotonic() - begun)
        lease.expect(patience.before(progress.evaluation + 1))
        lease.check()
        yield progress
        begun = time.monotonic()
