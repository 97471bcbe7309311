"""The Celery app that `celery -A worker.app` loads."""

import os

from shared.config import Config
from shared.job_store import JobStore, Memory
from worker.celery_app import create_app
from worker.pool_process import LoadedEngine


def load_engine(config: Config, jobs: JobStore) -> LoadedEngine:
    """Load TensorFlow, the network and its weights; the main process imports none of these."""
    from shared.object_store import ObjectStore
    from worker import weights
    from worker.engine.device import find_device
    from worker.engine.engine import Engine
    from worker.engine.memory.plan import WHOLE, bytes_needed, largest_pixels
    from worker.host_memory import usable_bytes
    from worker.job.runner import Runner
    from worker.job.style_statistics import StyleStatistics

    device = find_device(config.memory, usable_bytes())
    objects = ObjectStore(config.object_store_url)
    engine = Engine(weights.load(config), device)
    engine.keep_statistics_in(StyleStatistics(objects, is_stored=config.style_cache_mb > 0))
    runner = Runner(
        jobs,
        objects,
        engine.stylize,
        config.checkpoint_seconds,
        config.pixels_days > 0,
        engine.weights_sha256,
    )
    total = device.memory or usable_bytes()
    base, with_a_pixel = (bytes_needed(WHOLE, pixels, device.precision) for pixels in (0, 1))
    pixels = largest_pixels(total, device.precision)
    memory = Memory(total, base, with_a_pixel - base)
    return LoadedEngine(runner.run, pixels, device.name, memory)


app = create_app(__name__, os.environ, load_engine)
