"""A value that is costly to have and asked for by many at once: made anew once a second or less."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

SECONDS, SHARE = 1.0, 0.1
Value = TypeVar("Value")


class Kept(Generic[Value]):
    """Calls `make` when what it made last is a second old by `clock`; threads may share it.

    What took long is kept for longer, so that at most a tenth of the time goes into it. A failure
    is kept as well: while Redis hangs, only one thread waits for it at a time.
    """

    def __init__(
        self, make: Callable[[], Value], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._make = make
        self._clock = clock
        self._lock = threading.Lock()
        self._until = float("-inf")
        self._outcome: Future[Value] = Future()

    def __call__(self) -> Value:
        """Return it, or raise what making it raised."""
        with self._lock:
            began = self._clock()
            if began >= self._until:
                self._outcome = self._attempt()
                ended = self._clock()
                self._until = ended + max(SECONDS, (ended - began) / SHARE)
            outcome = self._outcome
        return outcome.result()

    def _attempt(self) -> Future[Value]:
        outcome: Future[Value] = Future()
        try:
            outcome.set_result(self._make())
        except Exception as error:
            outcome.set_exception(error)
        return outcome
