"""A running fake server, and a client of it with short retry delays."""

from collections.abc import Iterator

import pytest

from gramworks import Client
from tests.gramworks.fake_server import FakeServer


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with FakeServer().running() as running:
        yield running


@pytest.fixture
def client(server: FakeServer) -> Iterator[Client]:
    with Client(server.url, retry_delays=(0.01, 0.01, 0.01)) as opened:
        yield opened
