"""A request that waits for the end of its job (`Prefer: wait`), without a thread."""

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from email.utils import formatdate
from http import HTTPStatus
from typing import NamedTuple

from flask import Response, json

from shared.errors import GramworksError
from shared.job import Job
from web.api.schemas import job_json
from web.errors import problem
from web.messages.languages import current_language, speaking
from web.services import Services
from web.streams.event_stream import HandOver
from web.streams.hub import Hub
from web.streams.mailbox import EndOnly
from web.streams.outlet import Outlet

MOST_WAITING = 500  # requests of a process
log = logging.getLogger(__name__)


class Answer(NamedTuple):
    """What a request that waited is answered."""

    status: int
    mimetype: str
    body: bytes


class Waiting:
    """The end of one job, for which a request waits for up to some seconds."""

    def __init__(self, services: Services, hub: Hub, job: Job, seconds: float) -> None:
        """Begin to watch the job, which is read again: it can have ended meanwhile."""
        self._services = services
        self._job_id = job.id
        self._end = time.monotonic() + seconds
        self._language = current_language()
        self.hub = hub
        self.mailbox = EndOnly()
        newest = services.events.last_id(job.id)
        if not services.jobs.get(job.id).ended:
            hub.watch(job.id, newest, {"state": job.state}, self.mailbox)
        else:
            self.mailbox.close()

    @property
    def is_over(self) -> bool:
        """Whether the job has ended, or the time."""
        return self.mailbox.is_closed or time.monotonic() >= self._end

    def wait(self) -> None:
        """Wait in this thread."""
        self.mailbox.wait_for_end(self._end - time.monotonic())
        self.mailbox.close()

    def answer(self, status: int) -> Answer:
        """Return the job as it is now; `status` is for one that has not ended."""
        with speaking(self._language):
            return self._answer(status)

    def _answer(self, status: int) -> Answer:
        try:
            job = self._services.jobs.get(self._job_id)
            body, status = job_json(job), HTTPStatus.OK if job.ended else status
            mimetype = "application/json"
        except Exception as error:  # deleted meanwhile, or Redis is down
            if not isinstance(error, GramworksError):
                log.exception("job %s: a waiting request fails", self._job_id)
                error = GramworksError()
            body, mimetype = problem(error), "application/problem+json"
            status = body["status"]
        text = json.dumps(body, separators=(",", ":"))
        return Answer(int(status), mimetype, text.encode() + b"\n")


class WaitingBody(Iterator[bytes]):
    """The body of a response that hands its socket over before anything was sent."""

    def __init__(self, waiting: Waiting, release: Callable[[], None]) -> None:
        """Prepare the body; `release` is called once nothing waits any more."""
        self._waiting = waiting
        self._release = release
        self._is_handed_over = False
        self.response: Response | None = None  # whose body this is

    def __next__(self) -> bytes:
        """Give the socket away: what is sent is decided when the job has ended."""
        self._is_handed_over = True
        raise HandOver(self._waiting.hub, self._outlet)

    def close(self) -> None:
        """Stop waiting, unless the socket was handed over."""
        if not self._is_handed_over:
            self._waiting.mailbox.close()
            self._release()

    def _outlet(self, connection: socket.socket, is_chunked: bool) -> Outlet:
        del is_chunked  # the length is known
        return _WaitingOutlet(connection, self._waiting, self._message, self._release)

    def _message(self) -> bytes:
        """Return the whole answer as it is sent."""
        assert self.response is not None  # noqa: S101 - the route sets it
        answer = self._waiting.answer(self.response.status_code)
        headers = self.response.headers.copy()
        headers["Content-Type"] = answer.mimetype
        headers["Content-Length"] = str(len(answer.body))
        headers["Connection"] = "close"
        headers["Date"] = formatdate(usegmt=True)
        lines = [f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}"]
        lines += [f"{name}: {value}" for name, value in headers]
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + answer.body


class _WaitingOutlet(Outlet):
    """A socket to which one message is sent, when the waiting is over."""

    def __init__(
        self,
        connection: socket.socket,
        waiting: Waiting,
        message: Callable[[], bytes],
        release: Callable[[], None],
    ) -> None:
        super().__init__(connection, waiting.mailbox, is_chunked=False)
        self._waiting = waiting
        self._message = message
        self._release = release

    def close(self) -> None:
        """Close the socket."""
        super().close()
        self._release()

    def _refill(self) -> bool:
        if not self._follows or not self._waiting.is_over:
            return False
        self._unsent, self._follows = self._message(), False
        return True


class Places:
    """Bounds how many requests of a process wait."""

    def __init__(self, most: int = MOST_WAITING) -> None:
        self._free = threading.BoundedSemaphore(most)

    def take(self) -> Callable[[], None] | None:
        """Return a function that frees the place again, once; None if there is no place."""
        if not self._free.acquire(blocking=False):
            return None
        taken = [self._free]

        def release() -> None:
            if taken:
                taken.pop().release()

        return release
