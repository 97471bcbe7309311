"""The deepest terms are evaluated seldom where that changes little, and always where it matters."""

import numpy as np
import pytest
import tensorflow as tf

from shared.settings import StyleSettings
from tests.worker.engine.loss.test_losses import objective
from tests.worker.engine.pictures import painting, photograph
from worker.engine.image import centred
from worker.engine.loss.deep_layer_reuse import EARLY, PERIOD, Lagged, _is_looked_at
from worker.engine.loss.gradients import Evaluation
from worker.engine.loss.objective import Objective
from worker.engine.loss.terms import Targets
from worker.engine.vgg19.layers import Weights

CONTENT, STYLE = photograph(96, 64), painting(96, 64)
MIXED = 0.6 * CONTENT + 0.4 * STYLE
EVALUATIONS = 2 * PERIOD


class Watched:
    """An objective that keeps what it was asked for."""

    has_parts = True

    def __init__(self, real: Objective) -> None:
        self._real = real
        self.asked: list[str] = []

    def evaluate(self, image: tf.Tensor, targets: Targets) -> Evaluation:
        self.asked.append("all")
        return self._real.evaluate(image, targets)

    def evaluate_near(self, image: tf.Tensor, targets: Targets) -> Evaluation:
        self.asked.append("near")
        return self._real.evaluate_near(image, targets)

    def evaluate_apart(self, image: tf.Tensor, targets: Targets) -> list[Evaluation]:
        self.asked.append("apart")
        return self._real.evaluate_apart(image, targets)


@pytest.fixture(scope="module")
def real(weights: Weights) -> Objective:
    return objective(weights)


def asked(real: Objective, settings: StyleSettings) -> list[str]:
    watched = Watched(real)
    targets = real.targets(centred(CONTENT), [centred(STYLE)], settings)
    evaluate = Lagged(watched, targets, EVALUATIONS)  # type: ignore[arg-type] # it is one in use
    for _ in range(EVALUATIONS):
        evaluate(centred(MIXED))
    return watched.asked


def test_the_parts_are_the_whole(real: Objective) -> None:
    targets = real.targets(centred(CONTENT), [centred(STYLE)], StyleSettings())
    whole = real.evaluate(centred(MIXED), targets)
    near, far = real.evaluate_apart(centred(MIXED), targets)
    np.testing.assert_allclose(near.losses + far.losses, whole.losses, rtol=1e-5)
    difference = tf.norm(near.gradient + far.gradient - whole.gradient)
    assert float(difference) < 1e-5 * float(tf.norm(whole.gradient))
    alone = real.evaluate_near(centred(MIXED), targets)
    np.testing.assert_allclose(alone.losses, near.losses, rtol=1e-5)


def test_deep_terms_that_hardly_count_are_evaluated_every_tenth_time_and_last(
    real: Objective,
) -> None:
    told = asked(real, StyleSettings())
    full = {0, EARLY, PERIOD}
    expected = ["apart" if each in full else "near" for each in range(EVALUATIONS - 1)]
    assert told == [*expected, "all"]


def test_deep_terms_that_count_are_evaluated_every_time(real: Objective) -> None:
    assert "near" not in asked(real, StyleSettings(content_weight=1e-3))


def test_what_is_kept_enters_losses_and_gradient(real: Objective) -> None:
    targets = real.targets(centred(CONTENT), [centred(STYLE)], StyleSettings())
    evaluate = Lagged(real, targets, EVALUATIONS)
    first, second = evaluate(centred(MIXED)), evaluate(centred(MIXED))
    np.testing.assert_allclose(second.losses, first.losses, rtol=1e-5)
    difference = tf.norm(second.gradient - first.gradient)
    assert float(difference) < 1e-5 * float(tf.norm(first.gradient))


def test_whether_they_count_is_looked_at_ever_more_seldom() -> None:
    looks = [made for made in range(200) if _is_looked_at(made)]
    assert looks == [0, EARLY, *(PERIOD * 2**k for k in range(5))]
