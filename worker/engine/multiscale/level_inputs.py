"""The inputs of each level: the pictures at its size, its weights, its memory plans."""

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from shared.settings import SHORTEST_RESULT_SIDE, Level, StyleSettings
from worker.engine.device import Device
from worker.engine.image import centred, resize
from worker.engine.memory.plan import Plan, fallback_plans
from worker.engine.multiscale.initial_image import in_style_colours

KERAS_PIXELS = 400 * 533  # the size for which the Keras example's weights were chosen


class LevelInputs(NamedTuple):
    """A level and what its optimisation needs."""

    level: Level
    settings: StyleSettings  # with the content's weight at this level
    scale: float  # a factor on the weights of terms that are sums over positions
    plans: Sequence[Plan]  # each needs less memory than the one before; empty if none fits
    content: tf.Tensor  # (1, rows, columns, 3), centred B, G, R
    styles: Sequence[tf.Tensor]  # each (1, r, c, 3)


def prepare(
    content: NDArray[np.float32],
    styles: Sequence[NDArray[np.float32]],
    settings: StyleSettings,
    device: Device,
) -> list[LevelInputs]:
    """Return the inputs of each level, the coarsest first; arguments as in `Engine.stylize`."""
    rows, columns = settings.result_shape(content.shape[1], content.shape[0])
    layers = {*settings.style_layers, settings.content_layer}
    photograph, *paintings = (centred(picture) for picture in (content, *styles))

    def resized(picture: tf.Tensor, rows: int, columns: int) -> tf.Tensor:
        return resize(picture, rows, columns, settings.geometry)

    levels = settings.levels(rows, columns)
    prepared = [
        LevelInputs(
            level,
            at_level(settings, finer),
            weight_scale(level, rows * columns, settings),
            fallback_plans(level.pixels, device.memory, device.precision, layers),
            resized(photograph, level.rows, level.columns),
            [resized(style, *style_shape(style, level, settings)) for style in paintings],
        )
        for finer, level in zip(reversed(range(len(levels))), levels, strict=True)
    ]
    return [*map(_matched, prepared)] if settings.preserve_color == "match" else prepared


def _matched(inputs: LevelInputs) -> LevelInputs:
    """Give the styles the content's colour mean and covariance, before they are measured.

    This is the second method of Gatys et al. (2016), "Preserving color in neural artistic style
    transfer", with the map that changes the styles' colours least.
    """
    styles = [in_style_colours(style, [inputs.content]) for style in inputs.styles]
    return inputs._replace(styles=styles)


def at_level(settings: StyleSettings, finer: int) -> StyleSettings:
    """Return the settings at the level that has `finer` finer levels after it."""
    weight = settings.content_weight * settings.coarse_content**finer
    return settings.model_copy(update={"content_weight": weight})


def weight_scale(level: Level, result_pixels: int, settings: StyleSettings) -> float:
    """Return the factor on the weights of the terms that are sums over pixels.

    Content and total variation shrink with the image; the style's term does not. The factor gives
    them the same share of the loss at each level as in the result or, with `aspect`, as in a result
    of the Keras example's size, so that a picture looks the same at every size.
    """
    pixels = result_pixels if settings.geometry == "keras" else KERAS_PIXELS
    return pixels / level.pixels


def style_shape(style: tf.Tensor, level: Level, settings: StyleSettings) -> tuple[int, int]:
    """Return the rows and columns that a style image (1, r, c, 3) is resized to at a level.

    With `aspect` it keeps its shape and has as many pixels as the result, so that its strokes are
    not stretched.
    """
    if settings.geometry == "keras":
        return level.rows, level.columns
    rows, columns = style.shape[1:3]
    factor = sqrt(level.pixels / (rows * columns))
    return (
        max(round(rows * factor), SHORTEST_RESULT_SIDE),
        max(round(columns * factor), SHORTEST_RESULT_SIDE),
    )
