"""Prepares pixels for the network: resizing, and the centring that VGG19 was trained with."""

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from shared.settings import DEPROCESS_MEANS

NOISE = 30.0  # the standard deviation, in grey levels; hardly any value is below black
IMAGENET_MEANS = np.array(DEPROCESS_MEANS["keras"], dtype=np.float32)  # B, G, R


def centred(image: NDArray[np.float32]) -> tf.Tensor:
    """Turn (rows, columns, 3), R, G, B from 0 to 255, into (1, rows, columns, 3), centred B, G, R.

    This is `vgg19.preprocess_input` of Keras.
    """
    return tf.convert_to_tensor(image[np.newaxis, ..., ::-1] - IMAGENET_MEANS)


def noise(rows: int, columns: int, seed: int) -> tf.Tensor:
    """Return normal noise (1, rows, columns, 3), centred B, G, R; the same for the same seed."""
    values = np.random.default_rng(seed).normal(0, NOISE, (1, rows, columns, 3))
    return tf.constant(values, tf.float32)


def resize(image: tf.Tensor, rows: int, columns: int, geometry: str) -> tf.Tensor:
    """Resize (1, r, c, 3) to (1, rows, columns, 3). Every resize in the engine goes through here.

    Args:
        image: any pixels.
        rows: the result's rows.
        columns: the result's columns.
        geometry: `keras` takes the nearest pixel, as Keras's `load_img` does; `aspect` is bicubic
            with antialiasing.
    """
    if image.shape[1:3] == (rows, columns):
        return image
    method = "nearest" if geometry == "keras" else "bicubic"
    return tf.image.resize(image, (rows, columns), method=method, antialias=True)
