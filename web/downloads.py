"""Long answers that keep a thread: how many at a time, and how slowly a client may read them."""

import errno
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator

from shared.errors import DownloadsBusy

AT_ONCE = 8  # in a process; each keeps a thread
SHARE = 4  # one of this many threads may be kept
OF_OWNER = 2
GRACE_SECONDS, BYTES_PER_SECOND = 20.0, 20_000  # a client has to read at this rate after that time


class Downloads:
    """Counts the downloads of a process that has `threads`."""

    def __init__(self, threads: int, of_owner: int = OF_OWNER) -> None:
        self._at_once = max(1, min(AT_ONCE, threads // SHARE))
        self._of_owner = of_owner
        self._running: Counter[str] = Counter()
        self._lock = threading.Lock()

    def begin(
        self,
        owner: str,
        parts: Iterator[bytes],
        clock: Callable[[], float] = time.monotonic,
    ) -> "Download":
        """Return the body of one more answer; the server closes it in any case.

        Raises:
            DownloadsBusy: as many as are possible at a time are running, or this owner's.
        """
        with self._lock:
            if self._running.total() >= self._at_once or self._running[owner] >= self._of_owner:
                raise DownloadsBusy(maximum=self._of_owner)
            self._running[owner] += 1
        return Download(parts, lambda: self._end(owner), clock)

    @property
    def running(self) -> int:
        """How many there are now."""
        return self._running.total()

    def _end(self, owner: str) -> None:
        with self._lock:
            self._running[owner] -= 1


class Download(Iterator[bytes]):
    """The body of an answer, whose client is dropped if it reads too slowly."""

    def __init__(
        self, parts: Iterator[bytes], end: Callable[[], None], clock: Callable[[], float]
    ) -> None:
        self._parts = parts
        self._end: Callable[[], None] | None = end
        self._clock = clock
        self._handed_over_at: float | None = None
        self._sent = 0
        self._sending_seconds = 0.0  # without those in which the parts are made

    def __next__(self) -> bytes:
        """Return the next part, once the server has sent the one before."""
        if self._handed_over_at is not None:
            self._sending_seconds += self._clock() - self._handed_over_at
        if self._sent < (self._sending_seconds - GRACE_SECONDS) * BYTES_PER_SECOND:
            # an error, so that the client does not take what it has for the whole
            raise ConnectionResetError(errno.ECONNRESET, "The client reads too slowly.")
        part = next(self._parts, b"")
        if not part:
            self.close()
            raise StopIteration
        self._sent += len(part)
        self._handed_over_at = self._clock()
        return part

    def close(self) -> None:
        """Stop, and let another download begin; more than once has no effect."""
        if self._end is not None:
            self._end()
            self._end = None
