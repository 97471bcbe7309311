"""What Celery runs as a worker of Gramworks: the shell around the engine."""

import os
from typing import TYPE_CHECKING

from shared.config import Config
from shared.job_store import JobStore
from worker.celery_app import create

if TYPE_CHECKING:
    from worker.painter import EnginePainter


def load_painter(config: Config, jobs: JobStore) -> "EnginePainter":
    """Load TensorFlow, the network and its weights."""
    from worker.painter import EnginePainter  # noqa: PLC0415 - stays out of Celery's parent

    return EnginePainter(config, jobs)


app = create(__name__, os.environ, load_painter)
