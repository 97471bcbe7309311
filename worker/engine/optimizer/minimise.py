"""The loop of one level: evaluate and step; go back if the loss is no longer finite."""

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from shared.errors import Diverged
from worker.engine.memory.plan import MAX_PAIRS
from worker.engine.optimizer.lbfgs import FIRST_STEP
from worker.engine.optimizer.method import State, begin
from worker.engine.snapshot import KEPT_PAIRS

MAX_REJECTED = 4  # steps in a row; each shortens the next step to a quarter
SHRINK = 0.25
Evaluate = Callable[[tf.Tensor], tuple[tf.Tensor, tf.Tensor]]


class Point(NamedTuple):
    """An image whose losses and gradient are known to be finite; a level can continue from it."""

    image: tf.Tensor  # (1, rows, columns, 3)
    losses: tuple[float, ...]  # (terms,)
    gradient: tf.Tensor  # (1, rows, columns, 3)
    history: State  # the optimiser's when it was there, not of the steps since


class Pairs(NamedTuple):
    """How many pairs L-BFGS uses, and how many of the newest a point holds."""

    used: int = MAX_PAIRS
    kept: int = KEPT_PAIRS


USUAL_PAIRS = Pairs()


class Phase(NamedTuple):
    """Some of a level's evaluations, all with one gradient."""

    evaluate: Evaluate  # maps an image to its losses (terms,) and the gradient to step by
    numbers: range  # of the evaluations to make
    first_step: float = FIRST_STEP  # of L-BFGS without pairs
    is_new: bool = False  # whether the gradient changes here, so that older pairs are useless


def minimise(
    phases: Sequence[Phase],
    start: tf.Tensor | Point,
    pairs: Pairs = USUAL_PAIRS,
    read_seconds: float = 0.0,
    method: str = "lbfgs",
) -> Iterator[Point]:
    """After each evaluation, yield the newest point whose losses the host has read.

    Reading makes the host wait for the device. A step to values that are not finite is rejected:
    the optimisation restarts from the last finite point with a shorter step. Values that are not
    finite stay so until they are read, and the last evaluation is always read.

    Args:
        phases: the evaluations to make, one phase after the other.
        start: an image (1, rows, columns, 3), which is the first point; or a point to continue
            from, which is not evaluated again.
        pairs: how many pairs L-BFGS uses and a point holds.
        read_seconds: the minimum time between two reads; 0 reads every point.
        method: the step rule, as in the settings.

    Raises:
        Diverged: the start is not finite, or several steps in a row were rejected.
    """
    point = start if isinstance(start, Point) else None
    image, gradient = (point.image, point.gradient) if point else (start, None)
    new = partial(begin, method, pairs.used)
    optimizer = new(phases[0].first_step, state=point.history if point else None)
    del start  # else it stays in memory to the end
    rejected, read = 0, 0.0
    last = phases[-1].numbers[-1]
    for phase, number in [(each, number) for each in phases for number in each.numbers]:
        if gradient is not None:
            image += optimizer.step(gradient)
        if phase.is_new and number == phase.numbers[0]:
            optimizer = new(phase.first_step)
        losses, gradient = phase.evaluate(image)
        if point is None or number == last or time.monotonic() - read >= read_seconds:
            finite, read = _read_if_finite(losses, gradient), time.monotonic()
            if finite:
                point, rejected = Point(image, finite, gradient, optimizer.history(pairs.kept)), 0
            else:
                rejected += 1
                if point is None or rejected > MAX_REJECTED:
                    raise Diverged(evaluation=number)
                optimizer = new(FIRST_STEP, SHRINK**rejected)
                image, gradient = point.image, point.gradient
        yield point


def _read_if_finite(losses: tf.Tensor, gradient: tf.Tensor) -> tuple[float, ...] | None:
    # one transfer: if any value is not finite, neither is the sum
    size = tf.reduce_sum(tf.abs(gradient))
    numbers = tf.concat([losses, [size]], axis=0).numpy()
    return tuple(map(float, numbers[:-1])) if np.isfinite(numbers).all() else None
