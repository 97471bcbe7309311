"""Small real pictures for the engine's tests."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from samples import photograph_path, style_path


def photograph(width: int, height: int) -> NDArray[np.float32]:
    """Return a photograph as (height, width, 3), R, G, B."""
    return _read(photograph_path("coffee"), width, height)


def painting(width: int, height: int) -> NDArray[np.float32]:
    """Return a painting as (height, width, 3), R, G, B."""
    return _read(style_path("brushwork"), width, height)


def _read(path: Any, width: int, height: int) -> NDArray[np.float32]:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB").resize((width, height)), dtype=np.float32)
