"""Measures what a picture should not have: speckles along the borders, noise in flat parts."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bench.quality_pairs import Picture

BLOCK = 16  # pixels; also the border's width
FLATTEST = 0.25  # the share of an image's blocks that count as flat
Energy = NDArray[np.float64]


class Artefacts(NamedTuple):
    """Energies at the highest frequencies, as ratios."""

    flat: float  # where the photograph is flat, to the painting's own where it is flat
    border: float  # in the border, to the inside


def artefacts(picture: Picture, content: Picture, style: Picture) -> Artefacts:
    """Measure a picture (rows, columns, 3), R, G, B.

    Args:
        picture: the picture to measure.
        content: the photograph at the picture's size.
        style: the painting, of any size.
    """
    energy, painted = fine_energy(picture), fine_energy(style)
    inside = np.zeros(energy.shape, bool)
    inside[BLOCK:-BLOCK, BLOCK:-BLOCK] = True
    return Artefacts(
        flat=_mean(_blocks(energy)[flat_blocks(content)])
        / _mean(_blocks(painted)[flat_blocks(style)]),
        border=_mean(energy[~inside]) / _mean(energy[inside]),
    )


def fine_energy(picture: Picture) -> Energy:
    """Return the squared difference of each pixel and the mean of its 3 × 3 neighbourhood.

    Returns:
        (rows, columns), summed over the channels.
    """
    values = picture.astype(np.float64)
    padded = np.pad(values, ((1, 1), (1, 1), (0, 0)), mode="edge")
    rows, columns = values.shape[:2]
    mean = sum(
        padded[down : down + rows, right : right + columns]
        for down in range(3)
        for right in range(3)
    )
    return np.square(values - mean / 9).sum(axis=2)


def flat_blocks(picture: Picture) -> NDArray[np.bool_]:
    """Return which blocks are among the flattest, by the variance of their brightness."""
    grey = picture.astype(np.float64).mean(axis=2)
    variances = _blocks(np.square(grey)) - np.square(_blocks(grey))
    return variances <= np.quantile(variances, FLATTEST)


def _blocks(values: Energy) -> Energy:
    """Return the mean of each whole block: (rows, columns) to (rows / 16, columns / 16)."""
    rows, columns = (side // BLOCK for side in values.shape)
    whole = values[: rows * BLOCK, : columns * BLOCK]
    return whole.reshape(rows, BLOCK, columns, BLOCK).mean(axis=(1, 3))


def _mean(energy: Energy) -> float:
    return float(energy.mean()) + 1e-9  # a drawn style can be flat to the last bit
