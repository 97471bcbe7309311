"""What paints in a pool process: TensorFlow, the weights and the stores, loaded once."""

from shared.config import Config
from shared.job_store import Claim, JobStore
from shared.object_store import ObjectStore
from worker import weights
from worker.engine.device import find_device
from worker.engine.engine import Engine
from worker.engine.memory.plan import largest_pixels
from worker.host_memory import usable_bytes
from worker.job.runner import Runner
from worker.job.throughput import Pace


class EnginePainter:
    """Runs claimed jobs, one after the other, with an engine that stays warm."""

    def __init__(self, config: Config, jobs: JobStore) -> None:
        device = find_device(config.memory, usable_bytes())
        engine = Engine(weights.load(config), device)
        self.device = device.name
        self.largest_pixels = largest_pixels(device.memory or usable_bytes(), device.precision)

        objects = ObjectStore(config.object_store_url)
        self._runner = Runner(jobs, objects, engine.stylize, config.checkpoint_seconds)

    def run(self, claim: Claim) -> Pace | None:
        """Run one job."""
        return self._runner.run(claim)
