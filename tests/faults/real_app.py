"""The Celery app of a worker with the real engine and some harmful jobs."""

import os
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from shared.config import Config
from shared.job_store import JobStore
from shared.object_store import ObjectStore
from shared.settings import StyleSettings
from tests.faults.scripted_engine import HARM_AT, do_harm, raise_if_broken
from worker.celery_app import create_app
from worker.engine.progress import Progress
from worker.engine.snapshot import Snapshot
from worker.job.runner import Runner
from worker.pool_process import LoadedEngine

Pixels = NDArray[np.float32]


def load_engine(config: Config, jobs: JobStore) -> LoadedEngine:
    """Load the real engine with support for harmful jobs."""
    from worker import weights  # noqa: PLC0415 - only pool processes load TensorFlow
    from worker.engine.engine import Engine  # noqa: PLC0415 - the same

    engine = Engine(weights.load(config))

    def stylize(
        content: Pixels,
        styles: Sequence[Pixels],
        settings: StyleSettings,
        resume: Snapshot | None = None,
        fallback_step: int = 0,
        init: Pixels | None = None,
    ) -> Iterator[Progress]:
        for progress in engine.stylize(content, styles, settings, resume, fallback_step, init):
            raise_if_broken()
            if progress.evaluation == HARM_AT:
                do_harm(settings.iterations)
            yield progress

    objects = ObjectStore(config.object_store_url)
    runner = Runner(jobs, objects, stylize, config.checkpoint_seconds)
    return LoadedEngine(runner.run, 10**9, "CPU")


app = create_app(__name__, os.environ, load_engine)
