"""Redis's status: whether it answers, its time, how full it is."""

import time
from typing import Any

import pytest

from shared.job_store import RedisStatus, connect
from tests.own_redis import OwnRedis


def test_used_memory_is_a_share_of_the_limit(own_redis: OwnRedis) -> None:
    connection = connect(own_redis.url)
    status = RedisStatus(connection)
    assert status.used_memory_share() == 0  # without a limit
    connection.config_set("maxmemory", "100mb")
    empty = status.used_memory_share()
    assert 0 < empty < 0.2
    connection.setrange("text", 30 * 2**20, "x")  # a large value sent would leave a large buffer
    memory: Any = connection.info("memory")
    assert status.used_memory_share() == pytest.approx(
        memory["used_memory"] / 104_857_600, rel=0.02
    )
    assert status.used_memory_share() > empty + 0.25
    connection.close()


def test_time_is_in_seconds(own_redis: OwnRedis) -> None:
    connection = connect(own_redis.url)
    assert RedisStatus(connection).clock() == pytest.approx(time.time(), abs=5)
    connection.close()
