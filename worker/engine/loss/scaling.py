"""Loss scaling for float16: without it, small gradients become zero."""

import math
from collections.abc import Sequence

import tensorflow as tf

from worker.engine.loss.term import Component, Sums

TINY = 1e-30  # the square of a gradient that is zero in practice


def gradient_scale(
    components: Sequence[Component], sums: Sums, slopes: Sums, image: tf.Tensor
) -> tf.Tensor:
    """Return the power of two that brings the largest gradient of activations close to 1.

    Below 6e-8 float16 is zero, above 65504 infinite. Each term estimates its gradient's size from
    its sum and slope. Powers of two keep the precision (Micikevicius et al. 2017, section 3.2, but
    the scale is computed instead of searched for).

    Args:
        components: the components whose gradient is scaled.
        sums: their statistics.
        slopes: the slopes of the sums.
        image: (1, rows, columns, 3).
    """
    pixels = tf.cast(tf.size(image) / 3, image.dtype)
    squares = [
        each.term.mean_square_slope(sums[each.key], slopes[each.key], each.stride)
        for each in components
    ]
    known = [square / pixels for square in squares if square is not None]
    largest = tf.reduce_max(tf.stack([tf.constant(TINY, image.dtype), *known]))
    return 2.0 ** tf.round(-tf.math.log(largest) / (2 * math.log(2)))
