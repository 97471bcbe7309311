"""A request is collected until it is complete, and passed on byte for byte."""

import socket
import time
from collections.abc import Iterator

import pytest

from web.server.incoming import GRACE_SECONDS, MEMORY_BYTES, Chunks, Incoming, Received

LONGEST = 1_000_000
Pair = tuple[Incoming, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    """Return the server's end of a connection, wrapped, and the client's."""
    ours, theirs = socket.socketpair()
    theirs.settimeout(5)
    incoming = Incoming(ours, LONGEST)
    incoming.setblocking(False)
    yield incoming, theirs
    incoming.close()
    theirs.close()


def _post(length: int, *headers: str) -> bytes:
    lines = ["POST / HTTP/1.1", "Host: x", *headers, f"Content-Length: {length}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def _read(incoming: Incoming) -> bytes:
    """Return what was collected."""
    data = b""
    while incoming.has_rest:
        data += incoming.recv(5000)
    return data


def _send(pair: Pair, data: bytes) -> Received:
    """Send a part and receive it; return what is known then."""
    incoming, client = pair
    received = Received.PART
    for start in range(0, len(data), 50_000):
        client.sendall(data[start : start + 50_000])
        while (received := incoming.receive()) is Received.PART:
            try:
                if not incoming.connection.recv(1, socket.MSG_PEEK):
                    break
            except BlockingIOError:
                break
    return received


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        _post(0),
        _post(3) + b"abc",
        _post(MEMORY_BYTES * 3) + b"z" * MEMORY_BYTES * 3,
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    ],
)
def test_it_is_ready_with_its_last_byte(pair: Pair, request_bytes: bytes) -> None:
    assert _send(pair, request_bytes[:-1]) is Received.PART
    assert _send(pair, request_bytes[-1:]) is Received.READY
    assert _read(pair[0]) == request_bytes


def test_each_byte_can_come_alone(pair: Pair) -> None:
    sent = _post(4) + b"abcd"
    states = [_send(pair, sent[index : index + 1]) for index in range(len(sent))]
    assert states == [Received.PART] * (len(sent) - 1) + [Received.READY]
    assert _read(pair[0]) == sent


def test_a_request_that_will_be_refused_is_ready_with_its_head(pair: Pair) -> None:
    head = _post(LONGEST + 1)
    assert _send(pair, head) is Received.READY
    assert _read(pair[0]) == head


def test_a_head_without_an_end_and_a_body_without_one_have_a_bound(pair: Pair) -> None:
    assert _send(pair, b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000) is Received.TOO_LONG
    _read(pair[0])
    pair[0].begin()
    head = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert _send(pair, head) is Received.PART
    assert _send(pair, b"fffffff\r\n" + bytes(LONGEST - 9)) is Received.PART
    assert _send(pair, b"x" * 10) is Received.READY


def test_a_client_that_waits_for_permission_to_send_gets_it_once(pair: Pair) -> None:
    head = _post(3, "Expect: 100-continue")
    assert _send(pair, head) is Received.PART
    assert pair[1].recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert _send(pair, b"abc") is Received.READY
    assert _read(pair[0]) == _post(3) + b"abc"


def test_the_next_request_can_come_along(pair: Pair) -> None:
    sent = _post(3) + b"abc" + b"GET / HTTP/1.1\r\n\r\n"
    assert _send(pair, sent) is Received.READY
    assert pair[0].recv(len(_post(3))) == _post(3)
    assert pair[0].recv(3) == b"abc"
    assert pair[0].has_rest
    assert _read(pair[0]) == b"GET / HTTP/1.1\r\n\r\n"


def test_a_client_that_goes_away_is_noticed(pair: Pair) -> None:
    pair[1].close()
    assert pair[0].receive() is Received.CLOSED


def test_a_client_that_goes_away_in_an_upload_gets_no_thread_to_wait(pair: Pair) -> None:
    assert _send(pair, _post(10) + b"abc") is Received.PART
    pair[1].shutdown(socket.SHUT_WR)
    assert pair[0].receive() is Received.READY
    assert _read(pair[0]) == _post(10) + b"abc"
    assert pair[0].recv(10) == b""


def test_a_request_needs_a_rate_once_it_has_begun(pair: Pair) -> None:
    incoming, _ = pair
    later = time.monotonic() + GRACE_SECONDS + 2
    assert not incoming.is_too_slow(later)  # an idle connection has another limit
    sent = _post(100_000) + bytes(30_000)
    assert _send(pair, sent) is Received.PART
    assert incoming.is_too_slow(later)
    assert not incoming.is_too_slow(later - 1)  # 30,000 bytes are enough for the first second
    assert not incoming.is_too_slow(later - 2)
    incoming.begin()
    assert not incoming.is_too_slow(later)


@pytest.mark.parametrize(
    ("body", "is_complete"),
    [
        (b"5\r\nhello\r\n0\r\n\r\n", True),
        (b"5;a=b\r\nhello\r\n000;x\r\nTrailer: y\r\n\r\n", True),
        (b"5\r\n0\r\n\r\n", False),  # what looks like the end is in a chunk
        (b"5\r\n0\r\n\r\n\r\n", False),
        (b"5\r\nhello\r\n0\r\nTrailer: y\r\n", False),
        (b"0\r\n", False),
        (b"five\r\n", True),  # gunicorn refuses it
        (b"-5\r\n", True),
        (b"1" * 9000, True),
    ],
)
@pytest.mark.parametrize("at_a_time", [1, 3, 10_000])
def test_a_chunked_body_is_followed_to_its_end(
    body: bytes, is_complete: bool, at_a_time: int
) -> None:
    chunks = Chunks()
    for begin in range(0, len(body), at_a_time):
        assert not chunks.ended or len(body) > 8192 or body.startswith((b"five", b"-5"))
        chunks.add(body[begin : begin + at_a_time])
    assert chunks.ended is is_complete
