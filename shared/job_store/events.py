"""The events of a job, as a stream that a reader can leave and take up again."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from shared.job_store.keys import stream_key
from shared.job_store.scripts import Scripted

BEGINNING = "0-0"


class Event(NamedTuple):
    """One event: its `kind` is `state`, `progress` or `preview`; `data` is the writer's."""

    id: str
    kind: str
    data: str


class Events(Scripted):
    """The concern of events."""

    def last_event_id(self, job_id: str) -> str:
        """Return the id of the newest event, the stream's beginning if there is none."""
        newest: Any = self.redis.xrevrange(stream_key(job_id), count=1)
        return str(newest[0][0]) if newest else BEGINNING

    def has_event(self, job_id: str, event_id: str) -> bool:
        """Return whether the stream still holds an event, and with it all that came after."""
        found: Any = self.redis.xrange(stream_key(job_id), event_id, event_id)
        return bool(found)

    def events(self, job_id: str, after: str, patience: float = 5.0) -> Iterator[Event | None]:
        """Yield the events after the id `after` as they come; None when none came for a while.

        It does not end by itself: the reader knows when a job has.

        Args:
            job_id: the job.
            after: the id of the last event that was seen.
            patience: seconds of silence before None; less than the socket's timeout.
        """
        while True:
            answer: Any = self.redis.xread(
                {stream_key(job_id): after}, block=round(patience * 1000)
            )
            if not answer:
                yield None
                continue
            for event_id, fields in dict(answer)[stream_key(job_id)]:
                yield Event(event_id, fields["kind"], fields["data"])
                after = event_id
