"""A client's socket that receives a whole request before a thread reads it."""

import re
import socket
import time
from collections.abc import Callable
from enum import Enum
from tempfile import SpooledTemporaryFile
from typing import Any

RECEIVE_BYTES = 65_536  # at a time
MEMORY_BYTES = 65_536  # of a request; longer ones are kept in a temporary file
MOST_HEAD_BYTES = 65_536  # longer ones are refused
MOST_LINE_BYTES = 8_192  # of a chunk's size, or a trailer
WAIT_SECONDS = 5.0  # for which a thread waits for a request that was not complete after all
STALLED_SECONDS = 20.0  # for which a client may read nothing of its answer
GRACE_SECONDS, BYTES_PER_SECOND = 20.0, 20_000  # a request needs this rate after that time
_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,18})[ \t]*\r\n", re.IGNORECASE)
_CHUNK_SIZE = re.compile(rb"([0-9a-fA-F]{1,15})[ \t]*(?:;|$)")
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:[^\r\n]*chunked", re.IGNORECASE)
_EXPECT = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*(?=\r\n)", re.IGNORECASE)


class Received(Enum):
    """What is known of a request."""

    PART = "more is to come"
    READY = "it is complete, or need not be: a thread can read it"
    CLOSED = "the client went away"
    TOO_LONG = "its head has no end"


class Chunks:
    """Follows a chunked body to its end (RFC 9112, section 7.1).

    A body that breaks the format counts as ended: gunicorn refuses it.
    """

    def __init__(self) -> None:
        """Begin before the first chunk."""
        self.ended = False
        self._line = b""  # the beginning of one
        self._left = 0  # bytes of a chunk and the end of its last line
        self._is_last = False  # the last chunk, of length 0, has come; trailers follow

    def add(self, data: bytes) -> None:
        """Follow a part of the body."""
        while not self.ended:
            skipped = min(self._left, len(data))
            data, self._left = data[skipped:], self._left - skipped
            if not data:
                return
            line, is_whole, data = (self._line + data).partition(b"\r\n")
            self._line = b"" if is_whole else line
            if is_whole:
                self._end_line(line)
            else:
                self.ended = len(line) > MOST_LINE_BYTES
                return

    def _end_line(self, line: bytes) -> None:
        size = _CHUNK_SIZE.match(line)
        if self._is_last:
            self.ended = not line
        elif size is None:
            self.ended = True
        elif length := int(size[1], 16):
            self._left = length + 2
        else:
            self._is_last = True


