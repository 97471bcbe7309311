"""Evaluates the deepest layers less often where their gradient is small, to save time."""

import tensorflow as tf

from worker.engine.loss.gradients import Evaluation
from worker.engine.loss.objective import Objective
from worker.engine.loss.term import Targets

PERIOD = 10  # evaluations from one full evaluation to the next
EARLY = 3  # one more full evaluation, counted from 0: the first steps are the longest
LARGEST_SHARE = 0.1  # the deep part is reused up to this share of the near part's gradient norm


class DeepLayerReuse:
    """The evaluations of one level.

    Terms read from VGG19's fifth block are mostly below 1 % of the loss. If their gradient is small
    compared with the others', it and their losses are reused between full evaluations; otherwise
    every evaluation is full. The first and the last are always full. The check makes the host wait
    for the device, so it is done less and less often.
    """

    def __init__(
        self, objective: Objective, targets: Targets, evaluations: int, side: int | None = None
    ) -> None:
        """Create it without evaluating anything.

        Args:
            objective: the objective to evaluate.
            targets: the objective's targets at this level.
            evaluations: how many there will be.
            side: the longest side of a tile, in pixels; None uses no tiles.
        """
        self._objective = objective
        self._targets = targets
        self._evaluations = evaluations
        self._side = side
        self._done = 0
        self._deep: Evaluation | None = None  # None if it is too large to be reused

    def __call__(self, image: tf.Tensor) -> Evaluation:
        """Return the losses of an image (1, rows, columns, 3) and the gradient to step by."""
        number, self._done = self._done, self._done + 1
        is_last = self._done == self._evaluations
        if not self._objective.has_deep_part or is_last:
            return self._objective.evaluate(image, self._targets, self._side)
        if is_checked(number):
            return self._evaluate_parts(image, check=True)
        if self._deep is None:
            return self._objective.evaluate(image, self._targets, self._side)
        if number % PERIOD == 0:
            return self._evaluate_parts(image)
        return _sum(self._objective.evaluate_near(image, self._targets, self._side), self._deep)

    def _evaluate_parts(self, image: tf.Tensor, *, check: bool = False) -> Evaluation:
        near, deep = self._objective.evaluate_parts(image, self._targets, self._side)
        is_small = not check or tf.norm(deep.gradient) <= LARGEST_SHARE * tf.norm(near.gradient)
        self._deep = deep if is_small else None
        return _sum(near, deep)


def is_checked(number: int) -> bool:
    """Return whether an evaluation, from 0, checks the deep part: 0, 3, 10, 20, 40, 80 and on."""
    periods, since = divmod(number, PERIOD)
    return number == EARLY or (since == 0 and periods & (periods - 1) == 0)


def _sum(near: Evaluation, deep: Evaluation) -> Evaluation:
    return Evaluation(near.losses + deep.losses, near.gradient + deep.gradient)
