"""What Celery runs as a worker with the real engine: Gramworks, but that some jobs do harm."""

import os
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from shared.config import Config
from shared.job_store import Claim, JobStore
from shared.object_store import ObjectStore
from shared.settings import StyleSettings
from tests.faults.scripted_engine import HARM_AT, do_harm
from worker.celery_app import create
from worker.engine.progress import Progress
from worker.engine.snapshot import Snapshot
from worker.job.runner import Runner, Stylize
from worker.job.throughput import Pace

Pixels = NDArray[np.float32]


class RealPainter:
    """Runs claimed jobs with the real engine, which is asked to do harm where a job says so."""

    def __init__(self, config: Config, jobs: JobStore) -> None:
        from worker import weights  # noqa: PLC0415 - stays out of Celery's parent
        from worker.engine.engine import Engine  # noqa: PLC0415 - likewise

        self.largest_pixels = 10**9
        self.device = "CPU"
        self._stylize: Stylize = Engine(weights.load(config)).stylize
        objects = ObjectStore(config.object_store_url)
        self._runner = Runner(jobs, objects, self._harmful, config.checkpoint_seconds)

    def run(self, claim: Claim) -> Pace | None:
        """Run one job."""
        return self._runner.run(claim)

    def _harmful(
        self,
        content: Pixels,
        styles: Sequence[Pixels],
        settings: StyleSettings,
        resume: Snapshot | None = None,
        fallback_step: int = 0,
    ) -> Iterator[Progress]:
        for progress in self._stylize(content, styles, settings, resume, fallback_step):
            if progress.evaluation == HARM_AT:
                do_harm(settings.iterations)
            yield progress


app = create(__name__, os.environ, RealPainter)
