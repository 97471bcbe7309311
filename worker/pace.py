"""How fast this worker is, measured over its last jobs."""

import time
from collections import deque
from statistics import median
from typing import NamedTuple

JOBS = 9  # that count


class Pace(NamedTuple):
    """A job of `work` takes `overhead` + `work` / `speed` seconds."""

    speed: float
    overhead: float


class Stopwatch:
    """Times one job: its evaluations from the second on, since the first also traces."""

    def __init__(self, work: float) -> None:
        self._work = work
        self._begin = time.monotonic()
        self._first: tuple[float, float] | None = None
        self._last = (self._begin, 0.0)

    def evaluated(self, fraction: float) -> None:
        """Note that this fraction of the work is done."""
        self._last = time.monotonic(), fraction
        self._first = self._first or self._last

    def pace(self) -> Pace | None:
        """Return what the whole job tells; None when it made too few evaluations to tell."""
        if self._first is None or self._last[1] <= self._first[1]:
            return None
        (then, before), (now, fraction) = self._first, self._last
        speed = self._work * (fraction - before) / (now - then)
        overhead = time.monotonic() - self._begin - self._work * fraction / speed
        return Pace(speed, max(overhead, 0.0))


class Paces:
    """The medians over the last jobs."""

    def __init__(self) -> None:
        self._last: deque[Pace] = deque(maxlen=JOBS)

    def add(self, pace: Pace | None) -> None:
        """Count one more job, if it could be measured."""
        if pace:
            self._last.append(pace)

    def usual(self) -> Pace | None:
        """Return the pace to expect; None before the first job."""
        if not self._last:
            return None
        speeds, overheads = zip(*self._last, strict=True)
        return Pace(median(speeds), median(overheads))
