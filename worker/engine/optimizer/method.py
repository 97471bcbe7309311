"""The step rules by their names in the settings."""

from typing import Protocol

import tensorflow as tf

from worker.engine.optimizer.adam import RATE, Adam, AdamState
from worker.engine.optimizer.lbfgs import LBFGS, NO_HISTORY, History

State = History | AdamState


class Optimizer(Protocol):
    """A step rule with its memory."""

    def step(self, gradient: tf.Tensor) -> tf.Tensor:
        """Return the step from the point where `gradient` was taken, in the gradient's shape."""

    def history(self, pairs: int) -> State:
        """Return what the next step needs; `pairs` limits L-BFGS's."""


def begin(
    name: str, pairs: int, first_step: float, shrink: float = 1.0, state: State | None = None
) -> Optimizer:
    """Return a step rule.

    Args:
        name: `lbfgs` or `adam`, as in the settings.
        pairs: how many L-BFGS uses.
        first_step: of L-BFGS without pairs, in grey levels.
        shrink: a factor on that step, or on all of Adam's.
        state: what to continue with; None starts anew.
    """
    if name == "adam":
        return Adam(RATE * shrink, state if isinstance(state, AdamState) else None)
    known = state if isinstance(state, History) else NO_HISTORY
    return LBFGS(pairs, first_step * shrink, known)
