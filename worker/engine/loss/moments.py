"""The moments term: mean and covariance of each style layer's activations, as relative distances.

The Gram matrix is mean · meanᵀ + covariance. VGG19's activations are not negative, so the means
make up most of it, and a small error of the mean can hide a large one of the covariance, which
holds the strokes. This term matches both separately. It is a cheaper distance than Wasserstein-2
between the normal distributions of these moments, which style-transfer-pytorch minimises.
"""

from collections.abc import Callable, Mapping, Sequence

import tensorflow as tf

from shared.settings import StyleSettings
from worker.engine.loss.style import style_shares
from worker.engine.loss.term import Fixed, Scaling, Term, blended, not_zero, widened

# A covariance counts as at least this share of |mean|². Paintings have 0.17 to 0.74. A style
# without structure has none, and the distance would be divided by nearly zero.
LEAST_COVARIANCE = 0.05


class Moments(Term):
    """½ |mean − style's|² / |style's|² + ½ |covariance − style's|² / |style's|² for each layer.

    Several styles count as `style_blend` says. The statistic is the Gram matrix of the activations
    with a further channel of ones: the sums of products, the sums, and the number of positions.
    """

    name = "moments"
    reads_style = True

    def layers(self, settings: StyleSettings) -> Mapping[str, float]:
        """Return the style layers with their relative weights."""
        return style_shares(settings)

    def statistic(self, activations: tf.Tensor, content: tf.Tensor | None = None) -> tf.Tensor:
        """Return the sums (c + 1, c + 1)."""
        return sums_of_products(activations)

    def target(
        self,
        statistics: tf.Tensor | None,
        content: tf.Tensor | None = None,
        shares: Sequence[float] = (1.0,),
    ) -> Fixed:
        """Return the styles' mean moments, the sizes to divide by, and the styles' spread."""
        means, covariances = moments(statistics)
        mean, covariance = blended(means, shares), blended(covariances, shares)
        square = not_zero(_square(mean))
        sizes = (square, tf.maximum(_square(covariance), tf.square(LEAST_COVARIANCE * square)))
        spread = [
            blended(tf.reduce_sum(tf.square(each - middle), axis=axes), shares) / size
            for each, middle, size, axes in (
                (means, mean, sizes[0], (1,)),
                (covariances, covariance, sizes[1], (1, 2)),
            )
        ]
        return {
            "mean": mean,
            "covariance": covariance,
            "sizes": sizes,
            "spread": tf.add_n(spread) / 2,
        }

    def factor(self, scaling: Scaling, target: Fixed) -> float:
        """Return 1: the distances are relative, whatever the size of the image or the layer."""
        return 1.0

    def loss(self, statistic: tf.Tensor, target: Fixed) -> tf.Tensor:
        """Return the weighted mean over the styles of the distance."""
        mean, covariance = moments(statistic)
        of_mean, of_covariance = target["sizes"]
        distance = _square(mean - target["mean"]) / of_mean
        distance += _square(covariance - target["covariance"]) / of_covariance
        return distance / 2 + target["spread"]

    def mean_square_slope(
        self, statistic: tf.Tensor, slope: tf.Tensor, layer_stride: int
    ) -> tf.Tensor:
        """Return the mean square of the gradient of activations; see `sums_of_products`."""
        symmetric = (slope + tf.transpose(slope))[:, :-1]
        squares = tf.reduce_sum(tf.matmul(statistic, symmetric) * symmetric)
        return squares * layer_stride**2 / (statistic.shape[-1] - 1)


def moments(sums: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Return the mean (..., c) and the covariance (..., c, c) from the sums (..., c + 1, c + 1)."""
    positions = sums[..., -1:, -1:]
    mean = sums[..., -1, :-1] / positions[..., 0]
    products = sums[..., :-1, :-1] / positions
    return mean, products - mean[..., :, tf.newaxis] * mean[..., tf.newaxis, :]


@tf.custom_gradient
def sums_of_products(
    activations: tf.Tensor,
) -> tuple[tf.Tensor, Callable[[tf.Tensor], tf.Tensor]]:
    """Sum over positions the products of each pair of channels, one of them being 1.

    The sums are at least float32. The gradient is computed in the activations' precision, like the
    convolutions', and with one product.

    Args:
        activations: (1, h, w, c).

    Returns:
        (c + 1, c + 1), the ones last.
    """
    features = tf.reshape(activations, (-1, activations.shape[-1]))  # (h·w, c)
    wide = widened(features)
    products = tf.matmul(wide, wide, transpose_a=True)
    sums = tf.reduce_sum(wide, axis=0)
    positions = tf.cast(tf.shape(wide)[0], wide.dtype)[tf.newaxis]
    left = tf.concat([products, sums[tf.newaxis]], axis=0)
    right = tf.concat([sums, positions], axis=0)[:, tf.newaxis]

    def gradient(upstream: tf.Tensor) -> tf.Tensor:
        symmetric = tf.cast(upstream + tf.transpose(upstream), features.dtype)
        slope = tf.matmul(features, symmetric[:-1, :-1]) + symmetric[-1, :-1]
        return tf.reshape(slope, tf.shape(activations))

    return tf.concat([left, right], axis=1), gradient


def _square(tensor: tf.Tensor) -> tf.Tensor:
    return tf.reduce_sum(tf.square(tensor))
