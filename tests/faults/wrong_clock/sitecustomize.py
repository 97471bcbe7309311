"""Lets Python sleep under libfaketime 0.9.10, which refuses its time.sleep (clock_nanosleep)."""

import select
import time


def sleep(seconds: float) -> None:
    """Sleep like `time.sleep`."""
    select.select([], [], [], seconds)


time.sleep = sleep  # type: ignore[assignment] # it is called with floats only
