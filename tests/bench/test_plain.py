"""The strong baseline minimises the same objective as the engine."""

import numpy as np
import pytest
import tensorflow as tf

from bench.baseline import minimise
from bench.faithful import faithful
from bench.pairs import pair
from bench.plain import Plain, preprocessed
from worker.engine.vgg19.layers import Weights


@pytest.fixture(scope="module")
def plain(weights: Weights) -> Plain:
    return Plain(weights)


def test_the_plain_objective_equals_that_of_the_engine(weights: Weights, plain: Plain) -> None:
    images = pair(1, 48)
    noise = np.random.default_rng(0).normal(0, 12, images.content.shape)
    image = preprocessed((0.7 * images.content + 0.3 * images.style + noise).astype(np.float32))
    losses, slope = faithful(images, weights)(image)
    loss, gradient = plain.loss_and_gradient(image, plain.fixed(images))
    assert float(loss) == pytest.approx(float(tf.reduce_sum(losses)), rel=1e-3)
    np.testing.assert_allclose(gradient, slope, atol=1e-3 * np.abs(slope).max())


def test_the_baseline_stops_at_the_first_evaluation_that_reaches_the_loss(plain: Plain) -> None:
    images = pair(1, 48)
    start = minimise(plain, images, loss=0, most=1)[0].loss
    curve = minimise(plain, images, loss=0.95 * start)
    assert [point.evaluation for point in curve] == list(range(1, len(curve) + 1))
    assert [point.loss <= 0.95 * start for point in curve] == [False] * (len(curve) - 1) + [True]
