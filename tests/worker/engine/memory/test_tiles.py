"""An image evaluated in tiles has the losses and the gradient of the whole."""

import numpy as np
import pytest
import tensorflow as tf

from shared.settings import StyleSettings
from tests.worker.engine.loss.test_losses import objective
from tests.worker.engine.pictures import painting, photograph
from worker.engine.image import centred
from worker.engine.loss.gradients import Evaluation
from worker.engine.loss.objective import Objective
from worker.engine.memory.tiles import Sides, grid
from worker.engine.vgg19.layers import ALIGNED, KERNEL_SHAPES, Weights, margin

ROWS, COLUMNS = 203, 331  # no multiples of anything
SIDE = 96
SETTINGS = StyleSettings(moments_weight=100)  # beside the other terms


def test_the_cores_cover_the_image_exactly_once() -> None:
    covered = np.zeros((ROWS, COLUMNS), int)
    for row in grid(ROWS, COLUMNS, SIDE, 32):
        for tile in row:
            top, left, bottom, right = tile.core
            covered[top:bottom, left:right] += 1
            assert top % ALIGNED == left % ALIGNED == 0
    assert (covered == 1).all()


def test_the_surroundings_stay_within_the_image() -> None:
    (first, *_), *_ = tiles = grid(ROWS, COLUMNS, SIDE, 32)
    assert first.surroundings[:2] == (0, 0)
    assert first.core_within == first.core
    last = tiles[-1][-1]
    assert last.surroundings[2:] == (ROWS, COLUMNS)
    assert last.core_within[:2] == (32, 32)


def test_no_tile_exceeds_the_side_by_more_than_the_alignment() -> None:
    for side in (64, 96, 160):
        for row in grid(1000, 37, side, 0):
            for tile in row:
                top, _, bottom, _ = tile.core
                assert bottom - top < side + ALIGNED


def test_an_image_that_is_not_cut_is_one_tile() -> None:
    assert [len(row) for row in grid(ROWS, COLUMNS, None, 96)] == [1]
    assert [len(row) for row in grid(64, 64, 64, 96)] == [1]


def test_deeper_layers_depend_on_larger_surroundings() -> None:
    margins = [margin({layer}) for layer in KERNEL_SHAPES]
    assert margins == sorted(margins)
    assert (margins[0], margin({"block1_conv1", "block5_conv2"})) == (16, 96)


@pytest.fixture(scope="module")
def exact(weights: Weights) -> Objective:
    return objective(weights, settings=SETTINGS)


def apart(whole: Evaluation, tiled: Evaluation) -> tuple[float, float]:
    """Return how far losses and gradients are apart, relative to the whole's."""
    loss, gradient = (float(tf.norm(a - b) / tf.norm(a)) for a, b in zip(whole, tiled, strict=True))
    return loss, gradient


def evaluations(of: Objective) -> tuple[list[Evaluation], list[Evaluation]]:
    """Return those of the whole image, and those in tiles: all, near, and the parts."""
    content, style = centred(photograph(COLUMNS, ROWS)), centred(painting(COLUMNS, ROWS))
    image = 0.6 * content + 0.4 * style

    def all_of(side: int | None) -> list[Evaluation]:
        targets = of.targets(content, [style], SETTINGS, sides=Sides(side, side))
        return [
            of.evaluate(image, targets, side),
            of.evaluate_near(image, targets, side),
            *of.evaluate_parts(image, targets, side),
        ]

    return all_of(None), all_of(SIDE)


def test_losses_and_gradient_are_those_of_the_whole(exact: Objective) -> None:
    for whole, tiled in zip(*evaluations(exact), strict=True):
        loss, gradient = apart(whole, tiled)
        assert loss < 1e-5
        assert gradient < 1e-5


def test_losses_are_nearly_the_same_in_bfloat16(weights: Weights) -> None:
    """With shallow layers: a processor without bfloat16 emulates it, and takes minutes for all."""
    settings = StyleSettings(
        style_layers={"block1_conv1": 1.0, "block2_conv1": 1.0},
        content_layer="block2_conv2",
        moments_weight=100,
    )
    of = objective(weights, "bfloat16", settings=settings)
    content, style = centred(photograph(141, 93)), centred(painting(141, 93))
    whole, tiled = (
        of.evaluate(
            0.6 * content + 0.4 * style,
            of.targets(content, [style], settings, sides=Sides(side, side)),
            side,
        )
        for side in (None, 48)
    )
    assert apart(whole, tiled)[0] < 1e-3
