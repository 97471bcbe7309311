"""One event stream: its first messages, then what the hub reads, until its job ends."""

import socket
from collections.abc import Callable, Iterator

from shared.errors import GramworksError
from web.messages.languages import current_language
from web.services import Services
from web.streams.hub import Hub
from web.streams.mailbox import Mailbox
from web.streams.messages import KEEP_ALIVE, job_message
from web.streams.outlet import Outlet


class HandOver(OSError):
    """Raised by a body when it only waits from here on, for which it needs no thread.

    `outlet` makes what sends the rest: from the socket, and whether the body is sent in chunks.
    """

    def __init__(self, hub: Hub, outlet: Callable[[socket.socket, bool], Outlet]) -> None:
        super().__init__()
        self._hub = hub
        self._outlet = outlet

    def take(self, connection: socket.socket, *, is_chunked: bool) -> None:
        """Send all that follows to this socket, and close it at the end."""
        self._hub.adopt(self._outlet(connection, is_chunked))


class EventStream(Iterator[bytes]):
    """The body of a response; it waits for events in its thread, or hands itself over instead."""

    def __init__(self, services: Services, hub: Hub, job_id: str, *, hands_over: bool) -> None:
        """Prepare the stream; with `hands_over`, it raises HandOver after its first messages."""
        self._services = services
        self._hub = hub
        self._job_id = job_id
        self._hands_over = hands_over
        self._language = current_language()
        self._mailbox: Mailbox | None = None
        self._is_handed_over = False
        self._parts: Iterator[bytes] = iter(())

    def begin(self, after: str | None) -> "EventStream":
        """Return the stream, to begin after the event `after`, or with the whole job."""
        self._parts = self._messages(after)
        return self

    def __next__(self) -> bytes:
        """Return the next bytes; wait for them if they are not there yet."""
        return next(self._parts)

    def close(self) -> None:
        """Stop watching, unless the stream continues on a socket."""
        if self._mailbox and not self._is_handed_over:
            self._mailbox.close()

    def _messages(self, after: str | None) -> Iterator[bytes]:
        try:
            with self._hub.app.app_context():
                first = self._first(after)
        except GramworksError:
            return  # deleted, unreadable, or Redis is down: a client reconnects and gets the error
        yield first
        follows = self._mailbox is not None
        if self._mailbox and self._hands_over:
            self._is_handed_over = True
            raise HandOver(self._hub, self._outlet)
        while self._mailbox and follows:
            text, follows = self._mailbox.wait()
            if text:
                yield text

    def _outlet(self, connection: socket.socket, is_chunked: bool) -> Outlet:
        assert self._mailbox is not None  # noqa: S101 - it was handed over
        return Outlet(connection, self._mailbox, is_chunked=is_chunked)

    def _first(self, after: str | None) -> bytes:
        """Return the first messages, and watch the job unless it has ended."""
        services, job_id = self._services, self._job_id
        # The position is read before the record, so that no event is missed in between.
        newest = services.events.last_id(job_id)
        job = services.jobs.get(job_id)
        if after is not None and not job.ended and services.events.has(job_id, after):
            text, shown = b"", {"state": job.state}
        else:  # events in between may be deleted; the job has their result
            message, shown = job_message(job, newest, self._language)
            text, after = message.text, newest
        if job.ended:
            return text
        self._mailbox = self._hub.watch(job_id, after, shown, Mailbox(after, self._language))
        return text + KEEP_ALIVE.text  # gunicorn sends the headers with the first bytes
