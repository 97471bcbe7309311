"""The Celery app of a worker with the scripted engine, which does not paint."""

import os

from shared.config import Config
from shared.job_store import Claim, JobStore
from shared.object_store import ObjectStore
from tests.faults.scripted_engine import ScriptedEngine
from worker.celery_app import create_app
from worker.job.runner import Runner
from worker.job.throughput import JobTiming
from worker.pool_process import LoadedEngine


def load_engine(config: Config, jobs: JobStore) -> LoadedEngine:
    """Load no TensorFlow."""
    engine, objects = ScriptedEngine(), ObjectStore(config.object_store_url)
    runner = Runner(jobs, objects, engine.stylize, config.checkpoint_seconds)

    def run(claim: Claim, speed: float | None = None) -> JobTiming | None:
        engine.claim = claim
        return runner.run(claim, speed)

    return LoadedEngine(run, 10**9, "scripted")


app = create_app(__name__, os.environ, load_engine)
