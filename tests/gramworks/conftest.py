"""A running fake server, and a client of it with short retry delays."""

from collections.abc import Iterator

import pytest

from gramworks import Client, Retries
from tests.gramworks.fake_server import FakeServer


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with FakeServer().running() as running:
        yield running


@pytest.fixture
def client(server: FakeServer) -> Iterator[Client]:
    quick = (0.01, 0.01, 0.01)
    with Client(server.url, retries=Retries(quick), retry_delays=quick) as opened:
        yield opened
