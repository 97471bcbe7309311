"""The connection to Redis, whose failures come out as StoreUnavailable."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import redis
from redis.backoff import ExponentialBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from shared.errors import StoreUnavailable

SOCKET_TIMEOUT = 10.0  # seconds; without one a half-open connection hangs for most of a minute


@contextmanager
def _our_errors() -> Iterator[None]:
    """Raise redis-py's errors as ours; the one place that does."""
    try:
        yield
    except redis.exceptions.NoScriptError:
        raise  # redis-py loads the script and asks again
    except RedisError as error:
        raise StoreUnavailable(store="redis", reason=str(error)) from error


class Pipeline(redis.client.Pipeline):
    """Some commands that are sent together."""

    def execute(self, raise_on_error: bool = True) -> list[Any]:
        """Run the commands.

        Raises:
            StoreUnavailable: Redis is away, loading, full or read-only.
        """
        with _our_errors():
            return super().execute(raise_on_error)


class Connection(redis.Redis):
    """redis-py's client, with our errors."""

    def execute_command(self, *args: Any, **options: Any) -> Any:
        """Run one command.

        Raises:
            StoreUnavailable: Redis is away, loading, full or read-only.
        """
        with _our_errors():
            return super().execute_command(*args, **options)  # type: ignore[no-untyped-call] # redis-py has none

    def clock(self) -> float:
        """Return the time that counts, Redis's own, in seconds: machines' clocks may differ."""
        seconds, microseconds = self.time()
        return float(seconds + microseconds / 1e6)

    def pipeline(self, transaction: Any = True, shard_hint: Any = None) -> Pipeline:
        """Return what collects commands, to send them together."""
        return Pipeline(self.connection_pool, self.response_callbacks, transaction, shard_hint)


def connect(url: str, retries: int = 2, timeout: float = SOCKET_TIMEOUT) -> Connection:
    """Return a client for `url`, which waits `timeout` seconds for each answer, so many times more.

    Nothing is sent until its first command.
    """
    connection = Connection.from_url(
        url,
        decode_responses=True,
        socket_timeout=timeout,
        socket_connect_timeout=2.0,
        socket_keepalive=True,
        health_check_interval=30,
        retry=Retry(ExponentialBackoff(cap=0.5, base=0.05), retries),
    )
    assert isinstance(connection, Connection)  # noqa: S101 - from_url is typed as its base
    return connection
