"""A plan fits into the memory and uses most of it."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.engine.memory.plan import (
    BASE_BYTES,
    FORWARD_BYTES,
    NETWORK_BYTES,
    WHOLE,
    Plan,
    bytes_needed,
    fallback_plans,
    largest_pixels,
    plan,
    style_side,
)
from worker.engine.vgg19.layers import KERNEL_SHAPES, margin

GB = 10**9
PRECISION = "bfloat16"


def planned(pixels: int, memory: float) -> Plan:
    found = plan(pixels, int(memory * GB), PRECISION)
    assert found is not None
    return found


def test_an_image_that_fits_is_not_tiled() -> None:
    assert planned(400 * 533, 2) == WHOLE
    assert plan(10**9, None, PRECISION) == WHOLE


def test_tiles_are_used_before_the_history_is_shortened() -> None:
    large = planned(1600 * 2132, 4)
    assert large.side is not None
    assert large.history == 10
    larger = planned(3200 * 4266, 6.5)
    assert 3 < larger.history < 10


def test_less_memory_means_smaller_tiles_and_a_shorter_history() -> None:
    plans = [planned(1600 * 2132, gigabytes) for gigabytes in (5, 4, 3, 2.5)]
    sides = [each.side or 0 for each in plans]
    histories = [each.history for each in plans]
    assert sides == sorted(sides, reverse=True)
    assert histories == sorted(histories, reverse=True)


def test_without_enough_memory_there_is_no_plan() -> None:
    assert plan(3200 * 4266, 2 * GB, PRECISION) is None


@pytest.mark.parametrize("memory", [1_250_000_000, 2 * GB, 8 * GB, 80 * GB])
@pytest.mark.parametrize("precision", ["bfloat16", "float32"])
def test_there_is_a_plan_for_the_largest_result_and_no_larger(memory: int, precision: str) -> None:
    most = largest_pixels(memory, precision)
    assert plan(most, memory, precision) is not None
    assert plan(int(most * 1.001) + 1, memory, precision) is None


@pytest.mark.parametrize("memory", [0, 10**6, 7 * 10**8])
def test_too_little_memory_fits_nothing(memory: int) -> None:
    assert largest_pixels(memory) == 0


SIZES = st.integers(32 * 32, 10**8)
MEMORIES = st.none() | st.integers(0, 64 * GB)
PRECISIONS = st.sampled_from(sorted(NETWORK_BYTES))
LAYERS = st.sets(st.sampled_from(sorted(KERNEL_SHAPES)), min_size=1)


@given(SIZES, MEMORIES, PRECISIONS, LAYERS)
def test_every_plan_needs_less_memory_than_the_one_before(
    pixels: int, memory: int | None, precision: str, layers: set[str]
) -> None:
    plans = fallback_plans(pixels, memory, precision, layers)
    needed = [bytes_needed(each, pixels, precision, layers) for each in plans]
    assert all(lower < upper for upper, lower in pairwise(needed))
    assert memory is None or all(need <= memory for need in needed)


@given(SIZES, MEMORIES, PRECISIONS, LAYERS)
def test_the_plans_start_with_the_first_plan_and_end_with_the_fewest_pairs(
    pixels: int, memory: int | None, precision: str, layers: set[str]
) -> None:
    planned = plan(pixels, memory, precision, layers)
    plans = fallback_plans(pixels, memory, precision, layers)
    assert plans[:1] == ([planned] if planned else [])
    assert all(each.history == 3 for each in plans[-1:])


@given(SIZES, st.floats(0.1, 16), MEMORIES, PRECISIONS, LAYERS)
def test_a_style_s_tiles_fit_into_the_memory_planned_for_the_result(
    pixels: int, scale: float, memory: int | None, precision: str, layers: set[str]
) -> None:
    """Where the result is whole: each style pixel is held, and those of a tile are in a network."""
    if plan(pixels, memory, precision, layers) != WHOLE:
        return
    style = int(pixels * scale)
    side = style_side(pixels, style, memory, precision, layers)
    assert side is not None or memory is None or style <= pixels or fits(style, pixels, memory)
    if side is not None:
        assert memory is not None
        assert side == 128 or fits((side + 2 * margin(layers)) ** 2, pixels, memory)


def fits(in_network: int, pixels: int, memory: int) -> bool:
    return BASE_BYTES["bfloat16"] + pixels * (270 + 240) + in_network * FORWARD_BYTES <= memory


def test_a_large_picture_gets_smaller_tiles_before_a_shorter_history() -> None:
    tiles = [Plan(10, side) for side in (512, 256, 128)]
    forgetful = [Plan(history, 128) for history in (6, 3)]
    assert fallback_plans(1600 * 2132, None, PRECISION) == [WHOLE, *tiles, *forgetful]
