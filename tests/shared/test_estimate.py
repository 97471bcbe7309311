"""The estimate: what fits is judged the same way from both sides."""

import pytest

from shared.estimate import largest_pixels, memory_bytes


@pytest.mark.parametrize("memory", [10**9, 8 * 10**9, 80 * 10**9])
def test_the_largest_result_just_fits(memory: int) -> None:
    most = largest_pixels(memory)
    assert memory_bytes(most) <= memory < memory_bytes(most + 1)


@pytest.mark.parametrize("memory", [0, 10**6, 7 * 10**8])
def test_too_little_memory_fits_nothing(memory: int) -> None:
    assert largest_pixels(memory) == 0
