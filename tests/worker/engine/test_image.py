"""Pixels are resized and centred as in Keras."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from tests.worker.engine.pictures import photograph
from worker.engine.image import centred, resize


@pytest.mark.parametrize(("rows", "columns"), [(40, 53), (97, 120), (31, 64), (300, 200)])
def test_keras_geometry_takes_the_pixels_that_load_img_takes(rows: int, columns: int) -> None:
    image = photograph(151, 101)
    pillow = Image.fromarray(image.astype(np.uint8)).resize(
        (columns, rows), Image.Resampling.NEAREST
    )
    ours = resize(centred(image), rows, columns, "keras")
    np.testing.assert_array_equal(ours, centred(np.asarray(pillow, dtype=np.float32)))


def test_centring_is_keras_s_preprocess_input() -> None:
    image = photograph(20, 10)
    expected = keras.applications.vgg19.preprocess_input(image[np.newaxis].copy())
    np.testing.assert_allclose(centred(image), expected, atol=1e-4)


def test_aspect_geometry_averages_when_it_reduces() -> None:
    checks = np.indices((64, 64)).sum(axis=0) % 2 * 255.0
    image = np.repeat(checks[..., np.newaxis], 3, axis=2).astype(np.float32)
    small = resize(centred(image), 16, 16, "aspect") - centred(np.full((1, 1, 3), 127.5, "f"))
    assert float(np.abs(small).max()) < 4


@pytest.mark.parametrize(("rows", "columns"), [(40, 53), (202, 302), (101, 60), (130, 75)])
def test_aspect_geometry_is_pillow_s_bicubic(rows: int, columns: int) -> None:
    """Up and down: it averages over what it leaves out, and interpolates by cubic polynomials."""
    image = photograph(151, 101)
    ours = resize(tf.constant(image[np.newaxis]), rows, columns, "aspect").numpy()[0]
    for channel in range(3):
        plane = Image.fromarray(image[..., channel])
        expected = np.asarray(plane.resize((columns, rows), Image.Resampling.BICUBIC))
        np.testing.assert_allclose(ours[..., channel], expected, atol=0.1)
