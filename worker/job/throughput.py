"""How fast this worker is, measured over its last jobs."""

import time
from collections import deque
from statistics import median
from typing import NamedTuple

JOBS = 9  # that count


class Pace(NamedTuple):
    """What one job took: so much work in `painting` seconds, and `overhead` seconds around it."""

    work: float
    painting: float
    overhead: float


class Stopwatch:
    """Times one job."""

    def __init__(self, work: float) -> None:
        self._work = work
        self._begin = self._painting = self._painted = time.monotonic()

    def begin_painting(self) -> None:
        """Say that the pictures are loaded."""
        self._painting = self._painted = time.monotonic()

    def evaluated(self) -> None:
        """Say that one more evaluation is made."""
        self._painted = time.monotonic()

    def pace(self) -> Pace:
        """Return what the whole job, which ends now, took."""
        painting = max(self._painted - self._painting, 1e-3)
        return Pace(self._work, painting, time.monotonic() - self._begin - painting)


class Paces:
    """The last jobs, but for the first of the process: it also traces the network."""

    def __init__(self) -> None:
        self._last: deque[Pace] = deque(maxlen=JOBS)
        self._cold: Pace | None = None

    def add(self, pace: Pace | None) -> None:
        """Count one more job, if it could be measured."""
        if pace is None:
            return
        if self._cold is None:
            self._cold = pace
        else:
            self._last.append(pace)

    def usual(self) -> tuple[float, float] | None:
        """Return the speed (work a second) and the overhead to expect; None before any job."""
        known = self._last or ([self._cold] if self._cold else [])
        if not known:
            return None
        # the slower half traced for new layers, or shared the machine; of the others the sums, not
        # the median: long jobs say more, and a queue is a sum
        faster = sorted(known, key=lambda pace: pace.painting / pace.work)[: (len(known) + 1) // 2]
        speed = sum(pace.work for pace in faster) / sum(pace.painting for pace in faster)
        return speed, median(pace.overhead for pace in known)
