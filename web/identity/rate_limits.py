"""How often an owner, and an address, may submit jobs and sign in; counted in Redis.

Reads are not counted. With GRAMWORKS_AUTH=off there is one owner, and nothing is counted.
"""

import math
import time
from dataclasses import dataclass
from threading import BoundedSemaphore

from flask import Flask, Response, g
from limits import RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import RedisStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from shared.config import Config
from shared.errors import RateLimited, StoreUnavailable
from shared.job_store import Connection
from web.identity.address import hash_of_address

SIGN_INS = 20  # attempts a minute from one address
MINUTE = 60
DELAY_SECONDS = 0.5  # before a refusal, or a program that repeats at once would use the processor
DELAYED_SHARE = 8  # one thread in eight may wait with a refusal; the others answer at once


@dataclass(frozen=True)
class Allowance:
    """What is left of a limit after a request, until it is whole again in `seconds`."""

    name: str
    maximum: int
    remaining: int
    seconds: int


class RateLimits:
    """Counts requests by owner and address. Every method may raise StoreUnavailable."""

    def __init__(self, config: Config, connection: Connection) -> None:
        self._is_off = config.auth == "off"
        self._by_owner = config.owner_submissions
        self._by_address = config.address_submissions
        storage = RedisStorage(
            config.redis_url,
            connection_pool=connection.connection_pool,
            key_prefix="gw:rate",
            wrap_exceptions=True,
        )
        self._limiter = SlidingWindowCounterRateLimiter(storage)
        self._delays = BoundedSemaphore(max(1, config.web_threads // DELAYED_SHARE))

    def count_submission(self, owner: str, address: str | None) -> None:
        """Count one submission.

        Raises:
            RateLimited: the owner, or the address, has sent too many in the last minute.
        """
        self._count("owner", owner, self._by_owner)
        self._count("address", hash_of_address(address), self._by_address)

    def count_sign_in(self, address: str | None) -> None:
        """Count one attempt to sign in.

        Raises:
            RateLimited: the address has made too many in the last minute.
        """
        self._count("sign-in", hash_of_address(address), SIGN_INS)

    def _count(self, name: str, whose: str, maximum: int) -> None:
        if self._is_off or not maximum:
            return
        limit = RateLimitItemPerMinute(maximum)
        try:
            is_within = self._limiter.hit(limit, name, whose)
            reset_at, remaining = self._limiter.get_window_stats(limit, name, whose)
        except StorageError as error:
            raise StoreUnavailable(store="redis", reason=str(error.storage_error)) from error
        seconds = max(1, math.ceil(reset_at - time.time()))
        allowance = Allowance(name, maximum, max(0, remaining), seconds)
        tightest: Allowance | None = g.get("allowance")
        if not is_within or tightest is None or allowance.remaining < tightest.remaining:
            g.allowance = allowance
        if not is_within:
            self._delay()
            raise RateLimited(by=name, maximum=maximum, seconds=seconds)

    def _delay(self) -> None:
        if self._delays.acquire(blocking=False):
            try:
                time.sleep(DELAY_SECONDS)
            finally:
                self._delays.release()


def install(app: Flask) -> None:
    """Let each response to a request that was counted say what is left."""
    app.after_request(_tell)


def _tell(response: Response) -> Response:
    """Add the fields of the IETF's draft "RateLimit header fields for HTTP"."""
    allowance: Allowance | None = g.get("allowance")
    if allowance is not None:
        name = f'"{allowance.name}"'
        response.headers["RateLimit-Policy"] = f"{name};q={allowance.maximum};w={MINUTE}"
        response.headers["RateLimit"] = f"{name};r={allowance.remaining};t={allowance.seconds}"
    return response
