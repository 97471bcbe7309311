"""Retries a step of a running job while a store is not available and the job is still held."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from shared.errors import StoreUnavailable
from worker.job.lease import Lease
from worker.job.watchdog import STORING_SECONDS

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0  # seconds between two tries
OBJECT_STORE_SECONDS = 30.0  # after which the job is released, in case other workers can reach it
Result = TypeVar("Result")
log = logging.getLogger(__name__)


def with_backoff(
    step: Callable[[], Result], lease: Lease, max_seconds: float = float("inf")
) -> Result:
    """Return the step's result, with retries while a store is not available.

    Raises:
        Superseded: the attempt no longer holds the job.
        StoreUnavailable: the store has not been available for `max_seconds`.
    """
    begin, pause = time.monotonic(), FIRST_PAUSE
    while True:
        lease.expect_progress_in(STORING_SECONDS)
        try:
            return step()
        except StoreUnavailable as error:
            lease.check()
            if time.monotonic() - begin > max_seconds:
                raise
            log.warning("a store is not available, trying again: %s", error.parameters)
        time.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)
