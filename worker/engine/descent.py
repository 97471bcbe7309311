"""One level's descent: evaluate, step, and step back where the loss leaves the finite numbers."""

import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from shared.errors import Diverged
from worker.engine.lbfgs import FIRST_STEP, LBFGS
from worker.engine.plan import MOST_PAIRS

MOST_REJECTED = 4  # in a row; each shortens the next step to a quarter
SHRINK = 0.25
Evaluate = Callable[[tf.Tensor], tuple[tf.Tensor, tf.Tensor]]


class Point(NamedTuple):
    """An image whose losses and gradient are known to be finite."""

    image: tf.Tensor  # (1, rows, columns, 3)
    losses: tuple[float, ...]  # 3
    gradient: tf.Tensor  # (1, rows, columns, 3)


def descend(
    evaluate: Evaluate,
    image: tf.Tensor,
    numbers: range,
    history: int = MOST_PAIRS,
    look_seconds: float = 0.0,
) -> Iterator[Point]:
    """Yield after each evaluation the newest point that was looked at.

    Looking makes the host wait for the device. A step to where something is no finite number is
    rejected: the descent begins anew from the last point that was finite, with a shorter step.
    What is not finite stays so until then, and the last evaluation is always looked at.

    Args:
        evaluate: from an image to its losses (3,) and their gradient.
        image: (1, rows, columns, 3), where to start; the first point.
        numbers: of the evaluations to make, as errors tell them.
        history: pairs that L-BFGS remembers.
        look_seconds: the least time between two looks; 0 looks at every point.

    Raises:
        Diverged: the start is not finite, or several steps in a row were rejected.
    """
    optimizer, point, rejected, looked = LBFGS(history), None, 0, 0.0
    gradient = None
    for number in numbers:
        if gradient is not None:
            image += optimizer.step(gradient)
        losses, gradient = evaluate(image)
        if point is None or number == numbers[-1] or time.monotonic() - looked >= look_seconds:
            reached, looked = _finite(image, losses, gradient), time.monotonic()
            if reached:
                point, rejected = reached, 0
            else:
                rejected += 1
                if point is None or rejected > MOST_REJECTED:
                    raise Diverged(evaluation=number)
                optimizer = LBFGS(history, FIRST_STEP * SHRINK**rejected)
                image, gradient = point.image, point.gradient
        yield point


def _finite(image: tf.Tensor, losses: tf.Tensor, gradient: tf.Tensor) -> Point | None:
    # in one transfer: whatever is not finite makes the sum so
    size = tf.reduce_sum(tf.abs(gradient))
    numbers = tf.concat([losses, [size]], axis=0).numpy()
    finite = np.isfinite(numbers).all()
    return Point(image, tuple(map(float, numbers[:-1])), gradient) if finite else None
