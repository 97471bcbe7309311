"""Starts the worker of this machine: has the weights, then runs Celery with one pool process."""

import os
import socket
import sys

from worker import fetch
from worker.celery_app import NAME

# Workers tell of themselves in Redis; of Celery's own ways, the heartbeat would even keep a worker
# from ending while Redis is away.
SILENT = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
ENVIRONMENT = {
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "REMAP_SIGTERM": "SIGQUIT",  # told to stop, Celery does not wait for the job: it is handed back
}


def main() -> None:
    """Become Celery's worker process."""
    fetch.main()
    start("worker.app")


def start(app: str) -> None:
    """Become Celery's worker process for an app that `worker.celery_app` made."""
    for key, value in ENVIRONMENT.items():
        os.environ.setdefault(key, value)
    os.environ[NAME] = name = f"gramworks-{os.getpid()}@{socket.gethostname()}"
    celery = [sys.executable, "-m", "celery", "-q", "-A", app, "worker", "-n", name]
    os.execv(sys.executable, [*celery, *SILENT])  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main()
