"""Requests with an Idempotency-Key: sent again, they make no second job."""

import json
from hashlib import sha256
from typing import Any, NamedTuple, Self

from shared.errors import IdempotencyKeyReused
from shared.job_store.connection import Connection
from shared.job_store.keys import request_key

HEADER = "Idempotency-Key"


class KeyedRequest(NamedTuple):
    """A request that may come again: its name, and the hash of its content."""

    name: str
    content: str

    @classmethod
    def named(cls, owner: str, key: str, content: str) -> Self:
        """Return the request to which its sender, `owner`, gave `key`; owners share no keys."""
        return cls(f"{owner}:{sha256(key.encode()).hexdigest()}", content)


NO_KEY = KeyedRequest("", "")


class Requests:
    """What requests made in the last day. Every method may raise StoreUnavailable."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def job_of(self, request: KeyedRequest) -> str | None:
        """Return the id of the job that the same request made before; None if it made none.

        Raises:
            IdempotencyKeyReused: a request of this name had other content.
        """
        text: Any = self._connection.get(request_key(request.name)) if request.name else None
        if text is None:
            return None
        known = json.loads(text)
        if known["content"] != request.content:
            raise IdempotencyKeyReused(field=HEADER, id=known["job"])
        return str(known["job"])

    def forget(self, request: KeyedRequest) -> None:
        """Let the same request make another job."""
        if request.name:
            self._connection.delete(request_key(request.name))
