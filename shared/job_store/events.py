"""The events of a job: a stream that a reader can resume; and its losses, from the first on."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from shared.job_store.connection import Connection
from shared.job_store.keys import Key, losses_key, stream_key

BEGINNING = "0-0"


class Event(NamedTuple):
    """An event: `kind` is `state`, `progress`, `preview` or `fallback`; `data` depends on it."""

    id: str
    kind: str
    data: str


class Losses(NamedTuple):
    """The weighted losses of a job at an evaluation, which was made at `level`."""

    evaluation: int
    level: int
    loss: dict[str, float]


def is_after(event_id: str, other: str) -> bool:
    """Return whether an event is later than another one of the same job."""
    return _order(event_id) > _order(other)


class JobEvents:
    """Reads the events of jobs. May raise StoreUnavailable."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def last_id(self, job_id: str) -> str:
        """Return the id of a job's newest event, or the stream's beginning if there is none."""
        newest: Any = self._connection.xrevrange(stream_key(job_id), count=1)
        return str(newest[0][0]) if newest else BEGINNING

    def has(self, job_id: str, event_id: str) -> bool:
        """Return whether the stream still holds an event, and with it all later ones."""
        found: Any = self._connection.xrange(stream_key(job_id), event_id, event_id)
        return bool(found)

    def without(self, job_ids: Sequence[str]) -> set[str]:
        """Return the jobs among these that have no events."""
        pipeline = self._connection.pipeline(transaction=False)
        for job_id in job_ids:
            pipeline.exists(stream_key(job_id))
        found = pipeline.execute() if job_ids else []
        return {job_id for job_id, exists in zip(job_ids, found, strict=True) if not exists}

    def losses(self, job_id: str) -> list[Losses]:
        """Return a job's losses at up to a hundred evaluations, which are spread over all so far.

        They are kept for an hour after its end.
        """
        kept: Any = self._connection.lrange(losses_key(job_id), 0, -1)
        return [Losses(*json.loads(each)) for each in kept]

    def read(self, after: Mapping[str, str]) -> dict[str, list[Event]]:
        """Return the events that are there now, of each job that has some, in one command.

        Args:
            after: the jobs, and of each the id of the last event that was read.
        """
        if not after:
            return {}
        cursors: Any = {stream_key(job_id): event_id for job_id, event_id in after.items()}
        answer: Any = self._connection.xread(cursors)
        return {
            key.removeprefix(Key.EVENTS): [
                Event(event_id, fields["kind"], fields["data"]) for event_id, fields in entries
            ]
            for key, entries in dict(answer).items()
        }


def _order(event_id: str) -> tuple[int, int]:
    milliseconds, _, number = event_id.partition("-")
    return int(milliseconds), int(number)
