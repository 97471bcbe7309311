"""The scale that a gradient goes through float16 at: unscaled, that of a good image is lost."""

import math

import tensorflow as tf

from worker.engine.loss.terms import CONTENT, VARIATION, Sums
from worker.engine.vgg19.layers import stride

TINY = 1e-30  # the square of what is a zero gradient for all that matters


def gradient_scale(totals: Sums, slopes: Sums, image: tf.Tensor) -> tf.Tensor:
    """Return the power of two that brings the strongest gradient of activations to size one.

    Below 6e-8 float16 is zero, above 65504 infinite. The gradient of a style layer's activations F
    (positions, c) is 2 · F · U, with U its Gram matrix's slope, so that its mean square follows
    from the Gram matrix. Powers of two take nothing from the precision (Micikevicius et al. 2017,
    section 3.2, with a scale that is known beforehand instead of searched for).

    Args:
        totals: the sums that are descended.
        slopes: their slopes.
        image: (1, rows, columns, 3), that they are of.
    """
    pixels = tf.cast(tf.size(image) / 3, image.dtype)
    squares = [_square(key, totals, slopes) / pixels for key in totals if key != VARIATION]
    largest = tf.reduce_max(tf.stack([tf.constant(TINY, image.dtype), *squares]))
    return 2.0 ** tf.round(-tf.math.log(largest) / (2 * math.log(2)))


def _square(key: str, totals: Sums, slopes: Sums) -> tf.Tensor:
    """Return the squares' sum over a position's channels, for a pixel."""
    total, slope = totals[key], slopes[key]
    if key == CONTENT:  # as if of the deepest block, where there are two values for each pixel
        return 4.0 * tf.square(slope) * total / 2
    return 4.0 * tf.reduce_sum(tf.matmul(total, slope) * slope) * stride(key) ** 2 / total.shape[-1]
