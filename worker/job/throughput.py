"""How fast this worker is, measured over its last jobs."""

import time
from collections import deque
from statistics import median
from typing import NamedTuple

MEASURED_JOBS = 9  # how many of the last jobs count


class JobTiming(NamedTuple):
    """A finished job: its work, the seconds of its evaluations, and all other seconds."""

    work: float
    painting: float
    overhead: float


class Stopwatch:
    """Times one job."""

    def __init__(self, work: float) -> None:
        self._work = work
        self._start = self._painting_start = self._last_evaluation = time.monotonic()

    def start_painting(self) -> None:
        """Mark the end of loading."""
        self._painting_start = self._last_evaluation = time.monotonic()

    def mark_evaluation(self) -> None:
        """Mark the end of an evaluation."""
        self._last_evaluation = time.monotonic()

    def timing(self) -> JobTiming:
        """Return the timing of the whole job, which ends now."""
        painting = max(self._last_evaluation - self._painting_start, 1e-3)
        return JobTiming(self._work, painting, time.monotonic() - self._start - painting)


class Throughput:
    """The timings of the last jobs, without the process's first one, which traces the network."""

    def __init__(self) -> None:
        self._expected: tuple[float, float] | None = None
        self._first: JobTiming | None = None
        self._last: deque[JobTiming] = deque(maxlen=MEASURED_JOBS)

    def expect(self, known: tuple[float, float] | None) -> None:
        """Estimate this speed and overhead until a job was measured."""
        self._expected = known

    def add(self, timing: JobTiming) -> None:
        """Count a finished job."""
        if self._first is None:
            self._first = timing
        else:
            self._last.append(timing)

    def estimate(self) -> tuple[float, float] | None:
        """Return the speed (work per second) and the overhead to expect; None if none is known."""
        if self._first is None or (self._expected and not self._last):
            return self._expected
        known = self._last or [self._first]
        # The slower half is ignored: those jobs traced new layers or shared the machine. The
        # others are summed, so that long jobs count more, as they do in a queue.
        by_speed = sorted(known, key=lambda timing: timing.painting / timing.work)
        faster = by_speed[: (len(by_speed) + 1) // 2]
        speed = sum(timing.work for timing in faster) / sum(timing.painting for timing in faster)
        return speed, median(timing.overhead for timing in known)
