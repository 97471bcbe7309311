"""Color transfer: gives an image the colours of others."""

from collections.abc import Sequence
from math import isqrt

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
LEAST_VARIANCE = 1.0  # in grey levels squared, so that a uniform image is not divided by zero


def in_colours_of(
    image: tf.Tensor, others: Sequence[tf.Tensor], shares: Sequence[float] = (1.0,)
) -> tf.Tensor:
    """Give an image the colour mean and covariance of other images' pixels.

    Of all linear maps that do this, it is the one that changes the colours least (optimal transport
    between normal distributions).

    Args:
        image: (1, rows, columns, 3).
        others: each (1, r, c, 3).
        shares: how much each of the others counts; they add up to 1.
    """
    pixels = _pixels(image)
    their_mean, their_covariance = _blended(others, shares, len(pixels))
    if not np.isfinite(pixels.sum() + their_covariance.sum()):
        return image  # the optimisation reports what is wrong
    mean, covariance = pixels.mean(0), _covariance(pixels)
    root = _power(covariance, 0.5)
    inverse = _power(covariance, -0.5)
    transport = inverse @ _power(root @ their_covariance @ root, 0.5) @ inverse
    moved = (pixels - mean) @ transport + their_mean
    return tf.constant(moved.reshape(image.shape), image.dtype)


def _blended(
    images: Sequence[tf.Tensor], shares: Sequence[float], most: int
) -> tuple[Matrix, Matrix]:
    """Return colour mean (3,) and covariance (3, 3) of a mixture of the images' pixels.

    Of each image, not many more than `most` pixels are read, since they are copied as float64.
    """
    each = [_pixels(_thinned(image, most)) for image in images]
    means = np.array([pixels.mean(0) for pixels in each])
    mean = np.average(means, axis=0, weights=shares)
    within = np.average([_covariance(pixels) for pixels in each], axis=0, weights=shares)
    apart = means - mean
    return mean, within + (apart.T * shares) @ apart


def _thinned(image: tf.Tensor, most: int) -> tf.Tensor:
    step = max(1, isqrt(image.shape[1] * image.shape[2] // most))
    return image[:, ::step, ::step]


def _pixels(image: tf.Tensor) -> Matrix:
    pixels: Matrix = image.numpy().reshape(-1, 3).astype(np.float64)
    return pixels


def _covariance(pixels: Matrix) -> Matrix:
    return np.cov(pixels.T) + LEAST_VARIANCE * np.eye(3)


def _power(symmetric: Matrix, exponent: float) -> Matrix:
    eigenvalues, axes = np.linalg.eigh(symmetric)
    return (axes * eigenvalues**exponent) @ axes.T
