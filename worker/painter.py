"""What paints in a pool process: TensorFlow, the weights and the stores, loaded once."""

from shared.config import Config
from shared.images import ImageStore
from shared.jobs import Claim, JobStore
from worker import weights
from worker.engine.device import find_device
from worker.engine.plan import largest_pixels
from worker.engine.stylize import Engine
from worker.memory import usable_bytes
from worker.pace import Pace
from worker.run import Runner


class EnginePainter:
    """Runs claimed jobs, one after the other, with an engine that stays warm."""

    def __init__(self, config: Config, jobs: JobStore) -> None:
        device = find_device(config.memory, usable_bytes())
        engine = Engine(weights.load(config), device)
        self.device = device.name
        self.largest_pixels = largest_pixels(device.memory or usable_bytes(), device.precision)

        images = ImageStore(config.image_url)
        self._runner = Runner(jobs, images, engine.stylize, config.checkpoint_seconds)

    def run(self, claim: Claim) -> Pace | None:
        """Run one job."""
        return self._runner.run(claim)
