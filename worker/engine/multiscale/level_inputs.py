"""The inputs of each level: the pictures at its size, its weights, its memory plans."""

from collections.abc import Sequence
from itertools import starmap
from math import sqrt
from operator import mul
from typing import NamedTuple

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from shared.settings import SHORTEST_RESULT_SIDE, Level, StyleSettings, has_shape_of
from worker.engine.device import Device
from worker.engine.image import centred, resize
from worker.engine.memory.plan import MOST_PAIRS, Plan, fallback_plans, style_side
from worker.engine.multiscale.color_transfer import in_colours_of

KERAS_PIXELS = 400 * 533  # the size for which the Keras example's weights were chosen


class LevelInputs(NamedTuple):
    """A level and what its optimisation needs."""

    level: Level
    settings: StyleSettings  # with the content's weight at this level, and the styles' weights
    scale: float  # a factor on the weights of terms that are sums over positions
    plans: Sequence[Plan]  # each needs less memory than the one before; empty if none fits
    style_side: int | None  # the longest side of a tile of a style; None is that of the plan
    content: tf.Tensor  # (1, rows, columns, 3), centred B, G, R
    styles: Sequence[tf.Tensor]  # each (1, r, c, 3)
    init: tf.Tensor | None  # (1, rows, columns, 3), the user's; on the coarsest level only


def prepare(
    content: NDArray[np.float32],
    styles: Sequence[NDArray[np.float32]],
    settings: StyleSettings,
    device: Device,
    init: NDArray[np.float32] | None = None,
) -> list[LevelInputs]:
    """Return the inputs of each level, the coarsest first; arguments as in `Engine.stylize`.

    Styles that do not count are left out.

    Raises:
        ValueError: `style_blend` or `style_scale` do not fit the number of styles, or `init` does
            not fit the setting or the content.
    """
    _check_init(init, content, settings)
    shares = settings.style_shares(len(styles))
    if settings.style_scale > settings.largest_style_scale(len(styles)):
        raise ValueError(f"style_scale is too large for {len(styles)} style images")
    styles = [style for style, share in zip(styles, shares, strict=True) if share]
    settings = settings.model_copy(update={"style_blend": list(filter(None, shares))})
    rows, columns = settings.result_shape(content.shape[1], content.shape[0])
    layers = {*settings.style_layers, settings.content_layer}
    photograph, *paintings = (centred(picture) for picture in (content, *styles))

    def resized(picture: tf.Tensor, rows: int, columns: int) -> tf.Tensor:
        return resize(picture, rows, columns, settings.geometry)

    def at(level: Level, finer: int) -> LevelInputs:
        memory = (device.memory, device.precision, layers)
        shapes = [style_shape(style, level, settings) for style in paintings]
        return LevelInputs(
            level,
            at_level(settings, finer),
            weight_scale(level, rows * columns, settings),
            fallback_plans(level.pixels, *memory, MOST_PAIRS[settings.optimizer]),
            style_side(level.pixels, max(starmap(mul, shapes)), *memory),
            resized(photograph, level.rows, level.columns),
            [resized(style, *shape) for style, shape in zip(paintings, shapes, strict=True)],
            None,
        )

    levels = settings.levels(rows, columns)
    made = [at(level, len(levels) - number) for number, level in enumerate(levels, start=1)]
    if init is not None:
        coarsest = levels[0]
        start = resize(centred(init), coarsest.rows, coarsest.columns, "aspect")
        made[0] = made[0]._replace(init=start)
    return [*map(_matched, made)] if settings.preserve_color == "match" else made


def _check_init(
    init: NDArray[np.float32] | None, content: NDArray[np.float32], settings: StyleSettings
) -> None:
    if (settings.init == "image") != (init is not None):
        raise ValueError(f"the setting init is {settings.init}, which does not fit the image given")
    if init is not None and not has_shape_of(init.shape[:2], content.shape[:2]):
        raise ValueError("the image to start from has another shape than the content")


def _matched(inputs: LevelInputs) -> LevelInputs:
    """Give the styles the content's colour mean and covariance, before they are measured.

    This is the second method of Gatys et al. (2016), "Preserving color in neural artistic style
    transfer", with the map that changes the styles' colours least.
    """
    styles = [in_colours_of(style, [inputs.content]) for style in inputs.styles]
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
    not stretched. `style_scale` is a factor on both sides.
    """
    rows, columns = level.rows, level.columns
    factor = settings.style_scale
    if settings.geometry == "aspect":
        rows, columns = style.shape[1:3]
        factor *= sqrt(level.pixels / (rows * columns))
    return (
        max(round(rows * factor), SHORTEST_RESULT_SIDE),
        max(round(columns * factor), SHORTEST_RESULT_SIDE),
    )
