"""The levels of a job from coarse to fine: their shapes, their work, and the step between them."""

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

import tensorflow as tf

from shared.settings import SHORTEST_RESULT_SIDE, StyleSettings
from worker.engine.image import resize

KERAS_PIXELS = 400 * 533  # the size that the Keras example's weights were chosen at
KEPT_DETAIL = 0.5  # how much of the content's own fine detail enters at each finer level


class Level(NamedTuple):
    """One size to work at."""

    rows: int
    columns: int
    scale: float  # factor on the weights of the terms that are sums over pixels
    evaluations: int
    work: int  # what they cost, in pixels evaluated once

    @property
    def pixels(self) -> int:
        """The level's size."""
        return self.rows * self.columns


def levels(rows: int, columns: int, settings: StyleSettings) -> list[Level]:
    """Return the levels for a result of `rows` × `columns`, each twice the one before.

    Content and total variation are sums over pixels and shrink with the image, where the style's
    term does not: they are scaled so that a level weighs them as the result does or, with `aspect`,
    as a result of the Keras example's size does, so that a picture looks the same at every size.
    """
    full = rows * columns if settings.geometry == "keras" else KERAS_PIXELS
    return [
        Level(level.rows, level.columns, full / level.pixels, level.evaluations, level.work)
        for level in settings.levels(rows, columns)
    ]


def style_shape(style: tf.Tensor, level: Level, settings: StyleSettings) -> tuple[int, int]:
    """Rows and columns that a style image (1, r, c, 3) is brought to at a level.

    With `aspect` it keeps its shape and has as many pixels as the result, so that its strokes
    have the size that they have in the painting.
    """
    if settings.geometry == "keras":
        return level.rows, level.columns
    rows, columns = style.shape[1:3]
    factor = sqrt(level.pixels / (rows * columns))
    fitted = (max(round(side * factor), SHORTEST_RESULT_SIDE) for side in (rows, columns))
    return next(fitted), next(fitted)


def start_of_next(image: tf.Tensor, contents: Sequence[tf.Tensor]) -> tf.Tensor:
    """Carry an image to the next level's shape, smoothly whatever the geometry of the inputs.

    Blocks of repeated pixels would take the descent some evaluations to be rid of.

    Args:
        image: (1, r, c, 3), the coarser level's end.
        contents: the content at the coarser and at the finer level.

    Returns:
        The image, enlarged, with half of the detail that the coarser content could not show.
    """
    coarse, fine = contents
    rows, columns = fine.shape[1:3]

    def enlarged(picture: tf.Tensor) -> tf.Tensor:
        return resize(picture, rows, columns, "aspect")

    return enlarged(image) + KEPT_DETAIL * (fine - enlarged(coarse))
