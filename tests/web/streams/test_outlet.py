"""An outlet sends a mailbox to a socket, and drops a stream that does not read."""

import socket
import time
from collections.abc import Iterator

import pytest

from web.streams.mailbox import Mailbox, Message
from web.streams.outlet import Outlet, Outlets

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    """Return the two ends of a connection: the server's and the client's."""
    ours, theirs = socket.socketpair()
    theirs.settimeout(5)
    yield ours, theirs
    ours.close()
    theirs.close()


def _message(text: bytes, number: int = 1) -> Message:
    return Message("job", text, f"{number}-0")


def test_it_sends_chunks_and_the_last_one(pair: Pair) -> None:
    mailbox = Mailbox("0-0")
    outlet = Outlet(pair[0], mailbox, is_chunked=True)
    mailbox.put(_message(b"some text"))
    assert outlet.flush()
    assert pair[1].recv(100) == b"9\r\nsome text\r\n"
    mailbox.put(_message(b"end", 2))
    mailbox.close()
    assert not outlet.flush()
    assert pair[1].recv(100) == b"3\r\nend\r\n0\r\n\r\n"


def test_to_an_older_client_it_sends_the_text_as_it_is(pair: Pair) -> None:
    mailbox = Mailbox("0-0")
    outlet = Outlet(pair[0], mailbox, is_chunked=False)
    mailbox.put(_message(b"some text"))
    mailbox.close()
    assert not outlet.flush()
    assert pair[1].recv(100) == b"some text"


def test_a_client_that_went_away_is_dropped(pair: Pair) -> None:
    outlets, mailbox = Outlets(), Mailbox("0-0")
    outlets.add(Outlet(pair[0], mailbox, is_chunked=True))
    pair[1].close()
    outlets.handle(0.05)
    assert (len(outlets), mailbox.is_closed) == (0, True)


def test_a_stream_that_does_not_read_is_dropped_and_costs_little_until_then(pair: Pair) -> None:
    outlets, mailbox = Outlets(), Mailbox("0-0")
    outlets.add(Outlet(pair[0], mailbox, is_chunked=True, stalled_seconds=0.3))
    for number in range(1, 40):
        mailbox.put(Message("progress", bytes(1_000_000), f"{number}-0"))
        outlets.flush()
    assert len(outlets) == 1
    assert len(mailbox.take()[0]) == 1_000_000  # the newest only
    time.sleep(0.3)
    outlets.flush()
    assert (len(outlets), mailbox.is_closed) == (0, True)


def test_a_slow_reader_gets_everything_that_was_begun(pair: Pair) -> None:
    mailbox, sent = Mailbox("0-0"), bytes(range(256)) * 8000
    outlet = Outlet(pair[0], mailbox, is_chunked=False)
    mailbox.put(_message(sent))
    mailbox.close()
    received = b""
    while outlet.flush():
        received += pair[1].recv(10_000)
    while len(received) < len(sent):
        received += pair[1].recv(10_000)
    assert received == sent
