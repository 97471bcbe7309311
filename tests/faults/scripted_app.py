"""What Celery runs as a worker with the scripted engine: Gramworks but for the painting."""

import os

from shared.config import Config
from shared.images import ImageStore
from shared.jobs import Claim, JobStore
from tests.faults.scripted_engine import ScriptedEngine
from worker.pace import Pace
from worker.run import Runner
from worker.shell import create


class ScriptedPainter:
    """Runs claimed jobs without TensorFlow."""

    def __init__(self, config: Config, jobs: JobStore) -> None:
        self.largest_pixels = 10**9
        self.device = "scripted"
        self._engine = ScriptedEngine()
        images = ImageStore(config.image_url)
        self._runner = Runner(jobs, images, self._engine.stylize, config.checkpoint_seconds)

    def run(self, claim: Claim) -> Pace | None:
        """Run one job."""
        self._engine.claim = claim
        return self._runner.run(claim)


app = create(__name__, os.environ, ScriptedPainter)
