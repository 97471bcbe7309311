"""`style_scale` makes strokes larger or smaller, within the memory of the plan."""

import numpy as np
import pytest
from numpy.typing import NDArray

from shared.settings import PRESETS, StyleSettings
from tests.worker.engine.pictures import photograph
from worker.engine.device import Device
from worker.engine.engine import Engine
from worker.engine.memory.plan import BASE_BYTES
from worker.engine.vgg19.layers import Weights

Pixels = NDArray[np.float32]
SCALES = (0.5, 1.0, 2.0)


def stripes(period: int) -> Pixels:
    """Return 96 rows and columns of vertical stripes, which begin again after `period` pixels."""
    row = np.where(np.arange(96) // (period // 2) % 2, 230, 30)
    return np.broadcast_to(row[None, :, None], (96, 96, 3)).astype(np.float32)


STRIPES = stripes(8)


@pytest.fixture(scope="module")
def engine(weights: Weights) -> Engine:
    return Engine(weights)


def loss(engine: Engine, scale: float, picture: Pixels) -> float:
    """Return the loss of a picture where the style is stripes of 8 pixels at `style_scale` 1."""
    one = {"size": 96, "pyramid": 1, "iterations": 1, "content_weight": 0.0, "init": "image"}
    settings = StyleSettings.model_validate({**PRESETS["balanced"], **one, "style_scale": scale})
    [progress] = engine.stylize(photograph(96, 96), [STRIPES], settings, init=picture)
    return progress.loss


@pytest.mark.parametrize("scale", SCALES)
def test_strokes_get_larger_and_smaller_with_the_style(engine: Engine, scale: float) -> None:
    """The loss is lowest where the strokes have `style_scale` times the style image's size."""
    losses = {of: loss(engine, scale, stripes(int(8 * of))) for of in SCALES}
    others = [losses[of] for of in SCALES if of != scale]
    assert losses[scale] < min(others) / 2


def test_a_large_style_is_read_in_tiles_and_gives_the_same_picture(weights: Weights) -> None:
    """The result is evaluated whole in this memory; the style has 16 times as many pixels."""
    few = {"iterations": 2, "coarse_iterations": 2}
    scarce = Device(memory=BASE_BYTES["float32"] + 90_000_000)
    *_, tiled = Engine(weights, scarce).stylize(photograph(96, 96), [STRIPES], large(few))
    *_, whole = Engine(weights).stylize(photograph(96, 96), [STRIPES], large(few))
    assert tiled.tile is None
    np.testing.assert_allclose(tiled.pixels(), whole.pixels(), atol=0.5)  # of 255


def large(few: dict[str, int]) -> StyleSettings:
    chosen = {**PRESETS["balanced"], "size": 96, "style_scale": 4, **few}
    return StyleSettings.model_validate(chosen)


def test_styles_too_large_together_are_refused(engine: Engine) -> None:
    settings = StyleSettings(size=96, style_scale=3)
    with pytest.raises(ValueError, match="too large for 2 style images"):
        next(engine.stylize(photograph(96, 96), [photograph(96, 96)] * 2, settings))
