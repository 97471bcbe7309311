"""What each level of a job begins with: the pictures at its size, and its ladder of memory."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from shared.settings import StyleSettings
from worker.engine.device import Device
from worker.engine.image import centred, resize
from worker.engine.memory.plan import Plan, ladder
from worker.engine.multiscale.levels import Level, levels, style_shape


class Stage(NamedTuple):
    """A level with all that its descent begins with."""

    level: Level
    ladder: Sequence[Plan]  # each needs less memory than the one before; empty where none fits
    content: tf.Tensor  # (1, rows, columns, 3), centred B, G, R
    styles: Sequence[tf.Tensor]  # each (1, r, c, 3)


def prepared(
    content: NDArray[np.float32],
    styles: Sequence[NDArray[np.float32]],
    settings: StyleSettings,
    device: Device,
) -> list[Stage]:
    """Return the stages of a job, the coarsest first; arguments as in `Engine.stylize`."""
    rows, columns = settings.result_shape(content.shape[1], content.shape[0])
    layers = {*settings.style_layers, settings.content_layer}
    whole, *painted = (centred(picture) for picture in (content, *styles))

    def sized(picture: tf.Tensor, rows: int, columns: int) -> tf.Tensor:
        return resize(picture, rows, columns, settings.geometry)

    return [
        Stage(
            level,
            ladder(level.pixels, device.memory, device.precision, layers),
            sized(whole, level.rows, level.columns),
            [sized(style, *style_shape(style, level, settings)) for style in painted],
        )
        for level in levels(rows, columns, settings)
    ]
