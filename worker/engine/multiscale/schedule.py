"""A job's evaluations over all its levels: how many are made, and how much of the work that is."""

from collections.abc import Sequence
from itertools import accumulate

from worker.engine.multiscale.levels import Level
from worker.engine.snapshot import Snapshot


class Course:
    """Counts evaluations over all levels, from 1, and weighs each by its cost."""

    def __init__(self, levels: Sequence[Level]) -> None:
        ends = list(accumulate(level.evaluations for level in levels))
        self._order = list(levels)
        self._numbers = {
            level: range(end - level.evaluations + 1, end + 1)
            for level, end in zip(levels, ends, strict=True)
        }
        self.levels = len(levels)
        self.evaluations = ends[-1]
        self.made = 0

    def go_on_after(self, snapshot: Snapshot) -> None:
        """Count what led to a snapshot as made.

        Raises:
            ValueError: it is none of this job's.
        """
        level = next(iter(self._order[snapshot.level - 1 :]), None)
        if level is None or snapshot.evaluation not in self._numbers[level]:
            raise ValueError("a snapshot of a job with other levels or evaluations")
        if snapshot.image.shape != (level.rows, level.columns, 3):
            raise ValueError("a snapshot of a picture of another shape")
        self.made = snapshot.evaluation

    def left(self, level: Level) -> range:
        """Return the numbers of a level's evaluations that are still to be made."""
        numbers = self._numbers[level]
        return range(max(numbers.start, self.made + 1), numbers.stop)

    def number(self, level: Level) -> int:
        """Return which level it is, from 1, the coarsest."""
        return self._order.index(level) + 1

    @property
    def fraction(self) -> float:
        """How much of the work is done."""
        left = sum(level.work * len(self.left(level)) / level.evaluations for level in self._order)
        return 1 - left / sum(level.work for level in self._order)
