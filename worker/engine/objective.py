"""What is minimised: the weighted losses of an image against fixed targets, and their gradient."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
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
from worker.engine.metric import Metric, along_its_axes

ByLayer = dict[str, tf.Tensor]
DEEPEST_BLOCK = "block5"


class Targets(NamedTuple):
    """What stays fixed while the image changes, with the weight of each part."""

    grams: ByLayer  # layer to the mean Gram matrix of the styles, (c, c)
    disagreement: ByLayer  # layer to the mean of their squared distances from it, a scalar
    metrics: dict[str, Metric]
    content: tf.Tensor  # (1, h, w, c)
    style_weights: ByLayer  # layer to a scalar
    content_weight: tf.Tensor
    tv_weight: tf.Tensor


class Evaluation(NamedTuple):
    """An image's losses, and the gradient to descend by."""

    losses: tf.Tensor  # (3,): style, content, total variation
    gradient: tf.Tensor  # (1, rows, columns, 3)


class Objective:
    """The loss of images of any size, read from one network and traced once for all of them.

    Style differences are descended in the targets' metric and reported plain. The terms can be
    evaluated in two parts: those read from `DEEPEST_BLOCK` (far), and all others (near), for which
    the network's last third is not needed.
    """

    def __init__(
        self, network: keras.Model, style_layers: Collection[str], content_layer: str
    ) -> None:
        self._style_layers = sorted(style_layers)
        self._content_layer = content_layer
        self._network = network
        read = {*style_layers, content_layer}
        self._far = {layer for layer in read if layer.startswith(DEEPEST_BLOCK)}
        self._near = read - self._far
        self.has_parts = bool(self._near and self._far)
        image = tf.TensorSpec((1, None, None, 3), network.inputs[0].dtype)
        spec = [image, self._targets_spec(image.dtype)]
        self._features = tf.function(network, input_signature=[image])
        self._evaluate = tf.function(partial(self._through, network), input_signature=spec)
        if self.has_parts:
            near = {layer: network.get_layer(layer).output for layer in self._near}
            shorter = keras.Model(network.inputs, near)
            self._evaluate_near = tf.function(partial(self._through, shorter), input_signature=spec)
            self._evaluate_apart = tf.function(self._both_parts, input_signature=spec)

    def targets(
        self,
        content: tf.Tensor,
        styles: Sequence[tf.Tensor],
        settings: StyleSettings,
        scale: float = 1.0,
        metric: Callable[[tf.Tensor], Metric] = along_its_axes,
    ) -> Targets:
        """Compute once what stays fixed.

        Args:
            content: (1, rows, columns, 3), centred B, G, R, of the result's shape.
            styles: one or more (1, r, c, 3); they count alike.
            settings: the weights.
            scale: factor on the content's and the total variation's weight.
            metric: what the gradient weighs differences of Gram matrices by.
        """
        dtype = content.dtype
        features = self._features(content)
        total = sum(settings.style_layers.values())
        each = self._grams(styles, features)  # (styles, c, c)
        grams = {layer: tf.reduce_mean(stack, axis=0) for layer, stack in each.items()}
        return Targets(
            grams=grams,
            disagreement={
                layer: tf.reduce_sum(tf.square(stack - grams[layer])) / len(styles)
                for layer, stack in each.items()
            },
            metrics={layer: metric(gram) for layer, gram in grams.items()},
            content=features[self._content_layer],
            style_weights={
                layer: tf.constant(settings.style_weight * weight / total, dtype)
                for layer, weight in settings.style_layers.items()
            },
            content_weight=tf.constant(settings.content_weight * scale, dtype),
            tv_weight=tf.constant(settings.tv_weight * scale, dtype),
        )

    def evaluate(self, image: tf.Tensor, targets: Targets) -> Evaluation:
        """Return the losses of an image (1, rows, columns, 3), centred B, G, R, held to targets."""
        return self._evaluate(image, targets)

    def evaluate_near(self, image: tf.Tensor, targets: Targets) -> Evaluation:
        """Return the same of all terms but those read from the deepest block."""
        return self._evaluate_near(image, targets)

    def evaluate_apart(self, image: tf.Tensor, targets: Targets) -> tuple[Evaluation, Evaluation]:
        """Return the near terms' losses and gradient, and the far ones'."""
        return self._evaluate_apart(image, targets)

    def _through(self, network: keras.Model, image: tf.Tensor, targets: Targets) -> Evaluation:
        with tf.GradientTape() as tape:
            tape.watch(image)
            losses, descended = self._with_variation(
                *self._terms(network(image), image, targets), image, targets
            )
        return Evaluation(losses, tape.gradient(descended, image))

    def _both_parts(self, image: tf.Tensor, targets: Targets) -> tuple[Evaluation, Evaluation]:
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(image)
            features = self._network(image)
            near, far = (
                self._terms({layer: features[layer] for layer in part}, image, targets)
                for part in (self._near, self._far)
            )
            near = self._with_variation(*near, image, targets)
        return (
            Evaluation(near[0], tape.gradient(near[1], image)),
            Evaluation(far[0], tape.gradient(far[1], image)),
        )

    def _terms(
        self, features: Mapping[str, tf.Tensor], image: tf.Tensor, targets: Targets
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Return the losses that `features` tell of, and the scalar that is descended for them."""
        pixels = tf.cast(tf.size(image) / 3, image.dtype)
        style = content = descended = tf.zeros((), image.dtype)
        for layer in self._style_layers:
            if layer in features:
                weight, metric = targets.style_weights[layer], targets.metrics[layer]
                difference = gram_matrix(features[layer]) - targets.grams[layer]
                apart = targets.disagreement[layer] / (4.0 * 3.0**2 * tf.square(pixels))
                style += weight * (style_loss(difference, pixels) + apart)
                descended += weight * style_loss(metric.apply(difference), pixels)
        if self._content_layer in features:
            activations = features[self._content_layer]
            content = targets.content_weight * content_loss(activations, targets.content)
        return tf.stack([style, content, tf.zeros_like(style)]), descended + content

    def _with_variation(
        self, losses: tf.Tensor, descended: tf.Tensor, image: tf.Tensor, targets: Targets
    ) -> tuple[tf.Tensor, tf.Tensor]:
        variation = targets.tv_weight * total_variation_loss(image)
        return losses + tf.stack(
            [tf.zeros_like(variation)] * 2 + [variation]
        ), descended + variation

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

        square = tf.TensorSpec((None, None), dtype)
        activations = self._network.output[self._content_layer].dtype
        return Targets(
            grams=by_layer(None, None),
            disagreement=by_layer(),
            metrics={layer: Metric(square, square) for layer in self._style_layers},
            content=tf.TensorSpec((1, None, None, None), activations),
            style_weights=by_layer(),
            content_weight=tf.TensorSpec((), dtype),
            tv_weight=tf.TensorSpec((), dtype),
        )


def _ratio(result: tf.Tensor, style: tf.Tensor) -> tf.Tensor:
    # A Gram matrix is a sum: a style of another shape counts as if it had the result's positions.
    wide = tf.float64 if result.dtype == tf.float64 else tf.float32
    return tf.cast(positions(result) / positions(style), wide)
