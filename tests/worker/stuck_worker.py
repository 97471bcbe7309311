"""A worker whose second evaluation takes very long, in code that no signal interrupts."""

import hashlib
import os

from shared.config import Config
from shared.job_store import JobStore
from shared.object_store import ObjectStore
from tests.worker.job.scripted import painter
from worker.__main__ import start
from worker.celery_app import create_app
from worker.job.runner import Runner
from worker.pool_process import LoadedEngine


def evaluate(number: int) -> None:
    """Return at once the first time, then after minutes."""
    if number > 1:
        hashlib.pbkdf2_hmac("sha256", b"", b"", 500_000_000)


def load_engine(config: Config, jobs: JobStore) -> LoadedEngine:
    """Load no TensorFlow."""
    objects = ObjectStore(config.object_store_url)
    return LoadedEngine(Runner(jobs, objects, painter(9, evaluate)).run, 10**9, "stuck")


if __name__ == "__main__":
    start("tests.worker.stuck_worker")
else:
    app = create_app(__name__, os.environ, load_engine)
