"""Which sizes fit: within a number of pixels, and not too narrow."""

from math import prod

from hypothesis import given
from hypothesis import strategies as st

from shared.settings import (
    LONGEST_RESULT_SIDE,
    StyleSettings,
    fitted_size,
    largest_size,
    sizes_within,
)


@given(st.integers(32, 4000), st.integers(32, 4000), st.integers(0, 10**7))
def test_the_largest_size_fits_and_a_larger_does_not(width: int, height: int, pixels: int) -> None:
    size = largest_size(width, height, pixels)
    if size is not None:
        result = StyleSettings.model_construct(size=size).result_shape(width, height)
        assert prod(result) <= pixels
        assert min(result) >= 32
        assert max(result) <= LONGEST_RESULT_SIDE
    larger = max((size or 0) + 1, 32)
    columns = larger * width / height
    assert larger * columns > pixels or columns < 32 or max(larger, columns) > LONGEST_RESULT_SIDE


@given(st.integers(16, 170_000), st.integers(16, 170_000))
def test_every_shape_within_the_longest_side_reaches_16_megapixels(width: int, height: int) -> None:
    _, largest = sizes_within(width, height, 16_000_000)
    rows, columns = StyleSettings.model_construct(size=largest).result_shape(width, height)
    ends = max(rows, columns) >= LONGEST_RESULT_SIDE - max(width / height, 1)
    next_pixels = (largest + 1) ** 2 * width / height
    assert ends or next_pixels > 16_000_000


@given(st.integers(16, 10_000), st.integers(16, 10_000), st.sampled_from([200, 400]))
def test_only_an_elongated_picture_gets_other_rows_than_the_preset_s(
    width: int, height: int, size: int
) -> None:
    fitted = fitted_size(width, height, size)
    if max(width, height) <= 3 * min(width, height):
        assert fitted == size
    else:  # as many pixels as 4:3
        usual, columns = size * (size * 4 // 3), fitted * width / height
        assert fitted * columns <= usual < (fitted + 1) * (fitted + 1) * width / height
