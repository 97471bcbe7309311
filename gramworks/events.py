"""A job's server-sent events: parsed, and resumed when the connection is lost."""

from __future__ import annotations

import codecs
import io
import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from gramworks.errors import ServerUnreachable, Unavailable
from gramworks.models import Job, Progress
from gramworks.transport import understood

# About a minute in total: enough to restart a server or to change networks.
RETRY_DELAYS = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0, 15.0)

LONGEST_DELAY = 60.0  # whatever a server asks for

# A connection that lasted this long counts as successful, even without any event.
SOUND_SECONDS = 10.0


@dataclass(frozen=True)
class JobChanged:
    """The whole job: the first event, and after changes of its state or position."""

    job: Job


@dataclass(frozen=True)
class Progressed:
    """A running job made progress."""

    progress: Progress
    eta_seconds: float | None


@dataclass(frozen=True)
class PreviewReady:
    """A newer preview can be fetched; `href` is relative to the server."""

    href: str


@dataclass(frozen=True)
class Reconnecting:
    """The connection was lost; the client tries again after `delay` seconds."""

    reason: str
    delay: float


Event = JobChanged | Progressed | PreviewReady | Reconnecting


@dataclass(frozen=True)
class Message:
    """A server-sent event; `id` is the last id received, as the standard says."""

    event: str
    data: str
    id: str


Connect = Callable[[str | None], AbstractContextManager[Iterable[bytes]]]


class EventStream:
    """The events of one job until it ends, over as many connections as needed."""

    def __init__(
        self, connect: Connect, look: Callable[[], Job], delays: Sequence[float] = RETRY_DELAYS
    ) -> None:
        """`connect` opens the stream after an event's id; `look` fetches the job."""
        self._connect = connect
        self._look = look
        self._delays = delays
        self._heard = False
        self._failures = 0
        self._last_id: str | None = None

    def __iter__(self) -> Iterator[Event]:
        while True:
            try:
                for event in self._one_connection():
                    self._heard = True
                    yield event
                    if isinstance(event, JobChanged) and event.job.ended:
                        return
            except (ServerUnreachable, Unavailable) as error:
                delay = self._next_delay(error)
                yield Reconnecting(str(error), delay)
                time.sleep(delay)

    def _one_connection(self) -> Iterator[Event]:
        with self._connect(self._last_id) as chunks:
            for message in messages(self._noticing_soundness(chunks)):
                if message.id and message.id != self._last_id:
                    self._last_id, self._failures = message.id, 0
                event = understood(read_event, message, "the event stream")
                if event is not None:
                    yield event
        yield self._after_a_clean_end()

    def _noticing_soundness(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        since = time.monotonic()
        for chunk in chunks:
            if time.monotonic() - since > SOUND_SECONDS:
                self._failures = 0
            yield chunk

    def _after_a_clean_end(self) -> JobChanged:
        # The stream is forgotten some time after the end, so its last event may never come.
        job = self._look()
        if not job.ended:
            raise ServerUnreachable("The server closed the event stream before the job ended.")
        return JobChanged(job)

    def _next_delay(self, error: Exception) -> float:
        if not self._heard:  # there was no connection yet, so there is nothing to resume
            raise error
        if self._failures >= len(self._delays):
            raise ServerUnreachable(
                f"The job's events were lost, and reconnecting failed {self._failures} times:"
                f" {error}"
            ) from error
        self._failures += 1
        asked = error.retry_after if isinstance(error, Unavailable) else None
        return max(self._delays[self._failures - 1], min(asked or 0.0, LONGEST_DELAY))


def read_event(message: Message) -> Event | None:
    """Return a message as an event; None for unknown kinds, which a newer server may send."""
    match message.event:
        case "job":
            return JobChanged(Job.from_json(json.loads(message.data)))
        case "progress":
            body = json.loads(message.data)
            return Progressed(Progress.from_json(body["progress"]), body.get("eta_seconds"))
        case "preview":
            return PreviewReady(json.loads(message.data)["href"])
        case _:
            return None


def messages(chunks: Iterable[bytes]) -> Iterator[Message]:
    """Yield the messages of an event stream (WHATWG HTML, 9.2.6); an incomplete one is dropped."""
    event, data, last_id = "", list[str](), ""
    for line in _lines(chunks):
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if line == "":
            if data:
                yield Message(event or "message", "\n".join(data), last_id)
            event, data = "", []
        elif name == "event":
            event = value
        elif name == "data":
            data.append(value)
        elif name == "id" and "\0" not in value:
            last_id = value


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    # str.splitlines would also split at U+2028 and its like, which JSON may hold as they are.
    utf8 = codecs.getincrementaldecoder("utf-8-sig")(errors="replace")
    decoder = io.IncrementalNewlineDecoder(utf8, translate=True)
    pending = ""
    for chunk in chunks:
        *lines, pending = (pending + decoder.decode(chunk)).split("\n")
        yield from lines
