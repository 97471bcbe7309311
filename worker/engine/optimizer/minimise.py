"""One level's descent: evaluate, step, and step back where the loss leaves the finite numbers."""

import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from shared.errors import Diverged
from worker.engine.memory.plan import MOST_PAIRS
from worker.engine.optimizer.lbfgs import FIRST_STEP, LBFGS, Memory
from worker.engine.snapshot import KEPT_PAIRS

MOST_REJECTED = 4  # in a row; each shortens the next step to a quarter
SHRINK = 0.25
Evaluate = Callable[[tf.Tensor], tuple[tf.Tensor, tf.Tensor]]


class Point(NamedTuple):
    """An image whose losses and gradient are known to be finite; a descent can go on from it."""

    image: tf.Tensor  # (1, rows, columns, 3)
    losses: tuple[float, ...]  # 3
    gradient: tf.Tensor  # (1, rows, columns, 3)
    memory: Memory  # the optimizer's when it was there, not of the steps since


class Pairs(NamedTuple):
    """How many pairs L-BFGS remembers, and how many of the newest a point takes along."""

    history: int = MOST_PAIRS
    kept: int = KEPT_PAIRS


USUAL_PAIRS = Pairs()


def descend(
    evaluate: Evaluate,
    start: tf.Tensor | Point,
    numbers: range,
    pairs: Pairs = USUAL_PAIRS,
    look_seconds: float = 0.0,
) -> Iterator[Point]:
    """Yield after each evaluation the newest point that was looked at.

    Looking makes the host wait for the device. A step to where something is no finite number is
    rejected: the descent begins anew from the last point that was finite, with a shorter step.
    What is not finite stays so until then, and the last evaluation is always looked at.

    Args:
        evaluate: from an image to its losses (3,) and their gradient.
        start: an image (1, rows, columns, 3), which is the first point; or a point to go on from,
            which needs no evaluation again.
        numbers: of the evaluations to make, as errors tell them.
        pairs: of L-BFGS.
        look_seconds: the least time between two looks; 0 looks at every point.

    Raises:
        Diverged: the start is not finite, or several steps in a row were rejected.
    """
    point = start if isinstance(start, Point) else None
    image, gradient = (point.image, point.gradient) if point else (start, None)
    optimizer = LBFGS(pairs.history, memory=point.memory if point else Memory())
    del start  # it would be held to the end
    rejected, looked = 0, 0.0
    for number in numbers:
        if gradient is not None:
            image += optimizer.step(gradient)
        losses, gradient = evaluate(image)
        if point is None or number == numbers[-1] or time.monotonic() - looked >= look_seconds:
            known, looked = _finite(losses, gradient), time.monotonic()
            if known:
                point, rejected = Point(image, known, gradient, optimizer.memory(pairs.kept)), 0
            else:
                rejected += 1
                if point is None or rejected > MOST_REJECTED:
                    raise Diverged(evaluation=number)
                optimizer = LBFGS(pairs.history, FIRST_STEP * SHRINK**rejected)
                image, gradient = point.image, point.gradient
        yield point


def _finite(losses: tf.Tensor, gradient: tf.Tensor) -> tuple[float, ...] | None:
    # in one transfer: whatever is not finite makes the sum so
    size = tf.reduce_sum(tf.abs(gradient))
    numbers = tf.concat([losses, [size]], axis=0).numpy()
    return tuple(map(float, numbers[:-1])) if np.isfinite(numbers).all() else None
