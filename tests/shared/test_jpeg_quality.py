"""A JPEG keeps the colour of each pixel: brush marks are as fine in colour as in brightness."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, JpegImagePlugin

from shared.pictures import decode, encode


def _stripes() -> NDArray[np.uint8]:
    """Return columns, one pixel wide, that differ in colour and hardly in brightness."""
    picture = np.empty((32, 32, 3), np.uint8)
    picture[:, ::2], picture[:, 1::2] = (200, 60, 60), (20, 120, 160)
    return picture


def test_colours_are_not_subsampled() -> None:
    with Image.open(io.BytesIO(encode(_stripes(), "jpeg"))) as image:
        assert JpegImagePlugin.get_sampling(image) == 0  # 4:4:4


def test_stripes_of_colour_stay_stripes() -> None:
    difference = np.abs(decode(encode(_stripes(), "jpeg")).astype(int) - _stripes())
    assert difference.mean() < 6
    assert difference.max() < 40


def test_noise_is_nearly_unchanged() -> None:
    noise = np.random.default_rng(0).integers(90, 160, (64, 64, 3), dtype=np.uint8)
    assert np.abs(decode(encode(noise, "jpeg")).astype(int) - noise).mean() < 3.5
