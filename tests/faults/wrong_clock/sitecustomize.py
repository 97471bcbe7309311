"""Lets a Python sleep under libfaketime 0.9.10, which refuses its time.sleep (clock_nanosleep)."""

import select
import time


def sleep(seconds: float) -> None:
    """Sleep as ever."""
    select.select([], [], [], seconds)


time.sleep = sleep  # type: ignore[assignment] # a float is all that it is ever given
