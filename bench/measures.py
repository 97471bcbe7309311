"""What benchmarks measure: seconds, and the loss over time."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from time import perf_counter
from typing import NamedTuple, TypeVar

import tensorflow as tf

Item = TypeVar("Item")


class CurvePoint(NamedTuple):
    """The loss after one evaluation."""

    evaluation: int  # from 1, including those of coarser levels
    seconds: float  # from the start of the run
    loss: float


def first_crossing(curve: Sequence[CurvePoint], loss: float) -> CurvePoint | None:
    """Return the first point at or below `loss`; None if there is none.

    The search is linear, since without a line search a loss can rise again.
    """
    return next((point for point in curve if point.loss <= loss), None)


def lap(work: Callable[[], object]) -> float:
    """Return how many seconds `work` takes, including the work of all devices."""
    start = perf_counter()
    work()
    tf.test.experimental.sync_devices()
    return perf_counter() - start


def timed(begin: Callable[[], Iterable[Item]]) -> Iterator[tuple[float, Item]]:
    """Yield each item with the seconds from the call of `begin` to this item.

    The caller's own time between two items does not count.
    """
    spent, start = 0.0, perf_counter()
    for item in begin():
        spent += perf_counter() - start
        yield spent, item
        start = perf_counter()
