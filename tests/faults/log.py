"""A job's log of transitions, as Redis keeps it."""

import json
from dataclasses import dataclass
from typing import Any

from shared.job_store.connection import Connection
from shared.job_store.keys import log_key


@dataclass(frozen=True)
class Entry:
    """One transition: into `state`, at `at` seconds by Redis's clock, of the attempt `attempt`."""

    state: str
    at: float
    attempt: int
    worker: str | None = None
    reason: str | None = None


def read_log(redis: Connection, job_id: str) -> list[Entry]:
    """Return a job's transitions, oldest first; empty if the job does not exist."""
    texts: Any = redis.lrange(log_key(job_id), 0, -1)
    return [_entry(json.loads(text)) for text in texts]


def _entry(fields: dict[str, Any]) -> Entry:
    return Entry(
        state=fields["state"],
        at=fields["at"] / 1000,
        attempt=int(fields["attempt"]),
        worker=fields.get("worker"),
        reason=fields.get("reason"),
    )
