"""L-BFGS with unit steps: bfloat16 is too imprecise for a line search."""

from collections import deque
from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

import tensorflow as tf

from worker.engine.memory.plan import MAX_PAIRS
from worker.engine.optimizer import color_axes

# mean change per pixel and channel, in grey levels; large enough that the gradient's change is
# above bfloat16's rounding, which torch's 1 / |gradient| is not
FIRST_STEP = 3.0
LONGEST_STEP = 20.0  # in the same unit; limits the damage of a bad pair
# of the initial inverse Hessian, times the usual one, which suits the newest step: what no pair
# knows curves less than the steps do; docs/decisions/0030 compares others
SCALE = 1.9


class Pair(NamedTuple):
    """A step, the change of the gradient along it, and 1 / (step · change)."""

    step: tf.Tensor  # (values,)
    change: tf.Tensor  # (values,)
    rho: tf.Tensor  # 0 if the curvature was not positive, so that the pair has no effect


class LastStep(NamedTuple):
    """The last step, the gradient where it began, and the scale of the initial inverse Hessian."""

    gradient: tf.Tensor  # (values,)
    step: tf.Tensor  # (values,)
    scale: tf.Tensor


class History(NamedTuple):
    """What the next step from a point needs."""

    pairs: tuple[Pair, ...] = ()  # oldest first
    last_step: LastStep | None = None  # the step to this point; None at the start


NO_HISTORY = History()
Times = Callable[[tf.Tensor], tf.Tensor]
Shape = Callable[[Pair], Times]


class LBFGS:
    """The two-loop recursion (Nocedal & Wright 2006, algorithm 7.4) over the last pairs.

    All decisions are made in tensors, so that the device never waits for the host and one trace
    serves images of all sizes.
    """

    def __init__(
        self,
        max_pairs: int = MAX_PAIRS,
        first_step: float = FIRST_STEP,
        history: History = NO_HISTORY,
        *,
        per_axis: bool = True,
    ) -> None:
        """Create it.

        Args:
            max_pairs: how many pairs it uses.
            first_step: without pairs, in grey levels.
            history: what to continue with.
            per_axis: whether the initial inverse Hessian has a scale for each colour axis; the
                last dimension of the gradients must be 3. Otherwise it has one scale.
        """
        self._max_pairs = max_pairs
        self._first_step = first_step
        self._per_axis = per_axis
        self._pairs: deque[Pair] = deque(maxlen=max_pairs)
        self._last_step = history.last_step
        if history.last_step is not None:
            self._pairs.extend([_zero_pair(history.last_step)] * max_pairs)
            self._pairs.extend(history.pairs)

    def history(self, pairs: int) -> History:
        """Return what the next step needs.

        Args:
            pairs: how many of the newest pairs to include, with the one that the next step adds.
        """
        if pairs == 0:
            return History()
        return History(tuple(self._pairs)[max(len(self._pairs) - pairs + 1, 0) :], self._last_step)

    def step(self, gradient: tf.Tensor) -> tf.Tensor:
        """Return the step from the point where `gradient` was taken, in the gradient's shape."""
        flat = tf.reshape(gradient, (-1,))
        if self._last_step is None:
            scale = self._first_step / _not_zero(_mean_size(flat))
            self._last_step = LastStep(flat, _bounded(-scale * flat), scale)
            self._pairs.extend([_zero_pair(self._last_step)] * self._max_pairs)
        else:
            advance = _advance(self._max_pairs, flat.dtype, per_axis=self._per_axis)
            pair, self._last_step = advance(flat, self._last_step, list(self._pairs))
            self._pairs.append(pair)
        return tf.reshape(self._last_step.step, tf.shape(gradient))


def paired(step: tf.Tensor, change: tf.Tensor) -> Pair:
    """Return the pair of a step and the change of the gradient along it, both (values,)."""
    curvature = _dot(step, change)
    return Pair(step, change, tf.where(_convex(curvature), 1.0 / _not_zero(curvature), 0.0))


def _convex(curvature: tf.Tensor) -> tf.Tensor:
    return curvature > 1e-10


def _zero_pair(last_step: LastStep) -> Pair:
    zeros = tf.zeros_like(last_step.gradient)  # one tensor for all, to save memory
    return Pair(zeros, zeros, tf.zeros_like(last_step.scale))


@cache
def _advance(
    max_pairs: int, dtype: tf.DType, *, per_axis: bool
) -> Callable[..., tuple[Pair, LastStep]]:
    values, scalar = tf.TensorSpec((None,), dtype), tf.TensorSpec((), dtype)
    pairs = [Pair(values, values, scalar)] * max_pairs
    shape = _per_axis if per_axis else _one_scale

    @tf.function(input_signature=[values, LastStep(values, values, scalar), pairs])
    def advance(
        gradient: tf.Tensor, before: LastStep, pairs: Sequence[Pair]
    ) -> tuple[Pair, LastStep]:
        return _next(gradient, before, pairs, shape)

    return advance.get_concrete_function()  # which is called with less overhead


def _next(
    gradient: tf.Tensor, before: LastStep, pairs: Sequence[Pair], shape: Shape
) -> tuple[Pair, LastStep]:
    pair = paired(before.step, gradient - before.gradient)
    shaped = shape(pair)
    curvature, size = _dot(pair.step, pair.change), _dot(pair.change, shaped(pair.change))
    usual = curvature / _not_zero(size)  # Nocedal & Wright 2006, 7.20
    scale = tf.where(_convex(curvature), SCALE * usual, before.scale)
    step = -_times_inverse_hessian(gradient, [*pairs[1:], pair], lambda each: scale * shaped(each))
    return pair, LastStep(gradient, _bounded(step), scale)


def _one_scale(pair: Pair) -> Times:
    """Return the product with the initial inverse Hessian, up to its scale: here the identity."""
    del pair
    return lambda values: values


def _per_axis(pair: Pair) -> Times:
    """Return the same with a scale for each colour axis, from the newest pair."""
    step, change = color_axes.products(pair.step), color_axes.products(pair.change)
    identity = tf.eye(3, dtype=pair.rho.dtype)
    matrix = tf.where(pair.rho > 0, color_axes.shape_of(step, change), identity)
    return lambda values: color_axes.times(matrix, values)


def _times_inverse_hessian(
    gradient: tf.Tensor, pairs: Sequence[Pair], times_initial: Times
) -> tf.Tensor:
    direction, alphas = gradient, []
    for pair in reversed(pairs):
        alphas.append(pair.rho * _dot(pair.step, direction))
        direction -= alphas[-1] * pair.change
    direction = times_initial(direction)
    for pair, alpha in zip(pairs, reversed(alphas), strict=True):
        beta = pair.rho * _dot(pair.change, direction)
        direction += (alpha - beta) * pair.step
    return direction


def _bounded(step: tf.Tensor) -> tf.Tensor:
    return step * tf.minimum(1.0, LONGEST_STEP / _not_zero(_mean_size(step)))


def _mean_size(step: tf.Tensor) -> tf.Tensor:
    return tf.reduce_mean(tf.abs(step))


def _dot(a: tf.Tensor, b: tf.Tensor) -> tf.Tensor:
    return tf.reduce_sum(a * b)


def _not_zero(value: tf.Tensor) -> tf.Tensor:
    return tf.where(value == 0, tf.ones_like(value), value)
