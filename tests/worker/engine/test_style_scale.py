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
PERIOD = 8  # pixels from stripe to stripe
STRIPES = np.where(np.arange(96) // (PERIOD // 2) % 2, 230, 30)[None, :, None] * np.ones(
    (96, 1, 3), np.float32
)
FLAT = np.full((96, 96, 3), 128, np.float32)


@pytest.fixture(scope="module")
def engine(weights: Weights) -> Engine:
    return Engine(weights)


def painted(engine: Engine, scale: float, **more: object) -> Pixels:
    chosen = {"size": 96, "pyramid": 2, "iterations": 10, "coarse_iterations": 15, **more}
    settings = StyleSettings(
        **{**PRESETS["balanced"], "content_weight": 0.01, "style_scale": scale, **chosen}
    )
    *_, last = engine.stylize(FLAT, [STRIPES.astype(np.float32)], settings)
    return last.pixels()


def stripe_width(picture: Pixels) -> float:
    """Return the mean period along a row, in pixels, weighed by the spectrum's power."""
    grey = picture.mean(2)
    power = (np.abs(np.fft.rfft(grey - grey.mean(), axis=1)) ** 2).sum(0)[1:]
    return float((96 / np.arange(1, len(power) + 1) * power).sum() / power.sum())


def test_strokes_get_larger_and_smaller_with_the_style(engine: Engine) -> None:
    small, usual, large = (stripe_width(painted(engine, scale)) for scale in (0.5, 1, 2))
    assert small < 0.75 * usual
    assert large > 1.5 * usual


def test_a_large_style_is_read_in_tiles_and_gives_the_same_picture(weights: Weights) -> None:
    """The result is evaluated whole in this memory; the style has 16 times as many pixels."""
    few = {"iterations": 2, "coarse_iterations": 2}
    scarce = Device(memory=BASE_BYTES["float32"] + 90_000_000)
    *_, tiled = Engine(weights, scarce).stylize(
        photograph(96, 96), [STRIPES.astype(np.float32)], large(few)
    )
    *_, whole = Engine(weights).stylize(
        photograph(96, 96), [STRIPES.astype(np.float32)], large(few)
    )
    assert tiled.tile is None
    np.testing.assert_allclose(tiled.pixels(), whole.pixels(), atol=0.5)  # of 255


def large(few: dict[str, int]) -> StyleSettings:
    chosen = {**PRESETS["balanced"], "size": 96, "style_scale": 4, **few}
    return StyleSettings.model_validate(chosen)


def test_styles_too_large_together_are_refused(engine: Engine) -> None:
    settings = StyleSettings(size=96, style_scale=3)
    with pytest.raises(ValueError, match="too large for 2 style images"):
        next(engine.stylize(photograph(96, 96), [photograph(96, 96)] * 2, settings))
