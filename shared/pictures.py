"""From the optimiser's pixels to a picture's bytes: means added, clipped, encoded."""

import io
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

FORMATS = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp", "tiff": "image/tiff"}
_OPTIONS: dict[str, dict[str, object]] = {
    "png": {"compress_level": 4},
    "jpeg": {"quality": 95, "subsampling": 0},
    "webp": {"quality": 92},
    "tiff": {"compression": "tiff_deflate"},
}


def deprocess(pixels: NDArray[np.float32], means: Sequence[float]) -> NDArray[np.uint8]:
    """Turn VGG's centred B, G, R into a picture, as `deprocess_image` of the Keras example does.

    Args:
        pixels: (rows, columns, 3), centred B, G, R.
        means: what is added to B, G and R.

    Returns:
        (rows, columns, 3), R, G, B.
    """
    picture = pixels + np.asarray(means, dtype=np.float32)
    # Keras truncates where we round: its mean error is half a level more.
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)[..., ::-1]


def encode(picture: NDArray[np.uint8], format_name: str) -> bytes:
    """Return an R, G, B picture of (rows, columns, 3) as the bytes of a file in `FORMATS`."""
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(picture)).save(
        buffer, format_name, **_OPTIONS[format_name]
    )
    return buffer.getvalue()


def decode(data: bytes) -> NDArray[np.uint8]:
    """Return a picture of our own making as R, G, B of (rows, columns, 3)."""
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGB"))
