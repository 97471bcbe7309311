"""When a run first reaches a loss."""

from collections.abc import Sequence
from typing import NamedTuple


class Point(NamedTuple):
    """The loss of one evaluation's image."""

    evaluation: int  # from 1, those of coarser levels counted
    seconds: float  # from the start of the run
    loss: float


def first_crossing(curve: Sequence[Point], loss: float) -> Point | None:
    """Return the first point at or below `loss`, None where there is none.

    Every point is looked at in turn: without a line search a loss may rise again, so that
    neither bisecting nor going back from the end would find the first.
    """
    return next((point for point in curve if point.loss <= loss), None)
