"""The three losses, defined as in the Keras example `neural_style_transfer`: all of them sums."""

from collections.abc import Callable

import tensorflow as tf

TV_EPSILON = 1e-8  # where neighbours are equal, the power's gradient must not be 0 × inf


@tf.custom_gradient
def gram_matrix(activations: tf.Tensor) -> tuple[tf.Tensor, Callable[[tf.Tensor], tf.Tensor]]:
    """Sum over positions the products of each pair of channels: (1, h, w, c) to (c, c).

    It is summed in float32 at least; its gradient is made in the activations' own precision, as
    the convolutions' is, in one product where differentiating the sum would make two.
    """
    features = tf.reshape(activations, (-1, activations.shape[-1]))  # (h·w, c)
    wide = widened(features)

    def gradient(upstream: tf.Tensor) -> tf.Tensor:
        symmetric = tf.cast(upstream + tf.transpose(upstream), features.dtype)
        return tf.reshape(tf.matmul(features, symmetric), tf.shape(activations))

    return tf.matmul(wide, wide, transpose_a=True), gradient


def widened(tensor: tf.Tensor) -> tf.Tensor:
    """Return the tensor in the precision that losses are summed in: float32, or its own float64."""
    return tensor if tensor.dtype == tf.float64 else tf.cast(tensor, tf.float32)


def style_loss(difference: tf.Tensor, pixels: int) -> tf.Tensor:
    """Weigh the difference of two Gram matrices (c, c) for a result of `pixels` pixels."""
    return tf.reduce_sum(tf.square(difference)) * style_share(pixels)


def style_share(pixels: int) -> float:
    """Return what a squared difference of Gram matrices is multiplied by.

    Keras divides by the image's size and its three channels, not by the layer's: kept, so that
    weights carry over.
    """
    return 1 / (4 * 3**2 * pixels**2)


def content_loss(activations: tf.Tensor, content_activations: tf.Tensor) -> tf.Tensor:
    """Sum the squared differences of two activations (1, h, w, c)."""
    return tf.reduce_sum(tf.square(widened(activations) - widened(content_activations)))


def total_variation_loss(image: tf.Tensor) -> tf.Tensor:
    """Sum the differences of neighbouring pixels in (1, rows, columns, 3), to the power 1.25."""
    corner = image[:, :-1, :-1]
    down = tf.square(corner - image[:, 1:, :-1])
    right = tf.square(corner - image[:, :-1, 1:])
    squares = down + right + TV_EPSILON
    return tf.reduce_sum(squares * tf.sqrt(tf.sqrt(squares)))  # cheaper than a power of 1.25
