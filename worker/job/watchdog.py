"""How long the work may give no sign of life before it is taken for hung, by its phase."""

from collections.abc import Sequence
from itertools import accumulate

from shared.settings import Level

LOADING = 120.0  # seconds; to read and decode a job's pictures
STORING = 120.0  # to encode the result and write it
FIRST = 120.0  # to trace the network and prepare a level, beside what its size takes
FIRST_PER_PIXEL = 600e-6  # its targets and one evaluation, in tiles and float32 (docs/engine.md)
LEAST = 30.0  # for an evaluation of a size that has been evaluated
TIMES_SLOWEST = 10.0  # as long as the slowest of them took


class Patience:
    """Follows a job through its levels; the longest silence is what one evaluation may take."""

    def __init__(self, levels: Sequence[Level]) -> None:
        self._levels = levels
        self._ends = list(accumulate(level.evaluations for level in levels))
        self._slowest: tuple[Level, float] | None = None

    def before(self, evaluation: int) -> float:
        """Return the seconds that the evaluation of this number, from 1, may take."""
        level = self._level(evaluation)
        if self._slowest and self._slowest[0] is level:
            return max(LEAST, TIMES_SLOWEST * self._slowest[1])
        return FIRST + FIRST_PER_PIXEL * level.pixels

    def took(self, evaluation: int, seconds: float) -> None:
        """Learn how long an evaluation took."""
        level = self._level(evaluation)
        before = self._slowest[1] if self._slowest and self._slowest[0] is level else 0.0
        self._slowest = level, max(before, seconds)

    def _level(self, evaluation: int) -> Level:
        passed = sum(end < evaluation for end in self._ends)
        return self._levels[min(passed, len(self._levels) - 1)]
