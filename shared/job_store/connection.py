"""The connection to Redis; its errors are raised as StoreUnavailable."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import redis
from redis.backoff import ExponentialBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from shared.errors import StoreUnavailable

REPLICA_SECONDS = 1.0  # to wait for replicas to confirm a write
SOCKET_TIMEOUT = 10.0  # seconds; without it a half-open connection hangs for most of a minute


@contextmanager
def _translated_errors() -> Iterator[None]:
    """Raise redis-py's errors as StoreUnavailable."""
    try:
        yield
    except redis.exceptions.NoScriptError:
        raise  # redis-py loads the script and tries again
    except RedisError as error:
        raise StoreUnavailable(store="redis", reason=str(error)) from error


class Pipeline(redis.client.Pipeline):
    """Commands that are sent together."""

    def execute(self, raise_on_error: bool = True) -> list[Any]:
        """Run the commands.

        Raises:
            StoreUnavailable: Redis is not reachable, loading, full or read-only.
        """
        with _translated_errors():
            return super().execute(raise_on_error)


class Connection(redis.Redis):
    """redis-py's client, with the project's errors."""

    def execute_command(self, *args: Any, **options: Any) -> Any:
        """Run one command.

        Raises:
            StoreUnavailable: Redis is not reachable, loading, full or read-only.
        """
        with _translated_errors():
            return super().execute_command(*args, **options)  # type: ignore[no-untyped-call] # redis-py has none

    def clock(self) -> float:
        """Return Redis's time in seconds; the clocks of machines may differ."""
        seconds, microseconds = self.time()
        return float(seconds + microseconds / 1e6)

    def confirm(self, replicas: int) -> None:
        """Wait until `replicas` have this connection's writes.

        Raises:
            StoreUnavailable: too few confirmed them in time.
        """
        if not replicas:
            return
        reached: Any = self.wait(replicas, round(REPLICA_SECONDS * 1000))
        if int(reached) < replicas:
            reason = f"{reached} of {replicas} replicas confirmed the write"
            raise StoreUnavailable(store="redis", reason=reason)

    def pipeline(self, transaction: Any = True, shard_hint: Any = None) -> Pipeline:
        """Return a pipeline, which sends its commands together."""
        return Pipeline(self.connection_pool, self.response_callbacks, transaction, shard_hint)


class RedisStatus:
    """The state of Redis itself. Every method may raise StoreUnavailable."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def ping(self) -> None:
        """Raise StoreUnavailable unless Redis answers."""
        self._connection.execute_command("PING")

    def clock(self) -> float:
        """Return Redis's time in seconds."""
        return self._connection.clock()

    def used_memory_share(self) -> float:
        """Return the share of `maxmemory` that Redis uses; 0 if it has no limit."""
        memory: Any = self._connection.info("memory")
        return float(memory["used_memory"] / (memory["maxmemory"] or float("inf")))


def connect(
    url: str, retries: int = 2, timeout: float = SOCKET_TIMEOUT, max_connections: int = 100
) -> Connection:
    """Return a client; it connects with its first command.

    Args:
        url: Redis's URL.
        retries: how often a failed command is sent again.
        timeout: the seconds to wait for each answer.
        max_connections: how many commands can wait for an answer at the same time.
    """
    connection = Connection.from_url(
        url,
        decode_responses=True,
        socket_timeout=timeout,
        socket_connect_timeout=2.0,
        socket_keepalive=True,
        health_check_interval=30,
        max_connections=max_connections,
        retry=Retry(ExponentialBackoff(cap=0.5, base=0.05), retries),
    )
    assert isinstance(connection, Connection)  # noqa: S101 - from_url is typed as its base
    return connection
