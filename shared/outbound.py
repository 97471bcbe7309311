"""Requests to addresses that users give: pictures to fetch, webhooks to call.

A name is resolved once, its addresses are checked, and the connection goes to a checked one. So a
name whose answer changes, and a redirect, reach nothing that the first request would not. Host,
TLS's server name and the certificate are checked by the name. No proxy is used.
"""

import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from ssl import SSLContext
from typing import IO, Any, NamedTuple

import httpcore
import httpx

from shared.errors import (
    AddressNotAllowed,
    InvalidUrl,
    TooManyRedirects,
    UrlRefused,
    UrlTooLarge,
    UrlTooSlow,
    UrlUnreachable,
)
from shared.public_addresses import AllowedTargets

LONGEST_URL = 2048
MOST_REDIRECTS = 5
MOST_ADDRESSES = 4  # of a host that are tried
CONNECT_SECONDS = 5.0  # for each of them
PORTS = (80, 443)  # and all from 1024 on: the others are other protocols', such as mail
MOST_LOOKUPS = 32  # at the same time; a resolver that does not answer keeps its thread
SENT_BYTES = 16_384  # at a time
HEADERS = {"User-Agent": "Gramworks", "Accept-Encoding": "identity", "Connection": "close"}
REDIRECTS = (301, 302, 303, 307, 308)
Resolve = Callable[..., Sequence[tuple[Any, ...]]]
_lookups = threading.BoundedSemaphore(MOST_LOOKUPS)


class Answer(NamedTuple):
    """What a receiver answered; the body is cut off at the bound."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Outbound:
    """Calls URLs at public addresses, and at those that the operator allows.

    Each method ends within `seconds`, whatever the other side does. It raises errors without a
    `field`: InvalidUrl, AddressNotAllowed, UrlUnreachable, UrlTooSlow.
    """

    def __init__(
        self,
        allowed: AllowedTargets,
        *,
        resolve: Resolve = socket.getaddrinfo,
        tls: SSLContext | None = None,
    ) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._tls = tls or httpx.create_ssl_context()

    def get(self, url: str, into: IO[bytes], *, max_bytes: int, seconds: float) -> None:
        """Write what is at a URL to a file; follow a few redirects.

        Raises:
            UrlRefused: the answer's status is not 200.
            UrlTooLarge: it has more than `max_bytes`, which the file may hold already.
            TooManyRedirects: it leads elsewhere too often.
        """
        here, clock = parse(url), Clock(seconds)
        for _ in range(MOST_REDIRECTS + 1):
            with self._sent("GET", here, {}, None, clock) as answer:
                if answer.status == 200:
                    _save(here.host, answer, into, max_bytes)
                    return
                here = _redirected(here, answer)
        raise TooManyRedirects(maximum=MOST_REDIRECTS)

    def post(
        self,
        url: str,
        content: bytes,
        headers: Mapping[str, str],
        *,
        max_bytes: int,
        seconds: float,
    ) -> Answer:
        """Send bytes to a URL; return what it answers, up to `max_bytes`, whatever its status.

        Redirects are not followed.
        """
        with self._sent("POST", parse(url), headers, content, Clock(seconds)) as answer:
            body, parts = b"", answer.iter_stream()
            while len(body) < max_bytes and (part := next(parts, b"")):
                body += part
            return Answer(answer.status, _headers(answer), body[:max_bytes])

    def check(self, url: str, *, seconds: float) -> None:
        """Raise an error if a URL cannot be called, as far as its name's addresses tell now."""
        parsed = parse(url)
        backend = _Backend(self._allowed, self._resolve, Clock(seconds))
        backend.addresses(parsed.raw_host.decode("ascii"), parsed.port or 443)

    @contextmanager
    def _sent(
        self,
        method: str,
        url: httpx.URL,
        headers: Mapping[str, str],
        content: bytes | None,
        clock: "Clock",
    ) -> Iterator[httpcore.Response]:
        backend = _Backend(self._allowed, self._resolve, clock)
        target = httpcore.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        )
        sent = list({**HEADERS, **headers}.items())
        with (
            _our_errors(url.host, clock),
            httpcore.ConnectionPool(self._tls, network_backend=backend) as pool,
            pool.stream(method, target, headers=sent, content=content) as answer,
        ):
            yield answer


class Clock:
    """Bounds the whole of a call."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self, most: float | None = None) -> float:
        """Return how many seconds are left, up to `most`; raise UrlTooSlow if none are."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise self.error()
        return left if most is None else min(left, most)

    def error(self) -> UrlTooSlow:
        """Return the error of a call that took too long."""
        return UrlTooSlow(seconds=self.seconds)


