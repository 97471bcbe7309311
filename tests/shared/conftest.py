"""A Redis server that a test may stop."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.shared.own_redis import OwnRedis


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[OwnRedis]:
    """Return a running server that is the test's own."""
    server = OwnRedis(tmp_path / "own-redis")
    server.start()
    yield server
    server.stop()
