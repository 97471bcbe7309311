"""L-BFGS with unit steps: no line search, whose wish for small decreases bfloat16 cannot meet."""

from collections import deque
from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

import tensorflow as tf

from worker.engine.memory.plan import MOST_PAIRS

FIRST_STEP = 3.0  # mean change per pixel and channel, in grey levels: large enough for the change
# of the gradient along it to stand out of bfloat16's rounding, as torch's 1 / |gradient| does not
LONGEST_STEP = 20.0  # in the same measure: a bad pair must not throw the image out of its range


class Pair(NamedTuple):
    """A step, the change of the gradient along it, and 1 / (step · change)."""

    step: tf.Tensor  # (values,)
    change: tf.Tensor  # (values,)
    rho: tf.Tensor  # 0 where the curvature was not positive, which leaves the pair without effect


class State(NamedTuple):
    """Where the last step was taken, what it was, and the scale of the first inverse Hessian."""

    gradient: tf.Tensor  # (values,)
    step: tf.Tensor  # (values,)
    scale: tf.Tensor


class Memory(NamedTuple):
    """What has been learned up to a point that the next step is to be taken from."""

    pairs: tuple[Pair, ...] = ()  # the oldest first
    state: State | None = None  # of the step that led there; None where there was none


NOTHING = Memory()  # what a descent remembers at its start


class LBFGS:
    """The two-loop recursion (Nocedal & Wright 2006, algorithm 7.4) over the last pairs.

    All its decisions are made in tensors, so that a device never waits for the host, and one trace
    serves images of all sizes.
    """

    def __init__(
        self,
        history: int = MOST_PAIRS,
        first_step: float = FIRST_STEP,
        memory: Memory = NOTHING,
    ) -> None:
        self._history = history
        self._first_step = first_step
        self._pairs: deque[Pair] = deque(maxlen=history)
        self._state = memory.state
        if memory.state is not None:
            self._pairs.extend([_nothing(memory.state)] * history)
            self._pairs.extend(memory.pairs)

    def memory(self, pairs: int) -> Memory:
        """Return what is to be known for the next step to be much the same.

        Args:
            pairs: the most that it takes along, the one that the next step makes among them.
        """
        if pairs == 0:
            return Memory()
        return Memory(tuple(self._pairs)[max(len(self._pairs) - pairs + 1, 0) :], self._state)

    def step(self, gradient: tf.Tensor) -> tf.Tensor:
        """Return what to add to the point where `gradient` was taken; of the gradient's shape."""
        flat = tf.reshape(gradient, (-1,))
        if self._state is None:
            scale = self._first_step / _not_zero(_mean_size(flat))
            self._state = State(flat, _bounded(-scale * flat), scale)
            self._pairs.extend([_nothing(self._state)] * self._history)
        else:
            advance = _advance(self._history, flat.dtype)
            pair, self._state = advance(flat, self._state, list(self._pairs))
            self._pairs.append(pair)
        return tf.reshape(self._state.step, tf.shape(gradient))


def paired(step: tf.Tensor, change: tf.Tensor) -> Pair:
    """Return the pair of a step and the change of the gradient along it, both (values,)."""
    curvature = _dot(step, change)
    return Pair(step, change, tf.where(_convex(curvature), 1.0 / _not_zero(curvature), 0.0))


def _convex(curvature: tf.Tensor) -> tf.Tensor:
    return curvature > 1e-10


def _nothing(state: State) -> Pair:
    zeros = tf.zeros_like(state.gradient)  # one tensor, however often: it takes its memory once
    return Pair(zeros, zeros, tf.zeros_like(state.scale))


@cache
def _advance(history: int, dtype: tf.DType) -> Callable[..., tuple[Pair, State]]:
    values, scalar = tf.TensorSpec((None,), dtype), tf.TensorSpec((), dtype)
    pairs = [Pair(values, values, scalar)] * history
    return tf.function(_next, input_signature=[values, State(values, values, scalar), pairs])


def _next(gradient: tf.Tensor, before: State, pairs: Sequence[Pair]) -> tuple[Pair, State]:
    pair = paired(before.step, gradient - before.gradient)
    curvature, size = _dot(pair.step, pair.change), _dot(pair.change, pair.change)
    scale = tf.where(_convex(curvature), curvature / _not_zero(size), before.scale)
    step = -_times_inverse_hessian(gradient, [*pairs[1:], pair], scale)
    return pair, State(gradient, _bounded(step), scale)


def _times_inverse_hessian(
    gradient: tf.Tensor, pairs: Sequence[Pair], scale: tf.Tensor
) -> tf.Tensor:
    direction, alphas = gradient, []
    for pair in reversed(pairs):
        alphas.append(pair.rho * _dot(pair.step, direction))
        direction -= alphas[-1] * pair.change
    direction *= scale
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
