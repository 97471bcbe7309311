"""The shape of L-BFGS's initial inverse Hessian: one scale for each of three colour axes.

The loss curves otherwise along light and dark than along colour, and how much so depends on the
pictures: colour is flat for most, and steep for a painting without any. The usual initial inverse
Hessian has one scale for all (Nocedal & Wright 2006, 7.20), which is too short for the one or too
long for the other. `docs/decisions/0027-color-axes.md` has what it saves.
"""

import numpy as np
import tensorflow as tf

_DIRECTIONS = np.array([(1, 1, 1), (1, 0, -1), (1, -2, 1)], np.float32)  # in B, G, R
AXES = _DIRECTIONS / np.linalg.norm(_DIRECTIONS, axis=1, keepdims=True)  # one per row
MOST = 30.0  # times the scale of all axes together, or its inverse: grey pictures have no other


def products(values: tf.Tensor) -> tf.Tensor:
    """Return the sums over all pixels of the products of channels, (3, 3), of (values,)."""
    pixels = tf.reshape(values, (-1, 3))
    return tf.matmul(pixels, pixels, transpose_a=True)


def shape_of(step: tf.Tensor, change: tf.Tensor) -> tf.Tensor:
    """Return the matrix (3, 3) that maps a pixel's gradient to its step, up to a factor.

    Along each axis it is the length of the step by that of the gradient's change.

    Args:
        step: the products of a step's channels, (3, 3).
        change: those of the change of the gradient along it.
    """
    axes = tf.constant(AXES, step.dtype)
    scales = _ratios(_along(axes, step), _along(axes, change))
    return tf.matmul(axes, scales[:, tf.newaxis] * axes, transpose_a=True)


def times(matrix: tf.Tensor, values: tf.Tensor) -> tf.Tensor:
    """Return each pixel of (values,) times a symmetric matrix (3, 3)."""
    return tf.reshape(tf.matmul(tf.reshape(values, (-1, 3)), matrix), (-1,))


def _along(axes: tf.Tensor, product: tf.Tensor) -> tf.Tensor:
    """Return the squared lengths along the axes, (3,)."""
    lengths = tf.reduce_sum(tf.matmul(axes, product) * axes, axis=1)
    return tf.where(lengths < 0, tf.zeros_like(lengths), lengths)  # by rounding


def _ratios(step: tf.Tensor, change: tf.Tensor) -> tf.Tensor:
    """Return the axes' scales, (3,), relative to that of all axes together."""
    whole = tf.reduce_sum(step) / tf.reduce_sum(change)
    ratios = tf.where(change > 0, tf.sqrt(step / (change * whole)), tf.ones_like(change))
    return tf.clip_by_value(ratios, 1 / MOST, MOST)
