"""A job's evaluations over all its levels: how many are done, and what fraction of the work."""

from collections.abc import Sequence
from itertools import accumulate

from shared.settings import Level
from worker.engine.snapshot import Snapshot


class Schedule:
    """Counts evaluations over all levels, from 1, and weighs each by its cost."""

    def __init__(self, levels: Sequence[Level]) -> None:
        ends = list(accumulate(level.evaluations for level in levels))
        self._levels = list(levels)
        self._numbers = [
            range(end - level.evaluations + 1, end + 1)
            for level, end in zip(levels, ends, strict=True)
        ]
        self.level_count = len(levels)
        self.evaluations = ends[-1]
        self.done = 0

    def resume_after(self, snapshot: Snapshot) -> None:
        """Count the evaluations before a snapshot as done.

        Raises:
            ValueError: the snapshot does not fit this job.
        """
        index = snapshot.level - 1
        if index >= len(self._levels) or snapshot.evaluation not in self._numbers[index]:
            raise ValueError("a snapshot of a job with other levels or evaluations")
        level = self._levels[index]
        if snapshot.image.shape != (level.rows, level.columns, 3):
            raise ValueError("a snapshot of a picture of another shape")
        self.done = snapshot.evaluation

    def numbers(self, index: int) -> range:
        """Return the numbers of all evaluations at level `index`, from 0."""
        return self._numbers[index]

    def left(self, index: int) -> range:
        """Return the numbers of the evaluations that are left at level `index`, from 0."""
        numbers = self._numbers[index]
        return range(max(numbers.start, self.done + 1), numbers.stop)

    def skip_to_last(self, index: int) -> None:
        """Count the evaluations of level `index`, from 0, as done, except for its last one."""
        self.done = max(self.done, self._numbers[index][-1] - 1)

    @property
    def fraction(self) -> float:
        """The fraction of the work that is done."""
        left = sum(
            level.work * len(self.left(index)) / level.evaluations
            for index, level in enumerate(self._levels)
        )
        return 1 - left / sum(level.work for level in self._levels)
