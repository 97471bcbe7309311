"""What is minimised: the weighted losses of an image against fixed targets, and their gradient."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import keras
import tensorflow as tf

from shared.settings import StyleSettings
from worker.engine.losses import (
    content_loss,
    gram_matrix,
    positions,
    style_loss,
    total_variation_loss,
)

Grams = dict[str, tf.Tensor]


class Targets(NamedTuple):
    """What stays fixed while the image changes, with the weight of each part."""

    grams: list[Grams]  # for each style image, layer to (c, c)
    content: tf.Tensor  # (1, h, w, c)
    style_weights: Grams  # layer to a scalar
    content_weight: tf.Tensor
    tv_weight: tf.Tensor


class Objective:
    """The loss of images of any size, read from one network."""

    def __init__(
        self, network: keras.Model, style_layers: Collection[str], content_layer: str
    ) -> None:
        self.network = network
        self.style_layers = sorted(style_layers)
        self.content_layer = content_layer

    def targets(
        self,
        content: tf.Tensor,
        styles: Sequence[tf.Tensor],
        settings: StyleSettings,
        scale: float = 1.0,
    ) -> Targets:
        """Compute once what stays fixed.

        Args:
            content: (1, rows, columns, 3), centred B, G, R, of the result's shape.
            styles: one or more (1, r, c, 3).
            settings: the weights.
            scale: factor on the content's and the total variation's weight. These terms are sums
                over pixels and shrink with the image, where the style's term does not.
        """
        dtype = content.dtype
        features = self._features(content)
        total = sum(settings.style_layers.values())
        return Targets(
            grams=[self._grams(style, features) for style in styles],
            content=features[self.content_layer],
            style_weights={
                layer: tf.constant(settings.style_weight * weight / total / len(styles), dtype)
                for layer, weight in settings.style_layers.items()
            },
            content_weight=tf.constant(settings.content_weight * scale, dtype),
            tv_weight=tf.constant(settings.tv_weight * scale, dtype),
        )

    @tf.function(reduce_retracing=True)
    def evaluate(self, image: tf.Tensor, targets: Targets) -> tuple[tf.Tensor, tf.Tensor]:
        """Return the losses (style, content, total variation) and the gradient of their sum.

        Args:
            image: (1, rows, columns, 3), centred B, G, R.
            targets: what it is held against.

        Returns:
            (3,) and (1, rows, columns, 3).
        """
        with tf.GradientTape() as tape:
            tape.watch(image)
            features = self.network(image)
            losses = tf.stack(
                [
                    self._style(features, targets, tf.size(image) / 3),
                    targets.content_weight
                    * content_loss(features[self.content_layer], targets.content),
                    targets.tv_weight * total_variation_loss(image),
                ]
            )
            total = tf.reduce_sum(losses)
        return losses, tape.gradient(total, image)

    def _style(
        self, features: Mapping[str, tf.Tensor], targets: Targets, pixels: tf.Tensor
    ) -> tf.Tensor:
        pixels = tf.cast(pixels, targets.tv_weight.dtype)
        grams = {layer: gram_matrix(features[layer]) for layer in self.style_layers}
        return tf.add_n(
            [
                targets.style_weights[layer] * style_loss(grams[layer], style[layer], pixels)
                for style in targets.grams
                for layer in self.style_layers
            ]
        )

    @tf.function(reduce_retracing=True)
    def _features(self, image: tf.Tensor) -> dict[str, tf.Tensor]:
        return self.network(image)

    def _grams(self, style: tf.Tensor, result: Mapping[str, tf.Tensor]) -> Grams:
        features = self._features(style)
        return {
            layer: gram_matrix(features[layer]) * _ratio(result[layer], features[layer])
            for layer in self.style_layers
        }


def _ratio(result: tf.Tensor, style: tf.Tensor) -> tf.Tensor:
    # A Gram matrix is a sum: a style of another shape counts as if it had the result's positions.
    return tf.cast(positions(result) / positions(style), result.dtype)
