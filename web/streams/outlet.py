"""Sends mailboxes to sockets, without a thread for each."""

import contextlib
import selectors
import socket
import time

from web.streams.mailbox import Mailbox

STALLED_SECONDS = 20.0  # for which a stream may not read before it is dropped
SEND_BUFFER = 65_536  # bytes that the kernel keeps of a stream that does not read
LAST_CHUNK = b"0\r\n\r\n"


class Outlet:
    """A stream whose headers were sent: its socket, and the mailbox that it is sent from."""

    def __init__(
        self,
        connection: socket.socket,
        mailbox: Mailbox,
        *,
        is_chunked: bool,
        stalled_seconds: float = STALLED_SECONDS,
    ) -> None:
        connection.setblocking(False)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        self.connection = connection
        self._mailbox = mailbox
        self._is_chunked = is_chunked
        self._stalled_seconds = stalled_seconds
        self._unsent = b""
        self._follows = True
        self._sent_at = time.monotonic()

    def flush(self) -> bool:
        """Send what the socket takes; return whether the stream continues."""
        while self._unsent or self._refill():
            try:
                sent = self.connection.send(self._unsent)
            except BlockingIOError:
                return time.monotonic() - self._sent_at < self._stalled_seconds
            except OSError:
                return False
            self._unsent = self._unsent[sent:]
            self._sent_at = time.monotonic()
        self._sent_at = time.monotonic()
        return self._follows

    def is_open(self) -> bool:
        """Return whether the client is still there; what it sends is ignored."""
        try:
            return bool(self.connection.recv(4096))
        except BlockingIOError:
            return True
        except OSError:
            return False

    def close(self) -> None:
        """Close the socket; the mailbox takes no more."""
        self._mailbox.close()
        with contextlib.suppress(OSError):
            self.connection.close()

    def _refill(self) -> bool:
        if not self._follows:
            return False
        text, self._follows = self._mailbox.take()
        if self._is_chunked:
            chunk = b"%x\r\n%b\r\n" % (len(text), text) if text else b""
            text = chunk if self._follows else chunk + LAST_CHUNK
        self._unsent = text
        return bool(text)


class Outlets:
    """All outlets of a process; used by one thread."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._selector.get_map())

    def add(self, outlet: Outlet) -> None:
        """Serve one more outlet."""
        self._selector.register(outlet.connection, selectors.EVENT_READ, outlet)

    def handle(self, seconds: float) -> None:
        """Wait so long, and drop streams whose client went away meanwhile."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            for key, _ in self._selector.select(left):
                if not key.data.is_open():
                    self._drop(key.data)

    def flush(self) -> None:
        """Send what there is; drop streams that ended or do not read."""
        for key in tuple(self._selector.get_map().values()):
            if not key.data.flush():
                self._drop(key.data)

    def _drop(self, outlet: Outlet) -> None:
        self._selector.unregister(outlet.connection)
        outlet.close()
