"""The deepest terms are evaluated less often if they are small, and always if they are not."""

import numpy as np
import pytest
import tensorflow as tf

from shared.settings import StyleSettings
from tests.worker.engine.loss.test_losses import objective
from tests.worker.engine.pictures import painting, photograph
from worker.engine.image import centred
from worker.engine.loss.deep_layer_reuse import DeepLayerReuse, is_checked
from worker.engine.loss.gradients import Evaluation
from worker.engine.loss.objective import Objective
from worker.engine.loss.term import Targets
from worker.engine.vgg19.layers import Weights

CONTENT, STYLE = photograph(96, 64), painting(96, 64)
MIXED = 0.6 * CONTENT + 0.4 * STYLE
EVALUATIONS = 20


class Watched:
    """An objective that records which evaluations it makes."""

    has_deep_part = True

    def __init__(self, real: Objective) -> None:
        self._real = real
        self.asked: list[str] = []

    def evaluate(self, image: tf.Tensor, targets: Targets, side: int | None) -> Evaluation:
        self.asked.append("all")
        return self._real.evaluate(image, targets, side)

    def evaluate_near(self, image: tf.Tensor, targets: Targets, side: int | None) -> Evaluation:
        self.asked.append("near")
        return self._real.evaluate_near(image, targets, side)

    def evaluate_parts(
        self, image: tf.Tensor, targets: Targets, side: int | None
    ) -> list[Evaluation]:
        self.asked.append("parts")
        return self._real.evaluate_parts(image, targets, side)


@pytest.fixture(scope="module")
def real(weights: Weights) -> Objective:
    return objective(weights)


def asked(real: Objective, settings: StyleSettings) -> list[str]:
    watched = Watched(real)
    targets = real.targets(centred(CONTENT), [centred(STYLE)], settings)
    evaluate = DeepLayerReuse(watched, targets, EVALUATIONS)  # type: ignore[arg-type] # it is one in use
    for _ in range(EVALUATIONS):
        evaluate(centred(MIXED))
    return watched.asked


def test_the_parts_are_the_whole(real: Objective) -> None:
    targets = real.targets(centred(CONTENT), [centred(STYLE)], StyleSettings())
    whole = real.evaluate(centred(MIXED), targets)
    near, far = real.evaluate_parts(centred(MIXED), targets)
    np.testing.assert_allclose(near.losses + far.losses, whole.losses, rtol=1e-5)
    difference = tf.norm(near.gradient + far.gradient - whole.gradient)
    assert float(difference) < 1e-5 * float(tf.norm(whole.gradient))
    alone = real.evaluate_near(centred(MIXED), targets)
    np.testing.assert_allclose(alone.losses, near.losses, rtol=1e-5)


def test_deep_terms_that_hardly_count_are_evaluated_every_tenth_time_and_last(
    real: Objective,
) -> None:
    reported = asked(real, StyleSettings())
    full = {0, 3, 10}
    expected = ["parts" if each in full else "near" for each in range(EVALUATIONS - 1)]
    assert reported == [*expected, "all"]


def test_deep_terms_that_count_are_evaluated_every_time(real: Objective) -> None:
    assert "near" not in asked(real, StyleSettings(content_weight=1e-3))


def test_what_is_reused_enters_losses_and_gradient(real: Objective) -> None:
    """Held against the whole evaluation, which does not go through the parts."""
    targets = real.targets(centred(CONTENT), [centred(STYLE)], StyleSettings())
    whole = real.evaluate(centred(MIXED), targets)
    evaluate = DeepLayerReuse(real, targets, EVALUATIONS)
    for _ in range(2):  # in parts, then with the deep part reused
        losses, gradient = evaluate(centred(MIXED))
        np.testing.assert_allclose(losses, whole.losses, rtol=1e-5)
        difference = tf.norm(gradient - whole.gradient)
        assert float(difference) < 1e-5 * float(tf.norm(whole.gradient))


def test_what_is_reused_is_evaluated_again_after_a_period(real: Objective) -> None:
    """Where no check is due, too: at 30 evaluations."""
    targets = real.targets(centred(CONTENT), [centred(STYLE)], StyleSettings())
    watched = Watched(real)
    evaluate = DeepLayerReuse(watched, targets, 50)  # type: ignore[arg-type] # it is one in use
    for _ in range(32):
        evaluate(centred(MIXED))
    assert not is_checked(30)
    assert watched.asked[29:32] == ["near", "parts", "near"]


def test_whether_they_count_is_checked_ever_more_seldom() -> None:
    looks = [made for made in range(200) if is_checked(made)]
    assert looks == [0, 3, 10, 20, 40, 80, 160]
