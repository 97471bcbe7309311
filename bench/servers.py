"""Servers that a benchmark runs on this machine: Redis, and a web server of ours or another."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from local import redis_server
from shared.errors import StoreUnavailable
from shared.job_store import RedisStatus, connect

START_SECONDS = 20.0


def free_port() -> int:
    """Return a port on 127.0.0.1 that nothing listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    """Run a Redis server with its data in `folder`; yield its URL when it answers."""
    port = free_port()
    command = redis_server.command(port, folder)
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        try:
            yield _answering(f"redis://127.0.0.1:{port}/0")
        finally:
            server.terminate()


@contextmanager
def web(module: str, environment: Mapping[str, str]) -> Iterator[int]:
    """Run `python -m module` with GRAMWORKS_PORT and `environment`; yield its port."""
    port = free_port()
    variables = {**os.environ, **environment, "GRAMWORKS_PORT": str(port)}
    command = [sys.executable, "-m", module]
    with subprocess.Popen(command, env=variables) as server:
        try:
            _wait_for(port)
            yield port
        finally:
            server.terminate()


def _answering(url: str) -> str:
    for _ in range(200):
        try:
            RedisStatus(connect(url)).ping()
        except StoreUnavailable:
            time.sleep(0.05)
        else:
            break
    return url


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with suppress(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        time.sleep(0.05)
    raise RuntimeError(f"nothing listens on port {port}")
