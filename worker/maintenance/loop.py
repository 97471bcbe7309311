"""A thread that repeats a step; no exception ends it."""

import logging
import threading
import time
from collections.abc import Callable

from shared.errors import StoreUnavailable

SAME_ERROR_SECONDS = 60.0  # between two log entries with the traceback of the same error
log = logging.getLogger(__name__)


class Loop(threading.Thread):
    """Calls `step` every `seconds` until `stop` is set."""

    def __init__(
        self, name: str, step: Callable[[], None], stop: threading.Event, seconds: float = 2.0
    ) -> None:
        super().__init__(name=name, daemon=True)
        self._step = step
        self._stop_event = stop
        self._seconds = seconds
        self._logged: dict[str, float] = {}

    def run(self) -> None:
        """Repeat the step."""
        while not self._stop_event.is_set():
            begin = time.monotonic()
            try:
                self._step()
            except StoreUnavailable as error:
                log.warning("%s: a store is not available: %s", self.name, error.parameters)
            except Exception as error:  # the next round may succeed
                self._log(error)
            self._stop_event.wait(max(0.1, begin + self._seconds - time.monotonic()))

    def _log(self, error: Exception) -> None:
        what, now = repr(error), time.monotonic()
        if now - self._logged.get(what, float("-inf")) >= SAME_ERROR_SECONDS:
            self._logged = {what: now}  # one entry, however many different errors there are
            log.error("%s: failed, continues", self.name, exc_info=error)
