"""Cuts off uploads that come too slowly, and bounds how many one address sends at a time.

A request takes a thread from its first byte to its answer, and gunicorn itself waits for the rest
of an upload for any time. A proxy that collects uploads before it passes them on does the same.
"""

import io
import socket
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from shared.errors import TooManyUploads, UploadTooSlow

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

GRACE_SECONDS = 20.0
BYTES_PER_SECOND = 20_000
CHECK_SECONDS = 1.0
STEP_BYTES = 16_384  # gunicorn returns when it has so many, and they are counted then
SOCKET = "gunicorn.socket"  # the connection's, in a request's environment


@dataclass(eq=False)
class _Upload:
    """An upload that is being received; eq=False, so that each is its own key."""

    connection: socket.socket
    address: str
    length: int  # as it was declared; -1 if it was not
    begin: float = field(default_factory=time.monotonic)
    bytes: int = 0
    is_cut_off: bool = False

    def cut_off(self) -> None:
        """Let gunicorn read the end of the connection; an answer can still be sent."""
        self.is_cut_off = True
        with suppress(OSError):  # it is closed already
            self.connection.shutdown(socket.SHUT_RD)


class SlowUploads:
    """A WSGI middleware for gunicorn; with other servers it does nothing.

    After `grace_seconds`, an upload must have come with `bytes_per_second` on average. One address
    sends up to `at_once` uploads at a time.
    """

    def __init__(
        self,
        app: "WSGIApplication",
        at_once: int,
        grace_seconds: float = GRACE_SECONDS,
        bytes_per_second: float = BYTES_PER_SECOND,
    ) -> None:
        self._app = app
        self._at_once = at_once
        self._grace_seconds = grace_seconds
        self._bytes_per_second = bytes_per_second
        self._uploads: set[_Upload] = set()
        self._lock = threading.Lock()
        self._watcher: threading.Thread | None = None

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Handle a request, whose body is read under the bounds."""
        if SOCKET not in environ or not _has_body(environ):
            return self._app(environ, start_response)
        length = int(environ.get("CONTENT_LENGTH") or -1)
        upload = _Upload(environ[SOCKET], environ.get("REMOTE_ADDR", ""), length)
        environ["wsgi.input"] = _Body(environ["wsgi.input"], upload, self)
        try:
            return self._app(environ, start_response)
        finally:
            self.end(upload)

    def begin(self, upload: _Upload) -> None:
        """Watch an upload; raise TooManyUploads if its address already sends too many."""
        with self._lock:
            from_it = sum(each.address == upload.address for each in self._uploads)
            if from_it >= self._at_once:
                upload.cut_off()  # or gunicorn would wait for the rest of it
                raise TooManyUploads(maximum=self._at_once)
            self._uploads.add(upload)
            if self._watcher is None:
                self._watcher = threading.Thread(target=self._watch, daemon=True)
                self._watcher.start()

    def end(self, upload: _Upload) -> None:
        """Watch an upload no longer."""
        with self._lock:
            self._uploads.discard(upload)

    def check(self, upload: _Upload) -> None:
        """Raise UploadTooSlow if the upload was cut off."""
        if upload.is_cut_off:
            raise UploadTooSlow(minimum=self._bytes_per_second, seconds=self._grace_seconds)

    def _watch(self) -> None:
        while True:
            time.sleep(CHECK_SECONDS)
            with self._lock:
                for upload in [each for each in self._uploads if self._is_too_slow(each)]:
                    upload.cut_off()
                    self._uploads.discard(upload)

    def _is_too_slow(self, upload: _Upload) -> bool:
        counted = time.monotonic() - upload.begin - self._grace_seconds
        return upload.bytes < counted * self._bytes_per_second


class _Body(io.RawIOBase):
    """The body of a request, watched from its first read to its end."""

    def __init__(self, body: Any, upload: _Upload, uploads: SlowUploads) -> None:
        self._body = body
        self._upload = upload
        self._uploads = uploads
        self._has_begun = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._has_begun:
            self._uploads.begin(self._upload)
            self._has_begun = True
        wanted = min(len(buffer), STEP_BYTES)
        data: bytes = self._body.read(wanted)
        buffer[: len(data)] = data
        self._upload.bytes += len(data)
        if len(data) < wanted or self._upload.bytes == self._upload.length:
            self._uploads.end(self._upload)
            self._uploads.check(self._upload)
        return len(data)


def _has_body(environ: "WSGIEnvironment") -> bool:
    is_chunked = "HTTP_TRANSFER_ENCODING" in environ
    return is_chunked or environ.get("CONTENT_LENGTH", "") not in ("", "0")
