"""The style term: squared differences of Gram matrices, as in the Keras example."""

from collections.abc import Callable, Mapping, Sequence

import tensorflow as tf

from shared.settings import StyleSettings
from worker.engine.loss.metric import along_its_axes, unweighted
from worker.engine.loss.term import Fixed, Scaling, Term, blended, not_zero, widened


class Style(Term):
    """For each style layer, the squared difference of the image's and the style's Gram matrix.

    Several styles count as `style_blend` says. The slope uses the metric of `metric`, which does
    not change this term's minimum but that of the sum of terms; with the `plain` target it is the
    derivative.
    """

    name = "style"
    reads_style = True

    def layers(self, settings: StyleSettings) -> Mapping[str, float]:
        """Return the style layers with their relative weights."""
        return style_shares(settings)

    def statistic(
        self,
        activations: tf.Tensor,
        content: tf.Tensor | None = None,
    ) -> tf.Tensor:
        """Return the Gram matrix (c, c)."""
        return gram_matrix(activations)

    def target(
        self,
        statistics: tf.Tensor | None,
        content: tf.Tensor | None = None,
        shares: Sequence[float] = (1.0,),
    ) -> Fixed:
        """Return the styles' mean Gram matrix, their mean squared distance from it, the metric."""
        gram = blended(statistics, shares)
        spread = blended(tf.reduce_sum(tf.square(statistics - gram), axis=(1, 2)), shares)
        return {"gram": gram, "spread": spread, "metric": along_its_axes(gram)}

    def plain(self, target: Fixed) -> Fixed:
        """Return the target without the metric."""
        return {**target, "metric": unweighted(target["gram"])}

    def factor(self, scaling: Scaling, target: Fixed) -> float:
        """Return 1 / (4 · 3² · pixels²), or 1 / |style's Gram matrix|².

        The Keras example divides by the image's size and its three channels, not by the layer's.
        With its normalization the same is done, so that weights have the same effect. Then most of
        the loss is block 4's, which has the largest activations; with `layers`, each layer counts
        as much as its share says.
        """
        if scaling.normalization == "keras":
            return 1 / (4 * 3**2 * scaling.pixels**2)
        return 1 / float(not_zero(tf.reduce_sum(tf.square(target["gram"]))))

    def loss(self, statistic: tf.Tensor, target: Fixed) -> tf.Tensor:
        """Return the weighted mean over the styles of the squared difference."""
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


def style_shares(settings: StyleSettings) -> dict[str, float]:
    """Return the style layers with their weights, which add up to 1."""
    total = sum(settings.style_layers.values())
    return {layer: weight / total for layer, weight in settings.style_layers.items()}


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
