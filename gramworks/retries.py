"""When a request that failed is sent again."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

import httpx

from gramworks.errors import GramworksError, Unavailable

REPEATED_STATUSES = frozenset({429, 502, 503})
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout)
BROKEN = (httpx.NetworkError, httpx.RemoteProtocolError)


class Repeat(Enum):
    """When a request may be sent again."""

    NEVER = auto()
    UNSENT = auto()  # if no connection could be made, since the server must not get it twice
    ALWAYS = auto()


@dataclass(frozen=True)
class Retries:
    """The pauses before a failed request is sent again.

    A request is sent again if no connection could be made, if the connection broke, and after 429,
    502 and 503; not after a timeout. Each of `delays`, in seconds, is varied by a quarter. If the
    server asks for a longer pause, that is used instead; if it asks for more than `longest`
    seconds, the error is raised at once.
    """

    delays: Sequence[float] = (0.5, 1.0, 2.0, 4.0)
    longest: float = 30.0

    def delay(self, error: GramworksError, failures: int, repeat: Repeat) -> float | None:
        """Return the pause before the next attempt; None if there is no next one.

        Args:
            error: why the last attempt failed.
            failures: how many attempts have failed.
            repeat: when this request may be sent again.
        """
        if failures > len(self.delays) or not _can_help(error, repeat):
            return None
        pause = self.delays[failures - 1] * random.uniform(0.75, 1.25)  # noqa: S311 - no secret
        asked = (isinstance(error, Unavailable) and error.retry_after) or 0
        return None if asked > self.longest else max(pause, asked)


def _can_help(error: GramworksError, repeat: Repeat) -> bool:
    if repeat is Repeat.NEVER:
        return False
    if isinstance(error.__cause__, NOT_SENT):
        return True
    if isinstance(error, Unavailable):
        return repeat is Repeat.ALWAYS and error.status in REPEATED_STATUSES
    return repeat is Repeat.ALWAYS and isinstance(error.__cause__, BROKEN)
