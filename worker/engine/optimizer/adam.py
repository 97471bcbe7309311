"""Adam (Kingma & Ba 2015, algorithm 1): steps of similar length, whatever the gradient's size."""

from typing import NamedTuple

import tensorflow as tf

# grey levels in an evaluation; docs/engine.md compares others
RATE = 10.0
DECAY_OF_FIRST, DECAY_OF_SECOND = 0.9, 0.99  # of the moments, in an evaluation
TINY = 1e-8  # of the root of the second moment, which is zero where the gradient always was


class AdamState(NamedTuple):
    """What the next step from a point needs."""

    first: tf.Tensor  # mean of the gradients, in their shape; a scalar at the start
    second: tf.Tensor  # mean of their squares
    updates: tf.Tensor  # how many gradients they are of, a scalar of the same type


class Adam:
    """The steps of one level; without a line search, and with a memory of two images."""

    def __init__(self, rate: float = RATE, state: AdamState | None = None) -> None:
        self._rate = rate
        self._state = state

    def history(self, pairs: int) -> AdamState:  # noqa: ARG002 - as L-BFGS has it
        """Return what the next step needs, whatever the number of L-BFGS's pairs."""
        return AdamState(*[tf.zeros(())] * 3) if self._state is None else self._state

    def step(self, gradient: tf.Tensor) -> tf.Tensor:
        """Return the step from the point where `gradient` was taken, in the gradient's shape."""
        if self._state is None:
            self._state = AdamState(*[tf.zeros((), gradient.dtype)] * 3)
        step, self._state = _next(gradient, self._state, tf.constant(self._rate, gradient.dtype))
        return step


@tf.function(reduce_retracing=True)
def _next(gradient: tf.Tensor, before: AdamState, rate: tf.Tensor) -> tuple[tf.Tensor, AdamState]:
    first = before.first + (1 - DECAY_OF_FIRST) * (gradient - before.first)
    second = before.second + (1 - DECAY_OF_SECOND) * (tf.square(gradient) - before.second)
    updates = before.updates + 1
    # the moments start at zero, so the means of a few gradients are too small
    mean = first / (1 - DECAY_OF_FIRST**updates)
    size = tf.sqrt(second / (1 - DECAY_OF_SECOND**updates))
    return -rate * mean / (size + TINY), AdamState(first, second, updates)
