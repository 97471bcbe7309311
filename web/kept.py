"""A value that is costly to have and asked for by many at once: made at most once a second."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """Calls `make` when what it made last is older than `seconds` by `clock`; threads may share it.

    A failure is kept as well: while Redis hangs, only one thread waits for it at a time.
    """

    def __init__(
        self, make: Callable[[], Value], clock: Callable[[], float], seconds: float = 1.0
    ) -> None:
        self._make = make
        self._clock = clock
        self._seconds = seconds
        self._lock = threading.Lock()
        self._until = float("-inf")
        self._outcome: Future[Value] = Future()

    def __call__(self) -> Value:
        """Return it, or raise what making it raised."""
        with self._lock:
            if self._clock() >= self._until:
                self._outcome = self._attempt()
                self._until = self._clock() + self._seconds
            outcome = self._outcome
        return outcome.result()

    def _attempt(self) -> Future[Value]:
        outcome: Future[Value] = Future()
        try:
            outcome.set_result(self._make())
        except Exception as error:
            outcome.set_exception(error)
        return outcome
