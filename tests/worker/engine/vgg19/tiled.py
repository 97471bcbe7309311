"""Tiles against the whole image."""

import tensorflow as tf

from shared.settings import StyleSettings
from tests.worker.engine.pictures import painting, photograph
from worker.engine.image import centred
from worker.engine.loss.objective import Objective
from worker.engine.memory.tiles import Sides


def tile_differences(objective: Objective, settings: StyleSettings) -> list[float]:
    """Return how much losses and gradient differ in tiles, relative to the whole image's."""
    content, style = centred(photograph(141, 93)), centred(painting(141, 93))
    whole, tiled = (
        objective.evaluate(
            0.6 * content + 0.4 * style,
            objective.targets(content, [style], settings, 1.0, Sides(side, side)),
            side,
        )
        for side in (None, 48)
    )
    return [
        float(tf.norm(one - other) / tf.norm(one)) for one, other in zip(whole, tiled, strict=True)
    ]
