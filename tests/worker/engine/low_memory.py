"""An objective that runs out of memory on demand."""

import weakref
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from shared.settings import StyleSettings
from worker.engine.engine import Build
from worker.engine.loss.gradients import Evaluation
from worker.engine.loss.objective import Objective
from worker.engine.loss.term import Targets, WeightedTerm
from worker.engine.memory.tiles import NO_TILES, Sides

Raised = (
    Callable[[], Exception] | None
)  # created each time, since a stored exception keeps its frames


def resources() -> Exception:
    """Return what TensorFlow raises."""
    full: Exception = tf.errors.ResourceExhaustedError(None, None, "full")
    return full


def one_dnn() -> Exception:
    """Return what TensorFlow raises if oneDNN got no memory."""
    full: Exception = tf.errors.AbortedError(None, None, "could not create a primitive")
    return full


class Scarce(Objective):
    """Raises the next of `errors` in each evaluation, or nothing if it is None."""

    def __init__(
        self,
        network: keras.Model,
        settings: StyleSettings,
        terms: Sequence[WeightedTerm],
        errors: Iterable[Raised] = (),
        of_targets: Iterable[Raised] = (),
    ) -> None:
        super().__init__(network, settings, terms)
        self._errors, self._of_targets = iter(errors), iter(of_targets)
        self.held: list[weakref.ref[Any]] = []  # by evaluations whose memory ran out

    def targets(
        self,
        content: tf.Tensor,
        styles: Sequence[tf.Tensor],
        settings: StyleSettings,
        scale: float = 1.0,
        sides: Sides = NO_TILES,
    ) -> Targets:
        self._spend(self._of_targets)
        return super().targets(content, styles, settings, scale, sides)

    def evaluate(self, image: tf.Tensor, targets: Targets, side: int | None = None) -> Evaluation:
        self._spend(self._errors)
        return super().evaluate(image, targets, side)

    def evaluate_near(
        self, image: tf.Tensor, targets: Targets, side: int | None = None
    ) -> Evaluation:
        self._spend(self._errors)
        return super().evaluate_near(image, targets, side)

    def evaluate_parts(
        self, image: tf.Tensor, targets: Targets, side: int | None = None
    ) -> list[Evaluation]:
        self._spend(self._errors)
        return super().evaluate_parts(image, targets, side)

    def _spend(self, errors: Iterable[Raised]) -> None:
        assert not any(each() is not None for each in self.held)
        error = next(iter(errors), None)
        if error is not None:
            activations = np.zeros(1000)  # like those that a frame holds when memory runs out
            self.held.append(weakref.ref(activations))
            raise error()


def scarce(errors: Iterable[Raised] = (), of_targets: Iterable[Raised] = ()) -> Build:
    """Return a function that builds such an objective."""
    return lambda network, settings, terms: Scarce(network, settings, terms, errors, of_targets)
