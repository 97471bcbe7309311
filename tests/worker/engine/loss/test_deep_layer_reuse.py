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
        self.calls: list[str] = []

    def evaluate(self, image: tf.Tensor, targets: Targets, side: int | None) -> Evaluation:
        self.calls.append("all")
        return self._real.evaluate(image, targets, side)

    def evaluate_near(self, image: tf.Tensor, targets: Targets, side: int | None) -> Evaluation:
        self.calls.append("near")
        return self._real.evaluate_near(image, targets, side)

    def evaluate_parts(
        self, image: tf.Tensor, targets: Targets, side: int | None
    ) -> list[Evaluation]:
        self.calls.append("parts")
        return self._real.evaluate_parts(image, targets, side)


@pytest.fixture(scope="module")
def real(weights: Weights) -> Objective:
    return objective(weights)


def calls_of(real: Objective, settings: StyleSettings) -> list[str]:
    watched = Watched(real)
    targets = real.targets(centred(CONTENT), [centred(STYLE)], settings)
    evaluate = DeepLayerReuse(watched, targets, EVALUATIONS)  # type: ignore[arg-type] # same methods
    for _ in range(EVALUATIONS):
        evaluate(centred(MIXED))
    return watched.calls


def test_the_parts_add_up_to_the_whole(real: Objective) -> None:
    targets = real.targets(centred(CONTENT), [centred(STYLE)], StyleSettings())
    whole = real.evaluate(centred(MIXED), targets)
    near, far = real.evaluate_parts(centred(MIXED), targets)
    np.testing.assert_allclose(near.losses + far.losses, whole.losses, rtol=1e-5)
    difference = tf.norm(near.gradient + far.gradient - whole.gradient)
    assert float(difference) < 1e-5 * float(tf.norm(whole.gradient))
    alone = real.evaluate_near(centred(MIXED), targets)
    np.testing.assert_allclose(alone.losses, near.losses, rtol=1e-5)


def test_small_deep_terms_are_evaluated_every_tenth_time_and_at_the_end(
    real: Objective,
) -> None:
    reported = calls_of(real, StyleSettings())
    full = {0, 3, 10}
    expected = ["parts" if each in full else "near" for each in range(EVALUATIONS - 1)]
    assert reported == [*expected, "all"]


def test_large_deep_terms_are_evaluated_every_time(real: Objective) -> None:
    assert "near" not in calls_of(real, StyleSettings(content_weight=1e-3))


def test_reused_terms_are_part_of_losses_and_gradient(real: Objective) -> None:
    """Compared with the whole evaluation, which does not use the parts."""
    targets = real.targets(centred(CONTENT), [centred(STYLE)], StyleSettings())
    whole = real.evaluate(centred(MIXED), targets)
    evaluate = DeepLayerReuse(real, targets, EVALUATIONS)
    for _ in range(2):  # first in parts, then with the deep part reused
        losses, gradient = evaluate(centred(MIXED))
        np.testing.assert_allclose(losses, whole.losses, rtol=1e-5)
        difference = tf.norm(gradient - whole.gradient)
        assert float(difference) < 1e-5 * float(tf.norm(whole.gradient))


def test_reused_terms_are_evaluated_again_after_a_period(real: Objective) -> None:
    """Even if no check is due, as at evaluation 30."""
    targets = real.targets(centred(CONTENT), [centred(STYLE)], StyleSettings())
    watched = Watched(real)
    evaluate = DeepLayerReuse(watched, targets, 50)  # type: ignore[arg-type] # same methods
    for _ in range(32):
        evaluate(centred(MIXED))
    assert not is_checked(30)
    assert watched.calls[29:32] == ["near", "parts", "near"]


def test_checks_become_less_frequent() -> None:
    looks = [made for made in range(200) if is_checked(made)]
    assert looks == [0, 3, 10, 20, 40, 80, 160]
