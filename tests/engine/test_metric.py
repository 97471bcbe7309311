"""The metric makes a style's axes alike and leaves its minimum where it is."""

import numpy as np
import pytest
import tensorflow as tf

from shared.settings import StyleSettings
from tests.engine.pictures import painting, photograph
from tests.engine.test_losses import objective
from worker.engine.architecture import Weights
from worker.engine.metric import DAMPING, SHARE, along_its_axes, plain
from worker.engine.pixels import centred


def gram_with(eigenvalues: list[float]) -> tf.Tensor:
    axes, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(len(eigenvalues),) * 2))
    return tf.constant((axes * eigenvalues) @ axes.T)


def test_the_plain_metric_changes_nothing() -> None:
    difference = tf.random.stateless_normal((4, 4), seed=(1, 2))
    np.testing.assert_array_equal(plain(difference).apply(difference), difference)


def test_each_axis_has_the_weight_that_its_eigenvalue_asks_for() -> None:
    gram = gram_with([1.0, 10.0, 1000.0])
    metric = along_its_axes(gram)
    for axis, eigenvalue in zip(tf.transpose(metric.axes), [1.0, 10.0, 1000.0], strict=True):
        along = tf.tensordot(axis, axis, 0)
        weighed = float(tf.reduce_sum(metric.apply(along) ** 2))
        expected = SHARE * (2 + DAMPING) / (2 * eigenvalue / 1000 + DAMPING)
        assert weighed == pytest.approx(expected, rel=1e-6)


def test_a_style_of_one_colour_has_a_finite_metric() -> None:
    assert np.isfinite(along_its_axes(tf.zeros((3, 3))).weights).all()


def test_the_losses_are_told_plain_whatever_the_metric(weights: Weights) -> None:
    ours, content, style = (
        objective(weights),
        centred(photograph(48, 32)),
        centred(painting(48, 32)),
    )
    told = [
        ours.evaluate(content, ours.targets(content, [style], StyleSettings(), metric=metric))
        for metric in (plain, along_its_axes)
    ]
    np.testing.assert_allclose(told[0].losses, told[1].losses, rtol=1e-6)
    assert float(tf.norm(told[0].gradient - told[1].gradient)) > 0


def test_where_the_style_is_met_there_is_nothing_to_descend(weights: Weights) -> None:
    settings = StyleSettings(content_weight=0, tv_weight=0)
    ours, style = objective(weights), centred(painting(48, 32))
    away, met = (
        ours.evaluate(image, ours.targets(style, [style], settings)).gradient
        for image in (centred(photograph(48, 32)), style)
    )
    assert float(tf.norm(met)) < 1e-4 * float(tf.norm(away))
