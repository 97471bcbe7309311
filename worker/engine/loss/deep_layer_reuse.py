"""Evaluates the deepest terms seldom, where they hardly move the image: a third of the work."""

import tensorflow as tf

from worker.engine.loss.gradients import Evaluation
from worker.engine.loss.objective import Objective
from worker.engine.loss.terms import Targets

PERIOD = 10  # evaluations from one full one to the next
EARLY = 3  # one more, counted from 0: the first steps are the longest
LARGEST_SHARE = 0.1  # of the near terms' gradient that the far ones' may have to be kept


class Lagged:
    """The evaluations of one level's descent.

    Terms read from VGG19's fifth block are mostly below a hundredth of the loss. Where their
    gradient is small beside the others', it and their losses are kept from one full evaluation to
    the next; else every evaluation is full. The first and the last always are. Whether it is small
    is looked at ever more seldom, as the host waits for the device to know.
    """

    def __init__(self, objective: Objective, targets: Targets, evaluations: int) -> None:
        self._objective = objective
        self._targets = targets
        self._evaluations = evaluations
        self._made = 0
        self._far: Evaluation | None = None  # None where nothing may be kept

    def __call__(self, image: tf.Tensor) -> Evaluation:
        """Return the losses of an image (1, rows, columns, 3) and the gradient to descend by."""
        made, self._made = self._made, self._made + 1
        if not self._objective.has_parts or self._made == self._evaluations:
            return self._objective.evaluate(image, self._targets)
        if _is_looked_at(made):
            return self._anew(image, look=True)
        if self._far is None:
            return self._objective.evaluate(image, self._targets)
        if made % PERIOD == 0:
            return self._anew(image)
        return _sum(self._objective.evaluate_near(image, self._targets), self._far)

    def _anew(self, image: tf.Tensor, *, look: bool = False) -> Evaluation:
        near, far = self._objective.evaluate_apart(image, self._targets)
        small = not look or tf.norm(far.gradient) <= LARGEST_SHARE * tf.norm(near.gradient)
        self._far = far if small else None
        return _sum(near, far)


def _is_looked_at(made: int) -> bool:
    periods, since = divmod(made, PERIOD)
    return made == EARLY or (since == 0 and periods & (periods - 1) == 0)  # 0, 1, 2, 4, 8 …


def _sum(near: Evaluation, far: Evaluation) -> Evaluation:
    return Evaluation(near.losses + far.losses, near.gradient + far.gradient)
