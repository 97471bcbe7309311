"""One level's descent: evaluate, step, and step back where the loss leaves the finite numbers."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import tensorflow as tf

from shared.errors import Diverged
from worker.engine.lbfgs import FIRST_STEP, LBFGS

MOST_REJECTED = 4  # in a row; each shortens the next step to a quarter
SHRINK = 0.25
Evaluate = Callable[[tf.Tensor], tuple[tf.Tensor, tf.Tensor]]


class Point(NamedTuple):
    """An image whose losses and gradient are finite."""

    image: tf.Tensor  # (1, rows, columns, 3)
    losses: tf.Tensor  # (3,)
    gradient: tf.Tensor  # (1, rows, columns, 3)


def descend(
    evaluate: Evaluate, image: tf.Tensor, iterations: int, before: int = 0
) -> Iterator[Point]:
    """Yield a point after each of `iterations` evaluations, the first at `image` itself.

    A step to where something is no finite number is rejected: the point before is yielded again,
    and the descent begins anew from there with a shorter step.

    Args:
        evaluate: from an image to its losses (3,) and their gradient.
        image: (1, rows, columns, 3), where to start.
        iterations: how many evaluations to make.
        before: how many were made at coarser levels; errors count them in.

    Raises:
        Diverged: the start is not finite, or several steps in a row were rejected.
    """
    optimizer, point, rejected = LBFGS(), None, 0
    for evaluation in range(1, iterations + 1):
        if point is not None:
            image = point.image + optimizer.step(point.gradient)
        reached = Point(image, *evaluate(image))
        if _is_finite(reached):
            point, rejected = reached, 0
        else:
            rejected += 1
            if point is None or rejected > MOST_REJECTED:
                raise Diverged(evaluation=before + evaluation)
            optimizer = LBFGS(first_step=FIRST_STEP * SHRINK**rejected)
        yield point


def _is_finite(point: Point) -> bool:
    # one number to wait for: whatever is not finite makes the sum so
    return bool(
        tf.math.is_finite(tf.reduce_sum(point.losses) + tf.reduce_sum(tf.abs(point.gradient)))
    )