class Incoming:
    """Wraps a client's socket: `receive` collects a request, which `recv` then returns.

    All other methods are the socket's. What is collected is passed on byte for byte (except for
    `Expect: 100-continue`, which is answered here), so gunicorn alone decides what a request is. A
    wrong guess here only lets a thread wait for the rest.
    """

    def __init__(self, connection: socket.socket, longest: int) -> None:
        """Wrap a socket; a request whose body is longer than `longest` need not be complete."""
        self._socket = connection
        self._longest = longest
        self._data: SpooledTemporaryFile[bytes] | None = None
        self._head = b""
        self._awaited: int | None = None  # bytes of the request; None before its head is complete
        self._chunks: Chunks | None = None  # of a body without a declared length
        self._size = self._unread = 0
        self._waits_until = 0.0
        self._begun_at: float | None = None  # when the request's first bytes came

    def __getattr__(self, name: str) -> Any:
        """Return the socket's attribute."""
        return getattr(self._socket, name)

    @property
    def connection(self) -> socket.socket:
        """The socket itself."""
        return self._socket

    @property
    def has_rest(self) -> bool:
        """Whether something was received that nobody has read."""
        return bool(self._head or self._unread)

    @property
    def held(self) -> int:
        """How many bytes of a body were collected."""
        return self._size

    def is_too_slow(self, now: float) -> bool:
        """Return whether a request has begun and comes more slowly than it has to."""
        if self._begun_at is None:
            return False
        counted = now - self._begun_at - GRACE_SECONDS
        return len(self._head) + self._size < counted * BYTES_PER_SECOND

    def receive(self) -> Received:
        """Collect what has arrived, without waiting."""
        return _without_waiting(self._receive)

    def _receive(self) -> Received:
        data = self._socket.recv(RECEIVE_BYTES)
        if not data:
            return self._ready() if self.has_rest else Received.CLOSED
        if self._begun_at is None:
            self._begun_at = time.monotonic()
        if self._awaited is None:
            return self._receive_head(data)
        self._add(data)
        return self._state()

    def receive_rest(self, data: bytes) -> Received:
        """Begin the next request with `data` and what else came along with the last one."""
        while self.has_rest:
            data += self.recv(RECEIVE_BYTES)
        self.begin()
        self._begun_at = time.monotonic()
        return _without_waiting(lambda: self._receive_head(data))

    def recv(self, size: int, flags: int = 0) -> bytes:
        """Return what was collected, then what the socket receives."""
        if self._head:
            data, self._head = self._head[:size], self._head[size:]
            return data
        if self._data is not None:
            data = self._data.read(size)
            self._unread -= len(data)
            if not self._unread:
                self._forget()
            return data
        timeout = self._socket.gettimeout()
        if not timeout:
            return self._socket.recv(size, flags)
        self._socket.settimeout(min(timeout, max(self._waits_until - time.monotonic(), 1e-3)))
        try:
            return self._socket.recv(size, flags)
        finally:
            self._socket.settimeout(timeout)

    def setblocking(self, is_blocking: bool) -> None:
        """Let a thread wait for the client, but not forever."""
        self._waits_until = time.monotonic() + WAIT_SECONDS
        self._socket.settimeout(STALLED_SECONDS if is_blocking else 0.0)

    def sendall(self, data: bytes) -> None:
        """Send everything; the socket's timeout bounds each part, not the whole."""
        left = memoryview(data)
        while left:
            left = left[self._socket.send(left) :]

    def begin(self) -> None:
        """Be ready to collect the next request of the connection."""
        self._awaited, self._chunks, self._size = None, None, 0
        self._begun_at = None

    def close(self) -> None:
        """Close the socket, and forget what was collected."""
        self._forget()
        self._socket.close()

    def _forget(self) -> None:
        if self._data is not None:
            self._data.close()
        self._data, self._unread = None, 0

    def _receive_head(self, data: bytes) -> Received:
        self._head += data
        end = self._head.find(_END_OF_HEAD)
        if end < 0:
            return Received.TOO_LONG if len(self._head) > MOST_HEAD_BYTES else Received.PART
        end += len(_END_OF_HEAD)
        head, body = self._head[:end], self._head[end:]
        length = _LENGTH.search(head)
        self._chunks = Chunks() if _CHUNKED.search(head) else None
        self._awaited = int(length[1]) if length else 0
        if self._awaited > self._longest or not (self._awaited or self._chunks):
            return Received.READY
        if _EXPECT.search(head) and not body:
            head = _EXPECT.sub(b"", head)
            self._socket.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        self._head = head
        self._add(body)
        return self._state()

    def _add(self, data: bytes) -> None:
        if data:
            self._data = self._data or SpooledTemporaryFile(MEMORY_BYTES)  # noqa: SIM115 - see _forget
            self._data.write(data)
            self._size += len(data)
            self._unread += len(data)
            if self._chunks:
                self._chunks.add(data)

    def _state(self) -> Received:
        if self._chunks:
            is_complete = self._chunks.ended or self._size > self._longest
        else:
            is_complete = self._size >= (self._awaited or 0)
        return self._ready() if is_complete else Received.PART

    def _ready(self) -> Received:
        if self._data is not None:
            self._data.seek(0)
        return Received.READY


def _without_waiting(step: Callable[[], Received]) -> Received:
    try:
        return step()
    except BlockingIOError:
        return Received.PART
    except OSError:  # the connection was reset, or there is no space for the upload
        return Received.CLOSED
