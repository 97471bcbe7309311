"""The connection to Redis, whose failures come out as StoreUnavailable."""

from typing import Any

import redis
from redis.backoff import ExponentialBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from shared.errors import StoreUnavailable

SOCKET_TIMEOUT = 10.0  # seconds; without one a half-open connection hangs for most of a minute


class Connection(redis.Redis):
    """redis-py's client; the one place where its errors become ours."""

    def execute_command(self, *args: Any, **options: Any) -> Any:
        """Run one command.

        Raises:
            StoreUnavailable: Redis is away, loading, full or read-only.
        """
        try:
            return super().execute_command(*args, **options)  # type: ignore[no-untyped-call]
        except redis.exceptions.NoScriptError:
            raise  # redis-py loads the script and asks again
        except RedisError as error:
            raise StoreUnavailable(store="redis", reason=str(error)) from error


def connect(url: str, retries: int = 2) -> Connection:
    """Return a client for `url`; nothing is sent until its first command."""
    connection = Connection.from_url(
        url,
        decode_responses=True,
        socket_timeout=SOCKET_TIMEOUT,
        socket_connect_timeout=2.0,
        socket_keepalive=True,
        health_check_interval=30,
        retry=Retry(ExponentialBackoff(cap=0.5, base=0.05), retries),
    )
    assert isinstance(connection, Connection)  # noqa: S101 - from_url is typed as its base
    return connection
