"""Locks for what only one process should do at a time, or once in a period."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from uuid import uuid4

from shared.errors import StoreUnavailable
from shared.job_store.connection import Connection
from shared.job_store.keys import Key
from shared.job_store.scripts import Scripts

LOCK_SECONDS = 30.0  # after which the lock of a process that died expires


class Locks:
    """Locks that avoid duplicate work; correctness does not depend on them.

    May raise StoreUnavailable.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._scripts = Scripts(connection)

    @contextmanager
    def hold(self, what: str, seconds: float = LOCK_SECONDS) -> Iterator[bool]:
        """Hold a lock during the block; False if another process holds it."""
        key, token = f"{Key.LOCK}{what}", uuid4().hex
        acquired = self._connection.set(key, token, nx=True, px=round(seconds * 1000))
        try:
            yield bool(acquired)
        finally:
            if acquired:
                with suppress(StoreUnavailable):  # the lock expires
                    self._scripts.run("unlock", key, token)

    def once_in(self, what: str, seconds: float) -> bool:
        """Return True for the first caller, False for all others until `seconds` have passed."""
        key = f"{Key.DONE}{what}"
        return bool(self._connection.set(key, 1, nx=True, px=round(seconds * 1000)))
