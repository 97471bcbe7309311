"""What Celery runs as a worker with the scripted engine: Gramworks but for the painting."""

import os

from shared.config import Config
from shared.images import ImageStore
from shared.jobs import Claim, JobStore
from tests.faults.scripted_engine import engine
from worker.run import run_job
from worker.shell import create


class ScriptedPainter:
    """Runs claimed jobs without TensorFlow."""

    def __init__(self, config: Config, jobs: JobStore) -> None:
        self.largest_pixels = 10**9
        self.device = "scripted"
        self._jobs = jobs
        self._images = ImageStore(config.image_url)

    def run(self, claim: Claim) -> None:
        """Run one job."""
        run_job(claim, self._jobs, self._images, engine(claim))


app = create(__name__, os.environ, ScriptedPainter)
