"""Tries a step of a running job again for as long as a store is away and the job is ours."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from shared.errors import StoreUnavailable
from worker.job.lease import Lease
from worker.job.watchdog import STORING

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0  # seconds between two tries
IMAGE_PATIENCE = 30.0  # then another worker may reach the image store better
Result = TypeVar("Result")
log = logging.getLogger(__name__)


def insist(step: Callable[[], Result], lease: Lease, patience: float = float("inf")) -> Result:
    """Return what the step returns, once it can.

    Raises:
        Superseded: the job is not ours any more.
        StoreUnavailable: it still is, and the store has been away for `patience` seconds.
    """
    begin, pause = time.monotonic(), FIRST_PAUSE
    while True:
        lease.expect(STORING)
        try:
            return step()
        except StoreUnavailable as error:
            lease.check()
            if time.monotonic() - begin > patience:
                raise
            log.warning("waiting for a store: %s", error.parameters)
        time.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)
