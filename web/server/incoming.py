"""A client's socket that receives a whole request before a thread reads it."""

import re
import socket
import time
from enum import Enum
from tempfile import SpooledTemporaryFile
from typing import Any

RECEIVE_BYTES = 65_536  # at a time
MEMORY_BYTES = 65_536  # of a request; longer ones are kept in a temporary file
MOST_HEAD_BYTES = 65_536  # more than gunicorn accepts
GRACE_SECONDS, BYTES_PER_SECOND = 20.0, 20_000  # a request needs this rate after that time
_END_OF_HEAD = b"\r\n\r\n"
_END_OF_CHUNKS = b"0\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,18})[ \t]*\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:[^\r\n]*chunked", re.IGNORECASE)
_EXPECT = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*(?=\r\n)", re.IGNORECASE)


class Received(Enum):
    """What is known of a request."""

    PART = "more is to come"
    READY = "it is complete, or need not be: a thread can read it"
    CLOSED = "the client went away"


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
        self._is_chunked = False
        self._size = self._unread = 0
        self._end = b""
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

    def is_too_slow(self, now: float) -> bool:
        """Return whether a request has begun and comes more slowly than it has to."""
        if self._begun_at is None:
            return False
        counted = now - self._begun_at - GRACE_SECONDS
        return len(self._head) + self._size < counted * BYTES_PER_SECOND

    def receive(self) -> Received:
        """Collect what has arrived, without waiting."""
        try:
            return self._receive()
        except BlockingIOError:
            return Received.PART
        except OSError:  # the connection was reset, or there is no space for the upload
            return Received.CLOSED

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
        return self._socket.recv(size, flags)

    def begin(self) -> None:
        """Be ready to collect the next request of the connection."""
        self._awaited, self._is_chunked, self._size, self._end = None, False, 0, b""
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
            return Received.READY if len(self._head) > MOST_HEAD_BYTES else Received.PART
        end += len(_END_OF_HEAD)
        head, body = self._head[:end], self._head[end:]
        length = _LENGTH.search(head)
        self._is_chunked = _CHUNKED.search(head) is not None
        self._awaited = int(length[1]) if length else 0
        if self._awaited > self._longest or not (self._awaited or self._is_chunked):
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
            self._end = (self._end + data)[-len(_END_OF_CHUNKS) :]

    def _state(self) -> Received:
        if self._is_chunked:
            is_complete = self._end == _END_OF_CHUNKS or self._size > self._longest
        else:
            is_complete = self._size >= (self._awaited or 0)
        return self._ready() if is_complete else Received.PART

    def _ready(self) -> Received:
        if self._data is not None:
            self._data.seek(0)
        return Received.READY
