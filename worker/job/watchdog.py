"""How long each phase of a running job may take before the job counts as hung."""

from collections.abc import Sequence
from itertools import accumulate

from shared.settings import Level

LOADING_SECONDS = 120.0  # to read and decode a job's pictures
STORING_SECONDS = 120.0  # to encode the result and store it
FIRST_SECONDS = 120.0  # a level's first evaluation: to trace the network, and
FIRST_SECONDS_PER_PIXEL = 600e-6  # for targets and an evaluation in tiles (docs/engine.md)
LEAST_SECONDS = 30.0  # any later evaluation: at least this, or
TIMES_SLOWEST = 10.0  # times the slowest evaluation of its level so far


class Watchdog:
    """Allows each evaluation a time that depends on the job's evaluations so far."""

    def __init__(self, levels: Sequence[Level], style_pixels: float = 1.0) -> None:
        """Start with the first evaluation.

        Args:
            levels: the job's levels.
            style_pixels: of all style images, for one of the result.
        """
        self._levels = levels
        self._pixels = max(1.0, style_pixels)
        self._last_evaluations = list(accumulate(level.evaluations for level in levels))
        self._slowest: dict[Level, float] = {}

    def allowed_seconds(self, evaluation: int) -> float:
        """Return how many seconds an evaluation, counted from 1 over all levels, may take."""
        level = self._level(evaluation)
        if level in self._slowest:
            return max(LEAST_SECONDS, TIMES_SLOWEST * self._slowest[level])
        return FIRST_SECONDS + FIRST_SECONDS_PER_PIXEL * level.pixels * self._pixels

    def record(self, evaluation: int, seconds: float) -> None:
        """Record how long an evaluation took."""
        level = self._level(evaluation)
        self._slowest[level] = max(seconds, self._slowest.get(level, 0.0))

    def _level(self, evaluation: int) -> Level:
        finished = sum(last < evaluation for last in self._last_evaluations)
        return self._levels[min(finished, len(self._levels) - 1)]
