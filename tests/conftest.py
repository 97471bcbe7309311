"""Fixtures: a real Redis for each test, and the stores that use it."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import redis_server
from shared.config import Config
from shared.errors import StoreUnavailable
from shared.job_store import JobStore, connect
from shared.job_store.connection import Connection
from shared.object_store import ObjectStore
from tests.own_redis import OwnRedis
from tests.parts import redis_of
from tests.ports import free_port
from worker import weights as source
from worker.engine.vgg19.layers import Weights


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> Iterator[None]:
    """Let child processes receive SIGINT, which a shell makes its background jobs ignore."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a real Redis server that ends with the tests."""
    server, url = start_redis(tmp_path_factory.mktemp("redis"))
    yield url
    server.terminate()
    server.wait(10)


def start_redis(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    """Start a real Redis server; return it and its address once it answers."""
    port = free_port()
    command = redis_server.command(port, folder)
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    url = f"redis://127.0.0.1:{port}/0"
    wait_for_redis(url)
    return server, url


def wait_for_redis(url: str) -> None:
    """Return when the server answers."""
    deadline = time.monotonic() + 10
    while True:
        try:
            redis_of(JobStore(connect(url))).ping()
        except StoreUnavailable:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[OwnRedis]:
    """Return a Redis server that the test may stop."""
    server = OwnRedis(tmp_path / "own-redis")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def redis(redis_url: str) -> Iterator[Connection]:
    """Return a connection to an empty Redis."""
    connection = connect(redis_url)
    connection.flushall()
    yield connection
    connection.close()


@pytest.fixture
def jobs(redis: Connection) -> JobStore:
    """Return a job store without jobs."""
    return JobStore(redis)


@pytest.fixture
def objects(tmp_path: Path) -> ObjectStore:
    """Return an image store without objects."""
    return ObjectStore(str(tmp_path / "images"))


@pytest.fixture(scope="session")
def config() -> Config:
    """Return the tests' deployment settings; the source of the weights is the user's setting."""
    return Config.read(os.environ)


@pytest.fixture(scope="session")
def weights(config: Config) -> Weights:
    """Return VGG19's real weights."""
    return source.load(config)
