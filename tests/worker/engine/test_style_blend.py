"""Several styles count as much as `style_blend` says."""

import numpy as np
import pytest
from numpy.typing import NDArray

from shared.settings import PRESETS, StyleSettings
from tests.worker.engine.pictures import painting, photograph
from worker.engine.engine import Engine
from worker.engine.vgg19.layers import Weights

Pixels = NDArray[np.float32]
FIRST, SECOND = painting(80, 60), painting(80, 60)[::-1, :, ::-1].copy()  # other shapes and colours


@pytest.fixture(scope="module")
def engine(weights: Weights) -> Engine:
    return Engine(weights)


def painted(
    engine: Engine, styles: list[Pixels], *blend: float, preset: str = "balanced"
) -> Pixels:
    small = {"size": 48, "iterations": 8, "coarse_iterations": 8, "style_blend": list(blend)}
    settings = StyleSettings(**{**PRESETS[preset], **small})
    *_, last = engine.stylize(photograph(96, 64), styles, settings)
    return last.pixels()


@pytest.mark.parametrize("preset", ["balanced", "faithful"])
def test_a_style_of_weight_0_changes_nothing(engine: Engine, preset: str) -> None:
    alone = painted(engine, [FIRST], preset=preset)
    blended = painted(engine, [FIRST, SECOND], 1, 0, preset=preset)
    np.testing.assert_array_equal(blended, alone)
    assert np.abs(painted(engine, [SECOND], preset=preset) - alone).mean() > 5


def test_the_picture_moves_from_one_style_to_the_other_with_the_weights(engine: Engine) -> None:
    first, second = painted(engine, [FIRST]), painted(engine, [SECOND])
    both = [FIRST, SECOND]
    three, one = painted(engine, both, 3, 1), painted(engine, both, 1, 3)

    def distance(one: Pixels, other: Pixels) -> float:
        """Return how far apart the pictures' mean colours are."""
        return float(np.abs(one.mean((0, 1)) - other.mean((0, 1))).sum())

    assert distance(first, three) < distance(first, one) < distance(first, second)
    assert distance(second, one) < distance(second, three) < distance(second, first)


def test_only_the_ratio_of_weights_counts(engine: Engine) -> None:
    both = [FIRST, SECOND]
    np.testing.assert_array_equal(painted(engine, both, 3, 1), painted(engine, both, 6, 2))
    np.testing.assert_array_equal(painted(engine, both), painted(engine, both, 7, 7))


@pytest.mark.parametrize("blend", [[1], [1, 1, 1]])
def test_weights_for_another_number_of_styles_are_refused(
    engine: Engine, blend: list[float]
) -> None:
    with pytest.raises(ValueError, match="for 2 style images"):
        painted(engine, [FIRST, SECOND], *blend)
