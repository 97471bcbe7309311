"""The Celery app that `celery -A worker.app` loads."""

import os

from shared.config import Config
from shared.job_store import JobStore
from worker.celery_app import create_app
from worker.pool_process import LoadedEngine


def load_engine(config: Config, jobs: JobStore) -> LoadedEngine:
    """Load TensorFlow, the network and its weights; only pool processes call this."""
    from shared.object_store import ObjectStore  # noqa: PLC0415 - not in the main process
    from worker import weights  # noqa: PLC0415
    from worker.engine.device import find_device  # noqa: PLC0415
    from worker.engine.engine import Engine  # noqa: PLC0415
    from worker.engine.memory.plan import largest_pixels  # noqa: PLC0415
    from worker.host_memory import usable_bytes  # noqa: PLC0415
    from worker.job.runner import Runner  # noqa: PLC0415

    device = find_device(config.memory, usable_bytes())
    engine = Engine(weights.load(config), device)
    objects = ObjectStore(config.object_store_url)
    runner = Runner(jobs, objects, engine.stylize, config.checkpoint_seconds)
    pixels = largest_pixels(device.memory or usable_bytes(), device.precision)
    return LoadedEngine(runner.run, pixels, device.name)


app = create_app(__name__, os.environ, load_engine)
