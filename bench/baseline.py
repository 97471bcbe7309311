"""The strong baseline: the same objective with scipy's L-BFGS-B in float32."""

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


class Reached(Exception):
    """Raised to leave a library's loop when the loss is reached."""


def minimise(
    plain: Plain, images: Pair, loss: float, most: int = MOST_EVALUATIONS
) -> list[CurvePoint]:
    """Minimise from the content; return one point per evaluation, until `loss` is reached.

    The last point is above it if scipy gave up or made `most` evaluations. The seconds include the
    fixed features, as the engine's do.
    """
    curve: list[CurvePoint] = []
    start = perf_counter()
    fixed, image = plain.fixed(images), preprocessed(images.content)

    def evaluate(flat: Doubles) -> tuple[float, Doubles]:
        pixels = tf.constant(flat.reshape(image.shape).astype(np.float32))
        value, gradient = plain.loss_and_gradient(pixels, fixed)
        curve.append(CurvePoint(len(curve) + 1, perf_counter() - start, float(value)))
        if curve[-1].loss <= loss:
            raise Reached
        return curve[-1].loss, gradient.numpy().ravel().astype(np.float64)

    with suppress(Reached):
        fmin_l_bfgs_b(evaluate, image.numpy().ravel(), m=HISTORY, maxfun=most, maxiter=most)
    return curve
