"""The events of a job: a stream that a reader can resume."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from shared.job_store.connection import Connection
from shared.job_store.keys import stream_key

BEGINNING = "0-0"


class Event(NamedTuple):
    """An event: `kind` is `state`, `progress`, `preview` or `fallback`; `data` depends on it."""

    id: str
    kind: str
    data: str


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

    def follow(self, job_id: str, after: str, silence: float = 5.0) -> Iterator[Event | None]:
        """Yield a job's events as they come; None after each `silence` without one.

        It does not end by itself: the caller stops when the job has ended.

        Args:
            job_id: the job.
            after: the id of the last event that was read.
            silence: in seconds; shorter than the socket's timeout.
        """
        key = stream_key(job_id)
        while True:
            answer: Any = self._connection.xread({key: after}, block=round(silence * 1000))
            if not answer:
                yield None
                continue
            for event_id, fields in dict(answer)[key]:
                yield Event(event_id, fields["kind"], fields["data"])
                after = event_id
