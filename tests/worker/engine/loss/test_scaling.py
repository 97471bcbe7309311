"""float16 loses neither the gradient of a bad image nor that of a good one."""

import pytest
import tensorflow as tf

from shared.settings import StyleSettings
from tests.worker.engine.loss.test_losses import objective
from tests.worker.engine.pictures import painting, photograph
from worker.engine.image import centred
from worker.engine.memory.tiles import Sides
from worker.engine.vgg19.layers import Weights

SETTINGS = (
    StyleSettings(),
    StyleSettings(moments_weight=1, style_weight=0, normalization="layers", content_weight=0.1),
)


@pytest.mark.parametrize("settings", SETTINGS, ids=["keras", "layers"])
@pytest.mark.parametrize("side", [None, 32])
@pytest.mark.parametrize("share", [0.0, 0.5, 0.98])
def test_the_gradient_agrees_with_float32(
    weights: Weights, share: float, side: int | None, settings: StyleSettings
) -> None:
    """At the content, between it and the style, and close to the style."""
    content, style = centred(photograph(96, 64)), centred(painting(96, 64))
    image = (1 - share) * content + share * style
    exact, half = (
        each.evaluate(
            image, each.targets(content, [style], settings, 1.0, Sides(tiles, tiles)), tiles
        )
        for each, tiles in (
            (objective(weights, settings=settings), None),
            (objective(weights, "float16", settings=settings), side),
        )
    )
    assert float(tf.norm(half.gradient - exact.gradient) / tf.norm(exact.gradient)) < 0.06
    assert float(tf.reduce_sum(half.losses)) == pytest.approx(
        float(tf.reduce_sum(exact.losses)), rel=0.02
    )
