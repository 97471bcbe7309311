"""Starts this machine's worker: fetches the weights, then becomes Celery with one pool process."""

import os
import socket
import sys

from shared.config import Config, exit_if_invalid
from shared.object_store import check_place
from worker import fetch
from worker.celery_app import NAME
from worker.dead_workers import name_of

# Workers send their own heartbeats. Celery's would keep a worker from stopping while Redis is not
# available.
CELERY_OPTIONS = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
ENVIRONMENT = {
    "CUDA_DEVICE_ORDER": "PCI_BUS_ID",  # as nvidia-smi numbers GPUs
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "REMAP_SIGTERM": "SIGQUIT",  # Celery does not wait for the job, which is released
}


def main() -> None:
    """Become Celery's worker process."""
    with exit_if_invalid():
        check_place(Config.read(os.environ))
    fetch.main()
    start("worker.app")


def start(app: str) -> None:
    """Become Celery's worker process for the app in a module."""
    for key, value in ENVIRONMENT.items():
        os.environ.setdefault(key, value)
    os.environ[NAME] = name = name_of(os.getpid(), socket.gethostname())
    celery = [sys.executable, "-m", "celery", "-q", "-A", app, "worker", "-n", name]
    os.execv(sys.executable, [*celery, *CELERY_OPTIONS])  # noqa: S606 - it needs no shell


if __name__ == "__main__":
    main()
