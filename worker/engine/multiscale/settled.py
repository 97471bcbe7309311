"""Whether a level's picture has settled, so that more evaluations would hardly change it."""

from collections import deque

# docs/engine.md compares others; over fewer evaluations L-BFGS only pauses
EVALUATIONS = 20
LEAST_DECREASE = 0.01  # of the loss over these evaluations


class Settled:
    """Compares each loss of a level with an earlier one."""

    def __init__(self) -> None:
        self._losses: deque[tuple[int, float]] = deque()

    def add(self, number: int, loss: float) -> bool:
        """Add the loss of evaluation `number`; return whether the picture has settled."""
        self._losses.append((number, loss))
        while len(self._losses) > 1 and self._losses[1][0] <= number - EVALUATIONS:
            self._losses.popleft()
        since, before = self._losses[0]
        return since <= number - EVALUATIONS and loss > (1 - LEAST_DECREASE) * before
