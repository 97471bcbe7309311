"""A Redis that does not answer causes an error in time; many threads can wait at once."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.errors import StoreUnavailable
from shared.job_store import RedisStatus, connect


def test_a_redis_that_does_not_answer_is_unavailable_after_the_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        connection = connect(f"redis://127.0.0.1:{port}/0", retries=0, timeout=0.5)
        begin = time.monotonic()
        with pytest.raises(StoreUnavailable) as error:
            RedisStatus(connection).ping()
        assert 0.4 < time.monotonic() - begin < 4
        connection.close()
    assert error.value.parameters["store"] == "redis"


def test_the_allowed_number_of_commands_can_wait_at_once(redis_url: str) -> None:
    readers = 40
    connection = connect(redis_url, retries=0, max_connections=readers)
    with ThreadPoolExecutor(readers) as pool:
        waits = [pool.submit(connection.blpop, ["nothing"], 1.0) for _ in range(readers)]
        assert [wait.result() for wait in waits] == [None] * readers
    connection.close()


def test_one_command_more_than_allowed_is_refused(redis_url: str) -> None:
    connection = connect(redis_url, retries=0, max_connections=2)
    with ThreadPoolExecutor(2) as pool:
        waits = [pool.submit(connection.blpop, ["nothing"], 1.0) for _ in range(2)]
        time.sleep(0.3)
        with pytest.raises(StoreUnavailable):
            RedisStatus(connection).ping()
        assert [wait.result() for wait in waits] == [None, None]
    connection.close()
