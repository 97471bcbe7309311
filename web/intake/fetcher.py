"""Fetches files at URLs, a bounded number at a time, since each holds a thread meanwhile."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from threading import Lock
from typing import IO

from shared.errors import FetchingBusy
from shared.outbound import Outbound

SHARE = 8  # one thread in eight may fetch
SHARE_OF_OWNER = 4  # one in four of these for the same owner, so that nobody takes all
SECONDS = 30.0  # for all URLs of a request together
MEMORY_BYTES = 500_000  # of a file; longer ones are kept in a temporary file


class Fetcher:
    """Fetches for the requests of one process. It never waits for its turn: that takes a thread."""

    def __init__(self, outbound: Outbound, threads: int, seconds: float = SECONDS) -> None:
        self._outbound = outbound
        self.seconds = seconds
        self.most = max(1, threads // SHARE)
        self.most_of_owner = max(1, self.most // SHARE_OF_OWNER)
        self._lock = Lock()
        self._running: Counter[str] = Counter()

    def fetch(self, owner: str, url: str, *, max_bytes: int, seconds: float) -> IO[bytes]:
        """Return a file with what is at a URL.

        Raises:
            OutboundError: it cannot be fetched.
            FetchingBusy: too many others are being fetched.
        """
        with self._turn(owner):
            file = SpooledTemporaryFile(MEMORY_BYTES)  # noqa: SIM115 - the caller closes it
            try:
                self._outbound.get(url, file, max_bytes=max_bytes, seconds=seconds)
            except BaseException:
                file.close()
                raise
        file.seek(0)
        return file

    @contextmanager
    def _turn(self, owner: str) -> Iterator[None]:
        with self._lock:
            is_busy = self._running.total() >= self.most
            if is_busy or self._running[owner] >= self.most_of_owner:
                raise FetchingBusy
            self._running[owner] += 1
        try:
            yield
        finally:
            with self._lock:
                self._running[owner] -= 1
                self._running += Counter()  # forgets owners without any
