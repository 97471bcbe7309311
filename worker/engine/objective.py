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

ByLayer = dict[str, tf.Tensor]


class Targets(NamedTuple):
    """What stays fixed while the image changes, with the weight of each part."""

    grams: ByLayer  # layer to the Gram matrices of all styles, (styles, c, c)
    content: tf.Tensor  # (1, h, w, c)
    style_weights: ByLayer  # layer to a scalar
    content_weight: tf.Tensor
    tv_weight: tf.Tensor


class Objective:
    """The loss of images of any size, read from one network and traced once."""

    def __init__(
        self, network: keras.Model, style_layers: Collection[str], content_layer: str
    ) -> None:
        self._network = network
        self._style_layers = sorted(style_layers)
        self._content_layer = content_layer
        image = tf.TensorSpec((1, None, None, 3), network.inputs[0].dtype)
        self._features = tf.function(network, input_signature=[image])
        self._evaluate = tf.function(
            self._losses_and_gradient, input_signature=[image, self._targets_spec(image.dtype)]
        )

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
            scale: factor on the content's and the total variation's weight.
        """
        dtype = content.dtype
        features = self._features(content)
        total = sum(settings.style_layers.values())
        return Targets(
            grams=self._grams(styles, features),
            content=features[self._content_layer],
            style_weights={
                layer: tf.constant(settings.style_weight * weight / total / len(styles), dtype)
                for layer, weight in settings.style_layers.items()
            },
            content_weight=tf.constant(settings.content_weight * scale, dtype),
            tv_weight=tf.constant(settings.tv_weight * scale, dtype),
        )

    def evaluate(self, image: tf.Tensor, targets: Targets) -> tuple[tf.Tensor, tf.Tensor]:
        """Return the losses (style, content, total variation) and the gradient of their sum.

        Args:
            image: (1, rows, columns, 3), centred B, G, R.
            targets: what it is held against.

        Returns:
            (3,) and (1, rows, columns, 3).
        """
        return self._evaluate(image, targets)

    def _losses_and_gradient(
        self, image: tf.Tensor, targets: Targets
    ) -> tuple[tf.Tensor, tf.Tensor]:
        with tf.GradientTape() as tape:
            tape.watch(image)
            features = self._network(image)
            losses = tf.stack(
                [
                    self._style(features, targets, tf.size(image) / 3),
                    targets.content_weight
                    * content_loss(features[self._content_layer], targets.content),
                    targets.tv_weight * total_variation_loss(image),
                ]
            )
            total = tf.reduce_sum(losses)
        return losses, tape.gradient(total, image)

    def _style(
        self, features: Mapping[str, tf.Tensor], targets: Targets, pixels: tf.Tensor
    ) -> tf.Tensor:
        pixels = tf.cast(pixels, targets.tv_weight.dtype)
        return tf.add_n(
            [
                targets.style_weights[layer]
                * style_loss(gram_matrix(features[layer]), targets.grams[layer], pixels)
                for layer in self._style_layers
            ]
        )

    def _grams(self, styles: Sequence[tf.Tensor], result: Mapping[str, tf.Tensor]) -> ByLayer:
        features = [self._features(style) for style in styles]
        return {
            layer: tf.stack(
                [gram_matrix(each[layer]) * _ratio(result[layer], each[layer]) for each in features]
            )
            for layer in self._style_layers
        }

    def _targets_spec(self, dtype: tf.DType) -> Targets:
        def by_layer(*shape: int | None) -> ByLayer:
            return {layer: tf.TensorSpec(shape, dtype) for layer in self._style_layers}

        return Targets(
            grams=by_layer(None, None, None),
            content=tf.TensorSpec((1, None, None, None), dtype),
            style_weights=by_layer(),
            content_weight=tf.TensorSpec((), dtype),
            tv_weight=tf.TensorSpec((), dtype),
        )


def _ratio(result: tf.Tensor, style: tf.Tensor) -> tf.Tensor:
    # A Gram matrix is a sum: a style of another shape counts as if it had the result's positions.
    return tf.cast(positions(result) / positions(style), result.dtype)
