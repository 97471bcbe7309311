"""Each level has its size, its weights and its pictures."""

import numpy as np
import pytest
import tensorflow as tf

from shared.settings import StyleSettings
from tests.worker.engine.pictures import painting, photograph
from worker.engine.device import Device
from worker.engine.multiscale.level_inputs import at_level, prepare, style_shape, weight_scale


def test_each_level_is_twice_the_one_before() -> None:
    levels = StyleSettings(pyramid=3).levels(400, 600)
    assert [(level.rows, level.columns) for level in levels] == [(100, 150), (200, 300), (400, 600)]
    scales = [weight_scale(level, 400 * 600, StyleSettings()) for level in levels]
    assert scales == [16, 4, 1]


def test_levels_too_small_for_the_network_are_left_out() -> None:
    levels = StyleSettings(pyramid=5).levels(64, 96)
    assert [level.rows for level in levels] == [32, 64]


def test_the_level_of_the_result_always_exists() -> None:
    assert [level.rows for level in StyleSettings(pyramid=3).levels(32, 32)] == [32]


def test_a_style_keeps_its_aspect_and_gets_the_result_s_area() -> None:
    level = StyleSettings().levels(100, 100)[-1]
    style = tf.zeros((1, 300, 1200, 3))
    assert style_shape(style, level, StyleSettings(geometry="aspect")) == (50, 200)
    assert style_shape(style, level, StyleSettings(geometry="keras")) == (100, 100)


@pytest.mark.parametrize("geometry", ["keras", "aspect"])
def test_style_scale_is_a_factor_on_both_sides_of_the_style(geometry: str) -> None:
    level = StyleSettings().levels(100, 100)[-1]
    style = tf.zeros((1, 300, 1200, 3))

    def shape(scale: float) -> tuple[int, int]:
        chosen = {"geometry": geometry, "style_scale": scale}
        return style_shape(style, level, StyleSettings.model_validate(chosen))

    rows, columns = shape(1)
    for scale in (0.8, 2.5, 4):
        assert shape(scale) == (scale * rows, scale * columns)
    assert min(shape(0.1)) == 32


def test_the_content_weighs_less_at_each_coarser_level() -> None:
    settings = StyleSettings(content_weight=0.8, coarse_content=0.25)
    weights = [at_level(settings, finer).content_weight for finer in (2, 1, 0)]
    assert weights == [0.05, 0.2, 0.8]
    style_alone = settings.model_copy(update={"coarse_content": 0.0})
    assert [at_level(style_alone, finer).content_weight for finer in (1, 0)] == [0, 0.8]


@pytest.mark.parametrize("geometry", ["keras", "aspect"])
def test_with_match_every_style_has_the_photograph_s_colours_at_each_level(geometry: str) -> None:
    styles = [painting(80, 60), photograph(60, 80) * np.float32(0.5)]
    for preserve_color in ("match", "none"):
        settings = StyleSettings.model_validate(
            {"size": 64, "geometry": geometry, "preserve_color": preserve_color}
        )
        levels = prepare(photograph(96, 64), styles, settings, Device())
        assert len(levels) == 2
        for inputs in levels:
            content = inputs.content.numpy().reshape(-1, 3)
            for style in inputs.styles:
                pixels = style.numpy().reshape(-1, 3)
                is_near = np.allclose(pixels.mean(0), content.mean(0), atol=0.1) and np.allclose(
                    np.cov(pixels.T), np.cov(content.T), rtol=0.02, atol=20
                )
                assert is_near is (preserve_color == "match")
