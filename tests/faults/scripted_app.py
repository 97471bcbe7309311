"""What Celery runs as a worker with the scripted engine: Gramworks but for the painting."""

import os

from shared.config import Config
from shared.job_store import Claim, JobStore
from shared.object_store import ObjectStore
from tests.faults.scripted_engine import ScriptedEngine
from worker.celery_app import create
from worker.job.runner import Runner
from worker.job.throughput import Pace


class ScriptedPainter:
    """Runs claimed jobs without TensorFlow."""

    def __init__(self, config: Config, jobs: JobStore) -> None:
        self.largest_pixels = 10**9
        self.device = "scripted"
        self._engine = ScriptedEngine()
        objects = ObjectStore(config.object_store_url)
        self._runner = Runner(jobs, objects, self._engine.stylize, config.checkpoint_seconds)

    def run(self, claim: Claim) -> Pace | None:
        """Run one job."""
        self._engine.claim = claim
        return self._runner.run(claim)


app = create(__name__, os.environ, ScriptedPainter)