def parse(url: str) -> httpx.URL:
    """Return a URL that can be called, or raise InvalidUrl."""
    try:
        parsed = httpx.URL(url) if len(url) <= LONGEST_URL else None
    except (httpx.InvalidURL, ValueError) as error:
        raise InvalidUrl(problem="not_a_url", maximum=LONGEST_URL) from error
    if parsed is None or parsed.scheme not in ("http", "https") or not parsed.host:
        raise InvalidUrl(problem="not_a_url", maximum=LONGEST_URL)
    if parsed.userinfo:
        raise InvalidUrl(problem="password", maximum=LONGEST_URL)
    port = parsed.port
    if port is not None and port not in PORTS and not 1024 <= port <= 65_535:
        raise InvalidUrl(problem="port", maximum=LONGEST_URL)
    return parsed


class _Backend(httpcore.NetworkBackend):
    """Makes the connections, to checked addresses only."""

    def __init__(self, allowed: AllowedTargets, resolve: Resolve, clock: Clock) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._clock = clock
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first of the host's addresses that may be called and answers."""
        del timeout, local_address
        addresses = self.addresses(host, port)
        error: Exception = UrlUnreachable(host=host, reason="it has no address")
        for address in addresses[:MOST_ADDRESSES]:
            seconds = self._clock.left(CONNECT_SECONDS)
            try:
                stream = self._sockets.connect_tcp(address, port, seconds, None, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as failed:
                error = UrlUnreachable(host=host, reason=_reason(failed))
            else:
                return _Stream(stream, self._clock)
        raise error

    def addresses(self, host: str, port: int) -> list[str]:
        """Return the addresses of a host that may be called."""
        found = _within(self._clock, lambda: self._resolve(host, port, type=socket.SOCK_STREAM))
        if isinstance(found, OSError | UnicodeError):
            raise UrlUnreachable(host=host, reason="its name has no address") from found
        if isinstance(found, BaseException):
            raise found
        addresses = list(dict.fromkeys(str(row[4][0]) for row in found))
        checked = [each for each in addresses if self._allowed.include(host, each)]
        if addresses and not checked:
            raise AddressNotAllowed(host=host)
        return checked


class _Stream(httpcore.NetworkStream):
    """A connection whose every step ends in time."""

    def __init__(self, stream: httpcore.NetworkStream, clock: Clock) -> None:
        self._stream = stream
        self._clock = clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Receive some bytes."""
        return self._stream.read(max_bytes, self._clock.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all bytes."""
        for start in range(0, len(buffer), SENT_BYTES):
            part = buffer[start : start + SENT_BYTES]
            self._stream.write(part, self._clock.left(timeout))

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Begin TLS on the connection."""
        seconds = self._clock.left(timeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, seconds), self._clock)

    def get_extra_info(self, info: str) -> Any:
        """Return what the connection knows of itself."""
        return self._stream.get_extra_info(info)


def _within(clock: Clock, call: Callable[[], Any]) -> Any:
    """Return what a call returns or raises, such as the resolver, which takes no timeout."""
    if not _lookups.acquire(timeout=clock.left()):
        raise clock.error()
    answers: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def run() -> None:
        try:
            answers.put(call())
        except Exception as error:  # raised by whoever waits
            answers.put(error)
        finally:
            _lookups.release()

    threading.Thread(target=run, name="name lookup", daemon=True).start()
    try:
        return answers.get(timeout=clock.left())
    except queue.Empty:
        raise clock.error() from None


def _redirected(here: httpx.URL, answer: httpcore.Response) -> httpx.URL:
    """Return where an answer leads, or raise UrlRefused if it leads nowhere."""
    location = _headers(answer).get("location")
    if answer.status not in REDIRECTS or not location:
        raise UrlRefused(host=here.host, answered=answer.status)
    try:
        return parse(str(here.join(location)))
    except httpx.InvalidURL as error:
        raise InvalidUrl(problem="not_a_url", maximum=LONGEST_URL) from error


def _save(host: str, answer: httpcore.Response, into: IO[bytes], max_bytes: int) -> None:
    headers = _headers(answer)
    if headers.get("content-encoding", "identity") != "identity":  # small ones can become huge
        raise UrlUnreachable(host=host, reason="its answer is compressed")
    length, size = headers.get("content-length", ""), 0
    if length.isdecimal() and int(length) > max_bytes:
        raise UrlTooLarge(maximum=max_bytes)
    for part in answer.iter_stream():
        size += len(part)
        if size > max_bytes:
            raise UrlTooLarge(maximum=max_bytes)
        into.write(part)


def _headers(answer: httpcore.Response) -> dict[str, str]:
    return {
        name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers
    }


@contextmanager
def _our_errors(host: str, clock: Clock) -> Iterator[None]:
    try:
        yield
    except httpcore.TimeoutException as error:
        raise clock.error() from error
    except httpcore.ProtocolError as error:  # whose text has a part of the answer
        raise UrlUnreachable(host=host, reason="its answer is not HTTP") from error
    except httpcore.NetworkError as error:
        raise UrlUnreachable(host=host, reason=_reason(error)) from error


def _reason(error: Exception) -> str:
    """Return why a connection failed, in one line without the system's number for it."""
    first = str(error).partition("\n")[0]
    return first.partition("] ")[2] or first or type(error).__name__
