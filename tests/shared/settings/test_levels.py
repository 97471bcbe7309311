"""Which sizes fit: within a number of pixels, and not too narrow."""

from math import prod

from hypothesis import given
from hypothesis import strategies as st

from shared.settings import TALLEST_RESULT, StyleSettings, largest_size


@given(st.integers(32, 4000), st.integers(32, 4000), st.integers(0, 10**7))
def test_the_largest_size_fits_and_a_larger_does_not(width: int, height: int, pixels: int) -> None:
    size = largest_size(width, height, pixels)
    if size is not None:
        result = StyleSettings.model_construct(size=size).result_shape(width, height)
        assert prod(result) <= pixels
        assert min(result) >= 32
        assert size <= TALLEST_RESULT
    larger = max((size or 0) + 1, 32)
    too_many = larger**2 * width / height > pixels
    assert too_many or larger * width // height < 32 or larger > TALLEST_RESULT
