"""Plain Celery on this machine: Redis and some workers with one variant's settings."""

import os
import sys
import threading
from pathlib import Path
from typing import Any, NamedTuple

from celery import Celery

from local import redis_server
from shared.job_store import connect
from tests.conftest import wait_for_redis
from tests.faults.process import Process
from tests.ports import free_port

WORKERS = 3


class Line(NamedTuple):
    """An entry of a job's record: it did `what` at a time on a worker."""

    what: str
    at: float
    worker: str


class PlainSystem:
    """Starts all processes, restarts those that end, and stops them."""

    def __init__(self, variant: str, folder: Path) -> None:
        port = free_port()
        self._folder = folder
        self._url = f"redis://127.0.0.1:{port}/0"
        command = redis_server.command(port, folder / "redis")
        environment = {**os.environ, "PLAIN_REDIS": self._url, "PLAIN_VARIANT": variant}
        self.redis = Process("redis", command, os.environ, folder / "redis.log")
        self.workers = [
            Process(name, _command(name), environment, folder / f"{name}.log")
            for name in (f"worker-{number}" for number in range(1, WORKERS + 1))
        ]
        self._client = connect(self._url)
        self._app = Celery(broker=self._url)
        self._jobs = 0
        self._stop = threading.Event()
        self._watch = threading.Thread(target=self._restart_all_ended, daemon=True)

    def start(self) -> None:
        """Start everything."""
        self.redis.start()
        wait_for_redis(self._url)
        for worker in self.workers:
            worker.start()
        self._watch.start()

    def end(self) -> None:
        """Kill everything."""
        self._stop.set()
        self._watch.join()
        for process in (*self.workers, self.redis):
            process.end()

    def submit(self) -> Path:
        """Send a job; return the log file that it will write."""
        self._jobs += 1
        log_file = self._folder / f"job-{self._jobs}"
        self._app.send_task("plain.work", args=[str(log_file)])
        return log_file

    def holds(self, log_file: Path) -> bool:
        """Return whether Redis still has the message of a job."""
        unacknowledged: Any = self._client.hvals("unacked")
        waiting: Any = self._client.lrange("celery", 0, -1)
        return any(f"{log_file.name}'" in message for message in (*unacknowledged, *waiting))

    def _restart_all_ended(self) -> None:
        while not self._stop.wait(0.2):
            for process in (self.redis, *self.workers):
                process.restart_if_ended()


def read(log_file: Path) -> list[Line]:
    """Return what a job has written."""
    lines = (line.split() for line in log_file.read_text().splitlines())
    return [Line(what, float(at), worker.partition("@")[0]) for what, at, worker in lines]


def _command(name: str) -> list[str]:
    celery = [sys.executable, "-m", "celery", "-q", "-A", "tests.faults.plain_app", "worker"]
    return [*celery, "-n", f"{name}@%h"]
