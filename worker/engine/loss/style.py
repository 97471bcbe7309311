"""The style term: squared differences of Gram matrices, as in the Keras example."""

from collections.abc import Callable, Mapping

import tensorflow as tf

from shared.settings import StyleSettings
from worker.engine.loss.metric import Metric, along_its_axes
from worker.engine.loss.term import Fixed, Term, widened


class Style(Term):
    """For each style layer, the squared difference of the image's and the style's Gram matrix.

    Several styles count equally. The slope uses the metric of `metric`, which does not change this
    term's minimum.
    """

    name = "style"
    reads_style = True

    def __init__(self, metric: Callable[[tf.Tensor], Metric] = along_its_axes) -> None:
        self._metric = metric

    def layers(self, settings: StyleSettings) -> Mapping[str, float]:
        """Return the style layers with their relative weights."""
        total = sum(settings.style_layers.values())
        return {layer: weight / total for layer, weight in settings.style_layers.items()}

    def statistic(
        self,
        activations: tf.Tensor,
        content: tf.Tensor | None = None,
    ) -> tf.Tensor:
        """Return the Gram matrix (c, c)."""
        return gram_matrix(activations)

    def target(self, statistics: tf.Tensor | None) -> Fixed:
        """Return the styles' mean Gram matrix, their mean squared distance from it, the metric."""
        gram = tf.reduce_mean(statistics, axis=0)
        spread = tf.reduce_mean(tf.reduce_sum(tf.square(statistics - gram), axis=(1, 2)))
        return {"gram": gram, "spread": spread, "metric": self._metric(gram)}

    def factor(self, pixels: int, scale: float) -> float:
        """Return 1 / (4 · 3² · pixels²).

        The Keras example divides by the image's size and its three channels, not by the layer's.
        The same is done here, so that weights have the same effect.
        """
        return 1 / (4 * 3**2 * pixels**2)

    def loss(self, statistic: tf.Tensor, target: Fixed) -> tf.Tensor:
        """Return the mean over the styles of the squared difference."""
        return tf.reduce_sum(tf.square(statistic - target["gram"])) + target["spread"]

    def slope(self, statistic: tf.Tensor, target: Fixed) -> tf.Tensor:
        """Return the derivative, weighted by the metric."""
        return 2 * target["metric"].weigh(statistic - target["gram"])

    def mean_square_slope(
        self, statistic: tf.Tensor, slope: tf.Tensor, layer_stride: int
    ) -> tf.Tensor:
        """Return the mean square of 2 · F · slope, the gradient of activations F."""
        squares = 4.0 * tf.reduce_sum(tf.matmul(statistic, slope) * slope)
        return squares * layer_stride**2 / statistic.shape[-1]


@tf.custom_gradient
def gram_matrix(activations: tf.Tensor) -> tuple[tf.Tensor, Callable[[tf.Tensor], tf.Tensor]]:
    """Sum over positions the products of each pair of channels: (1, h, w, c) to (c, c).

    The sum is at least float32. Its gradient is computed in the activations' precision, like the
    convolutions', and with one product; automatic differentiation would use two.
    """
    features = tf.reshape(activations, (-1, activations.shape[-1]))  # (h·w, c)
    wide = widened(features)

    def gradient(upstream: tf.Tensor) -> tf.Tensor:
        symmetric = tf.cast(upstream + tf.transpose(upstream), features.dtype)
        return tf.reshape(tf.matmul(features, symmetric), tf.shape(activations))

    return tf.matmul(wide, wide, transpose_a=True), gradient
