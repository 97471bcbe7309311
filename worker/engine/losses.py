"""The three losses, defined as in the Keras example `neural_style_transfer`: all of them sums."""

import tensorflow as tf

TV_POWER = 1.25
TV_EPSILON = 1e-8  # where neighbours are equal, the power's gradient must not be 0 × inf


def gram_matrix(activations: tf.Tensor) -> tf.Tensor:
    """Sum over positions the products of each pair of channels: (1, h, w, c) to (c, c)."""
    features = tf.reshape(activations, (-1, tf.shape(activations)[-1]))  # (h·w, c)
    return tf.matmul(features, features, transpose_a=True)


def positions(activations: tf.Tensor) -> tf.Tensor:
    """Return how many positions the Gram matrix of (1, h, w, c) sums over: h·w."""
    return tf.reduce_prod(tf.shape(activations)[1:3])


def style_loss(gram: tf.Tensor, style_grams: tf.Tensor, pixels: tf.Tensor) -> tf.Tensor:
    """Compare a Gram matrix (c, c) to one or more, (n, c, c), for a result of `pixels` pixels.

    Keras divides by the image's size and its three channels, not by the layer's: kept, so that
    weights carry over.
    """
    return tf.reduce_sum(tf.square(gram - style_grams)) / (4.0 * 3.0**2 * tf.square(pixels))


def content_loss(activations: tf.Tensor, content_activations: tf.Tensor) -> tf.Tensor:
    """Sum the squared differences of two activations (1, h, w, c)."""
    return tf.reduce_sum(tf.square(activations - content_activations))


def total_variation_loss(image: tf.Tensor) -> tf.Tensor:
    """Sum the differences of neighbouring pixels in (1, rows, columns, 3), to the power 1.25."""
    corner = image[:, :-1, :-1]
    down = tf.square(corner - image[:, 1:, :-1])
    right = tf.square(corner - image[:, :-1, 1:])
    return tf.reduce_sum(tf.pow(down + right + TV_EPSILON, TV_POWER))
