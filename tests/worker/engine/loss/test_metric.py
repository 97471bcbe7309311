"""The metric gives a style's axes similar curvature and keeps its minimum."""

import numpy as np
import pytest
import tensorflow as tf

from shared.settings import StyleSettings
from tests.worker.engine.loss.test_losses import objective
from tests.worker.engine.pictures import painting, photograph
from worker.engine.image import centred
from worker.engine.loss.metric import Matrix, along_its_axes, unweighted
from worker.engine.vgg19.layers import Weights


def gram_with(eigenvalues: list[float]) -> tf.Tensor:
    axes, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(len(eigenvalues),) * 2))
    return tf.constant((axes * eigenvalues) @ axes.T)


def weights_of(gram: tf.Tensor) -> tuple[Matrix, Matrix]:
    """Return the eigenvalues of a Gram matrix, and the metric's weights of pairs of axes."""
    eigenvalues, axes = np.linalg.eigh(gram.numpy())
    metric = along_its_axes(gram)

    def weight(one: Matrix, other: Matrix) -> float:
        pair = np.outer(one, other) + np.outer(other, one)
        return float(np.sum(pair * metric.weigh(tf.constant(pair))) / np.sum(pair**2))

    return eigenvalues, np.array([[weight(one, other) for other in axes.T] for one in axes.T])


def test_without_weights_nothing_changes() -> None:
    difference = tf.random.stateless_normal((4, 4), seed=(1, 2))
    np.testing.assert_array_equal(unweighted(difference).weigh(difference), difference)


def test_the_weight_of_each_pair_of_axes_follows_from_its_eigenvalues() -> None:
    eigenvalues, weights = weights_of(gram_with([1.0, 10.0, 100.0, 1000.0]))
    spread = np.add.outer(eigenvalues, eigenvalues) / 1000
    np.testing.assert_allclose(weights, 0.12 * (2 + 0.05) / (spread + 0.05), rtol=1e-6)


def test_all_but_the_largest_axes_have_the_same_weight() -> None:
    large = list(np.geomspace(1000, 100, 8))
    _, weights = weights_of(gram_with([0.1, 0.2, 0.3, *large]))
    np.testing.assert_allclose(weights[:3, :3], 0.12 * (2 + 0.05) / 0.05, rtol=1e-3)


def test_the_weighted_difference_is_a_gradient() -> None:
    gram = gram_with(list(np.geomspace(1, 1000, 16)))
    metric, rng = along_its_axes(gram), np.random.default_rng(3)
    one, other = (each + each.T for each in rng.normal(size=(2, *gram.shape)))
    forth, back = np.sum(one * metric.weigh(other)), np.sum(other * metric.weigh(one))
    assert forth == pytest.approx(back)  # the weighting is symmetric
    assert np.sum(one * metric.weigh(one)) > 0


def test_a_style_of_one_colour_has_a_finite_metric() -> None:
    metric = along_its_axes(tf.zeros((3, 3)))
    assert all(np.isfinite(each).all() for each in metric)


def test_the_reported_losses_do_not_depend_on_the_metric(weights: Weights) -> None:
    content, style = centred(photograph(48, 32)), centred(painting(48, 32))
    ours = objective(weights)
    targets = ours.targets(content, [style], StyleSettings())
    weighted, plain = (ours.evaluate(content, each) for each in (targets, ours.plain(targets)))
    np.testing.assert_allclose(weighted.losses, plain.losses, rtol=1e-6)
    assert float(tf.norm(weighted.gradient - plain.gradient)) > 0


def test_targets_without_a_metric_are_plain_already(weights: Weights) -> None:
    settings = StyleSettings(style_weight=0, moments_weight=1)
    content, style = centred(photograph(48, 32)), centred(painting(48, 32))
    ours = objective(weights, settings=settings)
    targets = ours.targets(content, [style], settings)
    assert ours.plain(targets) is targets


def test_an_image_that_matches_the_style_has_no_gradient(weights: Weights) -> None:
    settings = StyleSettings(content_weight=0, tv_weight=0)
    ours, style = objective(weights), centred(painting(48, 32))
    away, met = (
        ours.evaluate(image, ours.targets(style, [style], settings)).gradient
        for image in (centred(photograph(48, 32)), style)
    )
    assert float(tf.norm(met)) < 1e-4 * float(tf.norm(away))
