"""PyTorch, if it is installed, minimises the same objective as the engine."""

import numpy as np
import pytest
import tensorflow as tf

from bench.channels_last import ChannelsLast, _gram
from bench.faithful import SETTINGS
from bench.pairs import pair
from bench.plain import Plain, preprocessed
from worker.engine.vgg19.layers import Weights

pytest.importorskip(
    "torch", reason="PyTorch is not a dependency; it is measured if it is installed"
)


def test_loss_and_gradient_equal_those_of_keras(weights: Weights) -> None:
    images, theirs, plain = pair(1, 48), ChannelsLast(weights), Plain(weights)
    mixed = (0.7 * images.content + 0.3 * images.style).astype(np.float32)
    style = theirs.features(theirs.image(images.style))
    grams = {layer: _gram(style[layer]) for layer in SETTINGS.style_layers}
    content = theirs.features(theirs.image(images.content))[SETTINGS.content_layer]
    image = theirs.image(mixed).requires_grad_()
    loss = theirs.loss(image, content, grams)
    loss.backward()
    expected, gradient = plain.loss_and_gradient(preprocessed(mixed), plain.fixed(images))
    assert loss.item() == pytest.approx(float(expected), rel=1e-3)
    difference = image.grad.permute(0, 2, 3, 1).numpy() - gradient.numpy()
    assert np.linalg.norm(difference) < 1e-3 * float(tf.norm(gradient))


def test_it_stops_at_the_first_evaluation_that_reaches_the_loss(weights: Weights) -> None:
    images, theirs = pair(1, 48), ChannelsLast(weights)
    start = theirs.minimise(images, loss=0, most=1)[0].loss
    curve = theirs.minimise(images, loss=0.95 * start)
    assert [point.loss <= 0.95 * start for point in curve] == [False] * (len(curve) - 1) + [True]
