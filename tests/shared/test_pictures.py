"""Encoding: from the optimiser's pixels to a file, compared with known pixels."""

import io

import numpy as np
import pytest
from PIL import Image

from shared.pictures import FORMATS, decode, deprocess, encode, resized
from shared.settings import DEPROCESS_MEANS

CENTRED = np.array(
    [[[0.0, 0.0, 0.0], [-103.939, -116.779, -123.68]], [[200.0, 0.4, -200.0], [1.0, 2.0, 3.0]]],
    dtype=np.float32,
)  # rows, columns, (B, G, R)
BY_HAND = {
    "keras": [
        [[124, 117, 104], [0, 0, 0]],
        [[0, 117, 255], [127, 119, 105]],
    ],
    "shifted": [
        [[97, 97, 124], [0, 0, 20]],
        [[0, 97, 255], [100, 99, 125]],
    ],
}


@pytest.mark.parametrize("means", BY_HAND)
def test_means_are_added_clipped_and_turned_to_red_green_blue(means: str) -> None:
    picture = deprocess(CENTRED, DEPROCESS_MEANS[means])
    assert picture.dtype == np.uint8
    assert picture.tolist() == BY_HAND[means]


def test_the_shifted_means_make_a_picture_bluer() -> None:
    keras, shifted = (
        deprocess(CENTRED[:1, :1], DEPROCESS_MEANS[name])[0, 0].astype(int)
        for name in ("keras", "shifted")
    )
    assert (shifted - keras).tolist() == [-27, -20, 20]


def test_deprocessing_does_not_change_its_input() -> None:
    before = CENTRED.copy()
    deprocess(CENTRED, DEPROCESS_MEANS["keras"])
    assert np.array_equal(CENTRED, before)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_can_be_opened_and_shows_the_picture(name: str) -> None:
    ramp = np.linspace(0, 255, 40, dtype=np.uint8)
    picture = np.stack(np.broadcast_arrays(ramp, ramp[::-1], np.uint8(99)), axis=-1)
    picture = np.repeat(picture[np.newaxis], 24, axis=0)
    kind = FORMATS[name]
    data = encode(picture if kind.bits == 8 else picture * np.uint16(257), name)
    with Image.open(io.BytesIO(data)) as image:
        expected = (kind.suffix.upper(), "RGB", (40, 24))
        assert (image.format, image.mode, image.size) == expected
        assert Image.MIME[kind.suffix.upper()] == kind.mimetype
    assert np.abs(decode(data).astype(int) - picture).mean() < 3


@pytest.mark.parametrize("name", ["png", "tiff"])
def test_lossless_formats_keep_every_pixel(name: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (17, 19, 3), dtype=np.uint8)
    assert np.array_equal(decode(encode(noise, name)), noise)


def test_a_picture_that_is_a_view_can_be_encoded() -> None:
    picture = deprocess(CENTRED, (0.0, 0.0, 0.0))[..., ::-1]
    assert not picture.flags["C_CONTIGUOUS"]
    assert np.array_equal(decode(encode(picture, "png")), picture)


@pytest.mark.parametrize("channels", [3, 4])
def test_another_size_keeps_colours_also_where_they_are_transparent(channels: int) -> None:
    picture = np.full((40, 60, channels), 200, np.uint8)
    picture[:, :, 3:] = 0
    small = resized(picture, 20, 30)
    assert small.shape == (20, 30, channels)
    assert (small[..., :3] == 200).all()
    assert (small[..., 3:] == 0).all()
    assert resized(picture, 40, 60) is picture
