"""The image that a level starts from: what `init` says, or the previous level's result."""

from collections.abc import Sequence
from math import isqrt

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from worker.engine.image import noise, resize
from worker.engine.multiscale.level_inputs import LevelInputs

Matrix = NDArray[np.float64]
KEPT_DETAIL = 0.5  # the share of the content's fine detail that each finer level adds
LEAST_VARIANCE = 1.0  # in grey levels squared, so that a uniform image is not divided by zero


def initial_image(inputs: LevelInputs) -> tf.Tensor:
    """Return the image (1, rows, columns, 3) that the coarsest level starts from."""
    settings = inputs.settings
    if settings.init == "style_colors":
        shares = settings.style_shares(len(inputs.styles))
        return in_style_colours(inputs.content, inputs.styles, shares)
    if settings.init == "noise":
        return noise(inputs.level.rows, inputs.level.columns, settings.seed)
    return inputs.content if inputs.init is None else inputs.init


def in_style_colours(
    content: tf.Tensor, styles: Sequence[tf.Tensor], shares: Sequence[float] = (1.0,)
) -> tf.Tensor:
    """Give (1, rows, columns, 3) the colour mean and covariance of the styles' pixels.

    Of all linear maps that do this, it is the one that changes the colours least (optimal transport
    between normal distributions). It saves about a third of the evaluations; the style's loss would
    lead to these colours anyway.
    """
    pixels = _pixels(content)
    their_mean, their_covariance = _blended(styles, shares, len(pixels))
    if not np.isfinite(pixels.sum() + their_covariance.sum()):
        return content  # the optimisation reports what is wrong
    mean, covariance = pixels.mean(0), _covariance(pixels)
    root = _power(covariance, 0.5)
    inverse = _power(covariance, -0.5)
    transport = inverse @ _power(root @ their_covariance @ root, 0.5) @ inverse
    moved = (pixels - mean) @ transport + their_mean
    return tf.constant(moved.reshape(content.shape), content.dtype)


def enlarged(image: tf.Tensor, coarse_content: tf.Tensor, fine_content: tf.Tensor) -> tf.Tensor:
    """Enlarge an image to the next level's shape, smoothly for every geometry of the inputs.

    With the nearest pixel, the optimisation would need some evaluations to remove the blocks.

    Args:
        image: (1, r, c, 3), the coarser level's result.
        coarse_content: (1, r, c, 3).
        fine_content: (1, rows, columns, 3).

    Returns:
        (1, rows, columns, 3), with half of the content's detail that the coarser level lacks.
    """
    rows, columns = fine_content.shape[1:3]
    detail = fine_content - resize(coarse_content, rows, columns, "aspect")
    return resize(image, rows, columns, "aspect") + KEPT_DETAIL * detail


def _blended(
    styles: Sequence[tf.Tensor], shares: Sequence[float], most: int
) -> tuple[Matrix, Matrix]:
    """Return colour mean (3,) and covariance (3, 3) of a mixture of the styles' pixels.

    Of each style, not many more than `most` pixels are read, since they are copied as float64.
    """
    each = [_pixels(_thinned(style, most)) for style in styles]
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
