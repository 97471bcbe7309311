"""The same objective without the engine's code: Keras, a gradient tape, float32.

The strong baseline minimises it, and a test compares the engine's own objective with it.
"""

from typing import NamedTuple

import keras
import tensorflow as tf

from bench.faithful import SETTINGS
from bench.pairs import Pair
from worker.engine.vgg19.layers import Weights

Features = dict[str, tf.Tensor]


class Fixed(NamedTuple):
    """The fixed targets, computed once."""

    content: tf.Tensor  # (1, h, w, c)
    grams: Features  # layer to (c, c)


class Plain:
    """The Keras example's loss and its gradient."""

    def __init__(self, trained: Weights) -> None:
        network = keras.applications.VGG19(weights=None, include_top=False)
        for layer, arrays in trained.items():
            network.get_layer(layer).set_weights(arrays)
        layers = {*SETTINGS.style_layers, SETTINGS.content_layer}
        outputs = {layer: network.get_layer(layer).output for layer in layers}
        self._features = tf.function(keras.Model(network.inputs[0], outputs))

    def fixed(self, images: Pair) -> Fixed:
        """Compute the content's activations and the style's Gram matrices."""
        content, style = (self._features(preprocessed(image)) for image in images[1:])
        return Fixed(
            content[SETTINGS.content_layer],
            {layer: _gram(style[layer]) for layer in SETTINGS.style_layers},
        )

    @tf.function
    def loss_and_gradient(self, image: tf.Tensor, fixed: Fixed) -> tuple[tf.Tensor, tf.Tensor]:
        """Return the loss of (1, rows, columns, 3), centred B, G, R, and its gradient."""
        with tf.GradientTape() as tape:
            tape.watch(image)
            loss = self._loss(image, fixed)
        return loss, tape.gradient(loss, image)

    def _loss(self, image: tf.Tensor, fixed: Fixed) -> tf.Tensor:
        features = self._features(image)
        pixels = image.shape[1] * image.shape[2]
        difference = features[SETTINGS.content_layer] - fixed.content
        loss = SETTINGS.content_weight * tf.reduce_sum(difference**2)
        for layer, gram in fixed.grams.items():
            distance = tf.reduce_sum((_gram(features[layer]) - gram) ** 2)
            weight = SETTINGS.style_weight / len(fixed.grams)
            loss += weight * distance / (4.0 * 3**2 * pixels**2)
        return loss + SETTINGS.tv_weight * _variation(image)


def preprocessed(image: tf.Tensor) -> tf.Tensor:
    """Turn (rows, columns, 3), R, G, B, into (1, rows, columns, 3), centred B, G, R."""
    return tf.constant(keras.applications.vgg19.preprocess_input(image[None].copy()))


def _gram(activations: tf.Tensor) -> tf.Tensor:
    features = tf.reshape(activations, (-1, activations.shape[-1]))
    return tf.matmul(features, features, transpose_a=True)


def _variation(image: tf.Tensor) -> tf.Tensor:
    down = (image[:, :-1, :-1] - image[:, 1:, :-1]) ** 2
    right = (image[:, :-1, :-1] - image[:, :-1, 1:]) ** 2
    return tf.reduce_sum((down + right) ** 1.25)
