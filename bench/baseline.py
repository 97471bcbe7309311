"""The strong baseline: the same objective with scipy's L-BFGS-B in float32."""

from collections.abc import Callable
from contextlib import suppress
from time import perf_counter

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from scipy.optimize import fmin_l_bfgs_b

from bench.measures import CurvePoint
from bench.pairs import Pair
from bench.plain import Plain, preprocessed

HISTORY = 20  # pairs
MOST_EVALUATIONS = 1000
Doubles = NDArray[np.float64]
Pixels = NDArray[np.float32]
Evaluate = Callable[[Pixels], tuple[float, Pixels]]


class Reached(Exception):
    """Raised to leave scipy's loop when the loss is reached."""


def minimise(
    plain: Plain, images: Pair, loss: float, most: int = MOST_EVALUATIONS
) -> list[CurvePoint]:
    """Minimise from the content; return one point per evaluation, until `loss` is reached.

    The last point is above it if scipy gave up or made `most` evaluations. The seconds include the
    fixed features, as the engine's do.
    """
    begun = perf_counter()
    fixed, image = plain.fixed(images), preprocessed(images.content)

    def evaluate(pixels: Pixels) -> tuple[float, Pixels]:
        value, gradient = plain.loss_and_gradient(tf.constant(pixels), fixed)
        return float(value), gradient.numpy()

    return lbfgsb(evaluate, image.numpy(), loss, most, begun)


def lbfgsb(
    evaluate: Evaluate, start: Pixels, loss: float, most: int, begun: float
) -> list[CurvePoint]:
    """Run scipy's L-BFGS-B until `loss` is reached; return one point per evaluation.

    Args:
        evaluate: maps pixels to their loss and its gradient.
        start: the pixels to start from, in any shape.
        loss: where to stop.
        most: the largest number of evaluations.
        begun: the time that seconds are counted from.
    """
    curve: list[CurvePoint] = []

    def counted(flat: Doubles) -> tuple[float, Doubles]:
        value, gradient = evaluate(flat.reshape(start.shape).astype(np.float32))
        curve.append(CurvePoint(len(curve) + 1, perf_counter() - begun, value))
        if value <= loss or len(curve) == most:
            raise Reached
        return value, gradient.ravel().astype(np.float64)

    with suppress(Reached):
        # no tolerances: it ends where it is told to, or finds no lower point
        fmin_l_bfgs_b(
            counted, start.ravel(), m=HISTORY, maxfun=most, maxiter=most, factr=0, pgtol=0
        )
    return curve
