"""A job's log of transitions, as Redis keeps it."""

import json
from dataclasses import dataclass
from typing import Any

from shared.jobs.connection import Connection

ENDS = frozenset({"succeeded", "failed", "cancelled"})


@dataclass(frozen=True)
class Entry:
    """One transition: into `state`, at `at` seconds by Redis's clock, of the attempt `attempt`."""

    state: str
    at: float
    attempt: int
    worker: str | None = None
    reason: str | None = None


def read_log(redis: Connection, job_id: str) -> list[Entry]:
    """Return a job's transitions, oldest first; none of a job that is not there."""
    texts: Any = redis.lrange(f"gw:log:{job_id}", 0, -1)
    if not texts:  # TEMPORARY
        return _from_stream(redis, job_id)
    return [_entry(json.loads(text)) for text in texts]


def _from_stream(redis: Connection, job_id: str) -> list[Entry]:
    attempt, out = 0, []
    events: Any = redis.xrange(f"gw:events:{job_id}")
    for event_id, fields in events:
        if fields["kind"] == "state":
            attempt += fields["data"] == "running"
            out.append(Entry(fields["data"], int(event_id.split("-")[0]) / 1000, attempt))
    return out


def _entry(fields: dict[str, Any]) -> Entry:
    return Entry(
        state=fields["state"],
        at=fields["at"] / 1000,
        attempt=int(fields["attempt"]),
        worker=fields.get("worker"),
        reason=fields.get("reason"),
    )
