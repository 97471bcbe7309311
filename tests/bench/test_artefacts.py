"""Artefacts are found where they are, and not where the painting has the same."""

import numpy as np
import pytest
from numpy.typing import NDArray

from bench.artefacts import BLOCK, artefacts, fine_energy, flat_blocks

RNG = np.random.default_rng(0)
Picture = NDArray[np.uint8]


def noise(deviation: float, rows: int = 96, columns: int = 128) -> Picture:
    return np.clip(RNG.normal(128, deviation, (rows, columns, 3)), 0, 255).astype(np.uint8)


def half_flat(deviation: float) -> Picture:
    """Return a picture that is textured on the left and has noise of `deviation` on the right."""
    picture = noise(60)
    picture[:, 64:] = noise(deviation)[:, 64:]
    return picture


def test_a_uniform_picture_has_no_fine_energy() -> None:
    assert fine_energy(np.full((32, 32, 3), 77, np.uint8)).max() == 0


def test_the_flattest_blocks_are_found() -> None:
    found = flat_blocks(half_flat(1))
    assert found.sum() == found.size // 4
    assert not found[:, : 64 // BLOCK].any()


def test_noise_in_flat_parts_is_measured_against_the_painting_s() -> None:
    style, content = half_flat(2), half_flat(1)
    calm, noisy = (artefacts(half_flat(each), content, style).flat for each in (2, 8))
    assert calm == pytest.approx(1, rel=0.2)
    assert noisy > 8 * calm  # 16 but for the edge of the textured half


def test_speckles_along_the_border_are_measured_against_the_inside() -> None:
    picture = noise(5)
    assert artefacts(picture, picture, picture).border == pytest.approx(1, rel=0.1)
    speckled = noise(20)
    speckled[BLOCK:-BLOCK, BLOCK:-BLOCK] = picture[BLOCK:-BLOCK, BLOCK:-BLOCK]
    assert artefacts(speckled, picture, picture).border == pytest.approx(16, rel=0.2)


def test_a_drawn_painting_without_any_grain_gives_a_number() -> None:
    flat = np.full((64, 64, 3), 9, np.uint8)
    assert np.isfinite(artefacts(noise(3, 64, 64), flat, flat)).all()
