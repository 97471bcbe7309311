"""Float pixels are kept: near the originals, for any means, in bands, in one checked file."""

from collections.abc import Sequence

import numpy as np
import pytest

from shared import kept_pixels
from shared.kept_pixels import KeptPixels, Photograph
from shared.pictures import deprocess, render
from shared.settings import DEPROCESS_MEANS

KERAS = DEPROCESS_MEANS["keras"]


def painted(rows: int = 40, columns: int = 50) -> kept_pixels.Floats:
    """Return pixels with the optimiser's range, some of them far outside of a picture's."""
    random = np.random.default_rng(0)
    pixels = random.uniform(-140, 160, (rows, columns, 3))
    pixels[:2] *= 3
    return pixels.astype(np.float32)


def kept_of(
    pixels: kept_pixels.Floats,
    means: Sequence[float],
    photograph: kept_pixels.Picture | None = None,
) -> KeptPixels:
    black = np.zeros(pixels.shape, np.uint8)
    return KeptPixels.of(pixels, means, Photograph(black if photograph is None else photograph))


def restored(kept: KeptPixels) -> kept_pixels.Floats:
    return np.concatenate([band.pixels for band in kept.bands()])


@pytest.mark.parametrize("means", [KERAS, DEPROCESS_MEANS["shifted"], (-255, 510, 0.5)])
def test_pixels_are_kept_to_a_hundredth_of_a_grey_level(
    means: tuple[float, float, float],
) -> None:
    pixels = painted()
    again = restored(KeptPixels.from_bytes(kept_of(pixels, means).to_bytes()))
    assert again.dtype == np.float32
    assert np.abs(again - pixels).max() <= 1 / 128 + 1e-4


@pytest.mark.parametrize("means", [KERAS, DEPROCESS_MEANS["shifted"], (-255, 510, 0.5)])
def test_the_picture_with_the_job_s_own_means_is_exactly_the_same(
    means: tuple[float, float, float],
) -> None:
    pixels = painted(400, 500)
    pixels[0, :, 0] = np.arange(500) + 0.5 - np.float32(means[0])  # exactly between two levels
    assert np.array_equal(render(kept_of(pixels, means), means), deprocess(pixels, means))


def test_every_value_that_some_means_make_visible_is_kept() -> None:
    pixels = np.linspace(-510, 510, 3 * 1000, dtype=np.float32).reshape(10, 100, 3)
    assert np.abs(restored(kept_of(pixels, KERAS)) - pixels).max() < 1 / 100
    beyond = np.array([[[-9e4, 9e4, 0]]], np.float32)
    dark, light, _ = restored(kept_of(beyond, KERAS))[0, 0]
    assert dark < -510
    assert light > 510


def test_a_large_result_is_read_in_bands_of_its_rows() -> None:
    pixels = painted(600, 1000)
    bands = list(kept_of(pixels, KERAS).bands())
    assert [band.rows for band in bands] == [slice(0, 250), slice(250, 500), slice(500, 600)]
    assert all(band.pixels.shape[0] == band.rows.stop - band.rows.start for band in bands)


def test_a_row_longer_than_a_band_is_a_band() -> None:
    pixels = painted(3, kept_pixels.BAND_PIXELS + 1)
    assert np.abs(restored(kept_of(pixels, KERAS)) - pixels).max() < 1 / 100


def test_the_photograph_is_kept_exactly() -> None:
    photograph = np.random.default_rng(0).integers(0, 256, (600, 1000, 3), np.uint8)
    kept = KeptPixels.from_bytes(kept_of(painted(600, 1000), KERAS, photograph).to_bytes())
    assert np.array_equal(np.concatenate([each.photograph for each in kept.bands()]), photograph)


def test_the_kept_pixels_take_less_room_than_float16() -> None:
    pixels = painted(400, 500)  # noise, which nothing compresses
    assert len(kept_of(pixels, KERAS).to_bytes()) < pixels.astype(np.float16).nbytes * 1.01


def test_a_damaged_file_is_an_error_and_not_a_picture() -> None:
    data = kept_of(painted(), KERAS).to_bytes()
    for damaged in (b"", b"PK", data[: len(data) // 2], data.replace(b"format", b"tamrof")):
        with pytest.raises(ValueError):  # noqa: PT011 - the library's messages differ
            list(KeptPixels.from_bytes(damaged).bands())
    middle = len(data) // 2
    flipped = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
    with pytest.raises(ValueError):  # noqa: PT011 - the same
        list(KeptPixels.from_bytes(flipped).bands())


def test_a_file_of_a_later_format_is_refused() -> None:
    with pytest.raises(ValueError, match="another format"):
        KeptPixels({"format": np.array(2)})
