"""A Redis server for the time of a measurement."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local import redis_server
from shared.errors import StoreUnavailable
from shared.job_store import RedisStatus, connect


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    """Run a Redis server; yield its URL when it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = redis_server.command(port, folder)
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        try:
            yield _answering(f"redis://127.0.0.1:{port}/0")
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
