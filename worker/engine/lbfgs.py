"""L-BFGS with unit steps: no line search, whose wish for small decreases bfloat16 cannot meet."""

from collections import deque
from typing import NamedTuple

import tensorflow as tf

HISTORY = 10  # pairs; 20 and 50 bought nothing, and each costs 24 bytes a pixel
FIRST_STEP = 3.0  # mean change per pixel and channel, in grey levels: large enough for the change
# of the gradient along it to stand out of bfloat16's rounding, as torch's 1 / |gradient| does not
LONGEST_STEP = 20.0  # in the same measure: a bad pair must not throw the image out of its range


class Pair(NamedTuple):
    """A step, the change of the gradient along it, and 1 / (step · change)."""

    step: tf.Tensor
    change: tf.Tensor
    rho: tf.Tensor  # 0 where the curvature was not positive, which leaves the pair without effect


class LBFGS:
    """The two-loop recursion (Nocedal & Wright 2006, algorithm 7.4) over the last pairs.

    All its decisions are made in tensors, so that a device never waits for the host.
    """

    def __init__(self, history: int = HISTORY, first_step: float = FIRST_STEP) -> None:
        self._first_step = first_step
        self._pairs: deque[Pair] = deque(maxlen=history)
        self._gradient: tf.Tensor | None = None
        self._step: tf.Tensor | None = None
        self._scale = tf.constant(0.0)

    def step(self, gradient: tf.Tensor) -> tf.Tensor:
        """Return what to add to the point where `gradient` was taken; of the gradient's shape."""
        if self._gradient is None or self._step is None:
            self._scale = self._first_step / _not_zero(_mean_size(gradient))
        else:
            self._remember(self._step, gradient - self._gradient)
        self._gradient = gradient
        step = -self._times_inverse_hessian(gradient)
        self._step = step * tf.minimum(1.0, LONGEST_STEP / _not_zero(_mean_size(step)))
        return self._step

    def _remember(self, step: tf.Tensor, change: tf.Tensor) -> None:
        curvature = _dot(step, change)
        convex = curvature > 1e-10
        rho = tf.where(convex, 1.0 / _not_zero(curvature), 0.0)
        self._scale = tf.where(convex, curvature / _not_zero(_dot(change, change)), self._scale)
        self._pairs.append(Pair(step, change, rho))

    def _times_inverse_hessian(self, gradient: tf.Tensor) -> tf.Tensor:
        direction, alphas = gradient, []
        for pair in reversed(self._pairs):
            alphas.append(pair.rho * _dot(pair.step, direction))
            direction -= alphas[-1] * pair.change
        direction *= self._scale
        for pair, alpha in zip(self._pairs, reversed(alphas), strict=True):
            beta = pair.rho * _dot(pair.change, direction)
            direction += (alpha - beta) * pair.step
        return direction


def _mean_size(step: tf.Tensor) -> tf.Tensor:
    return tf.reduce_mean(tf.abs(step))


def _dot(a: tf.Tensor, b: tf.Tensor) -> tf.Tensor:
    return tf.reduce_sum(a * b)


def _not_zero(value: tf.Tensor) -> tf.Tensor:
    return tf.where(value == 0, tf.ones_like(value), value)
