"""The real system on this machine: Redis, the web and workers, each with its own link to Redis."""

import os
import sys
import threading
from pathlib import Path
from typing import Any

import redis

from gramworks import Client, GramworksError, Retries
from local import redis_server
from shared.errors import StoreUnavailable
from shared.job_store import JobStore, connect
from shared.job_store.keys import Key, job_key
from shared.job_store.workers import Workers
from tests.faults.disk import Disk
from tests.faults.network import Link, Network
from tests.faults.process import Process
from tests.faults.scripted_engine import BROKEN
from tests.parts import redis_of
from tests.ports import free_port
from tests.system.running_system import wait_until

WATCH_SECONDS = 0.2
GLANCE_SECONDS = 0.3
ENGINES = {"scripted": "tests.faults.scripted_worker", "real": "tests.faults.real_worker"}


class System:
    """Starts all processes, restarts those that end, and stops them."""

    def __init__(self, folder: Path, workers: int, engine: str) -> None:
        self.folder = folder
        self.disk = Disk(folder)
        self.url = f"http://127.0.0.1:{free_port()}"
        self.links: dict[str, Link] = {}
        self._network = Network()
        self._stopping = threading.Event()
        self._watch = threading.Thread(target=self._restart_all_ended, daemon=True)
        port = free_port()
        command = redis_server.command(port, folder / "redis")
        self.redis = Process("redis", command, os.environ, folder / "redis.log")
        self.web = self._client_of_redis("web", port, [sys.executable, "-m", "web"])
        self.workers = [
            self._client_of_redis(f"worker-{n}", port, [sys.executable, "-m", ENGINES[engine]])
            for n in range(1, workers + 1)
        ]
        self.redis_url = f"redis://127.0.0.1:{port}/0"
        self.jobs = JobStore(connect(self.redis_url, retries=0))
        self._in_flight = 0, 0
        self._glance = redis.Redis.from_url(  # a fault does not wait for a frozen Redis
            self.redis_url, socket_timeout=GLANCE_SECONDS, retry=None, decode_responses=True
        )
        self.live = Workers(self.jobs._connection)

    def start(self) -> None:
        """Start everything and return when it is ready."""
        self.redis.start()
        wait_until(self.redis_answers, "Redis answers")
        for process in (self.web, *self.workers):
            process.start()
        wait_until(self.web_answers, "the web answers")
        wait_until(lambda: len(self.live.live()) == len(self.workers), "the workers announce")
        self._watch.start()

    def end(self) -> None:
        """Kill everything."""
        self._stopping.set()
        if self._watch.is_alive():
            self._watch.join()
        for process in (self.web, *self.workers, self.redis):
            process.end()
        self._network.end()
        self.disk.end()

    def redis_answers(self) -> bool:
        """Return whether Redis answers."""
        try:
            redis_of(self.jobs).ping()
        except StoreUnavailable:
            return False
        return True

    def web_answers(self) -> bool:
        """Return whether the web can accept a job."""
        with self.client() as client:
            try:
                return client.ready()
            except GramworksError:
                return False

    def client(self) -> Client:
        """Return a client of the web."""
        # A user repeats by itself, so that the time until the system answers again is measured.
        return Client(self.url, timeout=30.0, retries=Retries(delays=()))

    def in_flight(self) -> tuple[int, int]:
        """Return how many jobs are queued and running, as last read."""
        try:
            waiting: Any = self._glance.hget(Key.LOAD, "jobs")
            running: Any = self._glance.zcard(Key.LEASES)
            self._in_flight = int(waiting or 0), int(running)
        except redis.exceptions.RedisError:
            pass
        return self._in_flight

    def running_on(self, worker: Process) -> str | None:
        """Return the id of the job that a worker holds; None if there is none or it is unknown."""
        try:
            held: Any = self._glance.zrange(Key.LEASES, 0, -1)
            for job_id in held:
                if f"-{worker.pid}@" in str(self._glance.hget(job_key(job_id), "worker")):
                    return str(job_id)
        except redis.exceptions.RedisError:
            return None
        return None

    def flag(self, worker: str) -> Path:
        """Return the file that breaks a worker's engine while it exists."""
        return self.folder / f"{worker}.broken"

    def _client_of_redis(self, name: str, port: int, command: list[str]) -> Process:
        link = self.links[name] = self._network.link(port)
        environment = {
            **os.environ,
            "REDIS_URL": f"redis://127.0.0.1:{link.port}/0",
            "GRAMWORKS_DATA": str(self.folder),
            "GRAMWORKS_IMAGES": str(self.disk.folder),
            "GRAMWORKS_PORT": self.url.rpartition(":")[2],
            "GRAMWORKS_AUTH": "off",
            "GRAMWORKS_MIN_FREE_MB": "1",  # the disk is small
            "GRAMWORKS_CHECKPOINT_SECONDS": "2",  # jobs are short here
            "PYTHONUNBUFFERED": "1",
            BROKEN: str(self.flag(name)),
        }
        return Process(name, command, environment, self.folder / f"{name}.log")

    def _restart_all_ended(self) -> None:
        while not self._stopping.wait(WATCH_SECONDS):
            for process in (self.redis, self.web, *self.workers):
                process.restart_if_ended()
