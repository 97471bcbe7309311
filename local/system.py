"""The whole system on this machine: starts, watches and stops its processes."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import redis

from gramworks import Client, GramworksError
from local import LocalError, redis_server
from local.child import Child
from shared.config import Config, check_address
from shared.errors import InvalidConfig
from shared.object_store import check_place

START_SECONDS = 60.0
MOST_RESTARTS, RESTART_WINDOW = 5, 60.0
Say = Callable[[str], None]


class System:
    """Redis (unless `REDIS_URL` is set), a worker and the web; a context manager.

    A process that ends unexpectedly is started again; one that keeps ending stops the system.
    """

    def __init__(self, config: Config, environment: Mapping[str, str], say: Say) -> None:
        self._config = config
        self._environment = dict(environment)
        self._say = say
        self._children: list[Child] = []
        self._restarts: deque[float] = deque(maxlen=MOST_RESTARTS)
        self._stopping = threading.Event()
        self._lock: IO[str] | None = None
        self.data = config.data.expanduser().absolute()
        self.failure = ""
        self.url = ""

    def __enter__(self) -> Self:
        """Start all processes; if one fails to start, stop the others."""
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        threading.Thread(target=self._watch, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop all processes; raise LocalError if the system stopped because of a failure."""
        self.stop()
        if self.failure:
            raise LocalError(self.failure)

    def stop(self) -> None:
        """Stop all processes, the web first and Redis last; a second Ctrl-C kills them."""
        self._stopping.set()
        for child in reversed(self._children):
            child.send_signal(signal.SIGTERM)
            try:
                child.end()
            except KeyboardInterrupt:
                child.end(grace=0)
        if self._lock:
            self._lock.close()

    def _start(self) -> None:
        self._lock = _only_one(self.data)
        check_place(self._config)
        port = check_address(self._config)
        host = f"[{self._config.host}]" if ":" in self._config.host else self._config.host
        self.url = f"http://{host}:{port}"
        self._environment |= {
            "REDIS_URL": self._redis_url(),
            "GRAMWORKS_DATA": str(self.data),
            "GRAMWORKS_PORT": str(port),
            "PYTHONUNBUFFERED": "1",
            "GRAMWORKS_AUTH": self._auth(),
        }
        self._have_weights()
        self._add("worker", [sys.executable, "-m", "worker"])
        web = self._add("web", [sys.executable, "-m", "web"])
        self._await(web, self._web_answers)

    def _auth(self) -> str:
        """Return `off` or `token`: by default `off` if only this machine reaches the web."""
        config = self._config
        if "auth" not in config.model_fields_set and config.on_loopback:
            return "off"
        if config.auth == "token":
            self._say("web: requests need a token; the first start logs a link that signs in")
        return config.auth

    def _redis_url(self) -> str:
        if "redis_url" in self._config.model_fields_set:
            url = self._config.redis_url
            _require_redis(url)
            return url
        port = _free_port()
        child = self._add("redis", redis_server.command(port, self.data / "redis"))
        url = f"redis://127.0.0.1:{port}/0"
        client = redis.Redis.from_url(url)
        self._await(child, lambda: _answers(client))
        return url

    def _have_weights(self) -> None:
        self._say("VGG19's weights: downloaded at the first start, verified at every start")
        command = [sys.executable, "-m", "worker.fetch"]
        done = subprocess.run(
            command, env=self._environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise LocalError(done.stderr.strip())

    def _add(self, name: str, command: list[str]) -> Child:
        child = Child(name, command, self._environment, self.data / "logs" / f"{name}.log")
        self._say(f"{name}: starting (log: {child.log})")
        self._children.append(child)
        child.start()
        return child

    def _await(self, child: Child, ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not ready():
            if not child.running or time.monotonic() > deadline:
                raise LocalError(f"{child.name} did not start. Its log ends:\n{child.last_lines()}")
            time.sleep(0.1)

    def _web_answers(self) -> bool:
        try:
            with Client(self.url) as client:
                client.ready()
        except GramworksError:
            return False
        return True

    def _watch(self) -> None:
        while not self._stopping.wait(0.1):
            for child in self._children:
                if not child.running and not self._stopping.is_set():
                    self._restart(child)

    def _restart(self, child: Child) -> None:
        now = time.monotonic()
        if len(self._restarts) == MOST_RESTARTS and now - self._restarts[0] < RESTART_WINDOW:
            self.failure = f"{child.name} keeps ending. Its log ends:\n{child.last_lines()}"
            self._stopping.set()
            os.kill(os.getpid(), signal.SIGINT)
            return
        self._restarts.append(now)
        self._say(f"{child.name}: ended unexpectedly, starting again (log: {child.log})")
        if child.name == "worker":
            self._requeue_its_jobs()
        child.start()

    def _requeue_its_jobs(self) -> None:
        """Requeue the dead worker's job now, before its lease expires."""
        command = [sys.executable, "-m", "worker.dead_workers"]
        done = subprocess.run(
            command, env=self._environment, capture_output=True, text=True, check=False
        )
        for line in done.stdout.splitlines():
            self._say(f"worker: {line}")


def _require_redis(url: str) -> None:
    """Raise InvalidConfig unless a Redis answers at `url`, which may hold a password."""
    try:
        redis.Redis.from_url(url, socket_connect_timeout=3.0, socket_timeout=3.0).ping()
    except redis.exceptions.RedisError as error:
        message = "no Redis answers there: " + str(error).removesuffix(".")
        raise InvalidConfig(name="REDIS_URL", message=message) from error


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(client: "redis.Redis") -> bool:
    try:
        return bool(client.ping())
    except redis.exceptions.RedisError:
        return False


def _only_one(data: Path) -> IO[str]:
    try:
        data.mkdir(parents=True, exist_ok=True)
        lock = (data / "lock").open("w")
    except OSError as error:
        message = f"{str(data)!r} cannot be used ({error.strerror})"
        raise InvalidConfig(name="GRAMWORKS_DATA", message=message) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise LocalError(
            f"Gramworks is already running with the data in {data}. Stop it, or set GRAMWORKS_DATA"
            " to another folder."
        ) from error
    return lock
