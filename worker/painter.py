"""What paints in a pool process: TensorFlow, the weights and the stores, loaded once."""

from shared.config import Config
from shared.images import ImageStore
from shared.jobs import Claim, JobStore
from worker import weights
from worker.engine.device import find_device
from worker.engine.plan import largest_pixels
from worker.engine.stylize import Engine
from worker.memory import usable_bytes
from worker.run import run_job


class EnginePainter:
    """Runs claimed jobs, one after the other, with an engine that stays warm."""

    def __init__(self, config: Config, jobs: JobStore) -> None:
        self._jobs = jobs
        self._images = ImageStore(config.image_url)
        device = find_device(config.memory, usable_bytes())
        self._engine = Engine(weights.load(config), device)
        self.device = device.name
        self.largest_pixels = largest_pixels(device.memory or usable_bytes(), device.precision)

    def run(self, claim: Claim) -> None:
        """Run one job."""
        run_job(claim, self._jobs, self._images, self._engine.stylize)
