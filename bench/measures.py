"""Clocks: a lap, and one that stands still while the caller looks at what came out."""

from collections.abc import Callable, Iterable, Iterator
from time import perf_counter
from typing import TypeVar

import tensorflow as tf

Item = TypeVar("Item")


def lap(work: Callable[[], object]) -> float:
    """Return how many seconds `work` takes, until every device is done with it."""
    start = perf_counter()
    work()
    tf.test.experimental.sync_devices()
    return perf_counter() - start


def timed(begin: Callable[[], Iterable[Item]]) -> Iterator[tuple[float, Item]]:
    """Yield each item with the seconds that all items up to it took, from the call of `begin`.

    What the caller does between two items does not count.
    """
    spent, start = 0.0, perf_counter()
    for item in begin():
        spent += perf_counter() - start
        yield spent, item
        start = perf_counter()
