"""A picture in a photograph's colours: its own luma everywhere, the photograph's hue."""

import colorsys

import numpy as np
from numpy.typing import NDArray

from shared.pictures import LUMA, with_colours_of

RANDOM = np.random.default_rng(0)


def photograph() -> NDArray[np.uint8]:
    return RANDOM.integers(0, 256, (40, 50, 3), np.uint8)


def painted() -> NDArray[np.float32]:
    return RANDOM.uniform(-40, 300, (40, 50, 3)).astype(np.float32)


def test_the_luma_is_the_picture_s_and_every_value_is_visible() -> None:
    picture = painted()
    made = with_colours_of(photograph(), picture)
    assert made.dtype == np.float32
    np.testing.assert_allclose(made @ LUMA, np.clip(picture, 0, 255) @ LUMA, atol=0.01)
    assert made.min() > -0.01
    assert made.max() < 255.01


def test_the_colour_is_the_photograph_s_or_paler() -> None:
    photo = photograph()
    made = with_colours_of(photo, painted())
    colour, original = (each - (each @ LUMA)[..., np.newaxis] for each in (made, photo))
    share = (colour * original).sum(-1) / np.maximum((original**2).sum(-1), 1e-3)
    assert share.max() < 1.001
    assert share.min() > -0.001
    np.testing.assert_allclose(colour, share[..., np.newaxis] * original, atol=0.02)
    assert (share > 0.999).mean() > 0.2


def test_the_hue_stays_where_the_colour_does_not_fit() -> None:
    red, light = np.full((1, 1, 3), (220, 30, 40), np.uint8), np.full((1, 1, 3), 240, np.float32)
    (made,) = with_colours_of(red, light)[0]
    assert made[0] > 254.9  # as red as it can be at this luma
    hues = [colorsys.rgb_to_hls(*(np.asarray(each, float) / 255))[0] for each in (made, red[0, 0])]
    assert abs(hues[0] - hues[1]) < 0.01


def test_the_photograph_itself_and_greys_are_unchanged() -> None:
    photo = photograph()
    np.testing.assert_allclose(with_colours_of(photo, photo.astype(np.float32)), photo, atol=0.02)
    grey = np.full((4, 4, 3), 90, np.uint8)
    made = with_colours_of(grey, painted()[:4, :4])
    assert np.ptp(made, axis=-1).max() < 0.02
