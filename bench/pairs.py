"""The pictures for the benchmarks, verified by their hash."""

import hashlib
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from samples import photograph_path, style_path
from shared.settings import StyleSettings

NAMES = (("coffee", "brushwork"), ("chelsea", "woodcut-waves"), ("rocket", "stained-glass"))
Picture = NDArray[np.float32]


class Pair(NamedTuple):
    """A photograph and a painting, both (rows, columns, 3), R, G, B, at the result's size."""

    name: str
    content: Picture
    style: Picture

    @property
    def sha256(self) -> str:
        """The hash of both pictures."""
        data = self.content.astype(np.uint8).tobytes() + self.style.astype(np.uint8).tobytes()
        return hashlib.sha256(data).hexdigest()


def pair(number: int, rows: int) -> Pair:
    """Return pair `number`, from 1, at `rows` rows; both images by nearest pixel, as Keras does."""
    photograph, painting = NAMES[number - 1]
    with Image.open(photograph_path(photograph)) as image:
        shape = StyleSettings(size=rows).result_shape(image.width, image.height)
        content = _sized(image, *shape)
    with Image.open(style_path(painting)) as image:
        style = _sized(image, *shape)
    return Pair(f"{photograph} × {painting}", content, style)


def _sized(image: Image.Image, rows: int, columns: int) -> Picture:
    sized = image.convert("RGB").resize((columns, rows), Image.Resampling.NEAREST)
    return np.asarray(sized, dtype=np.float32)
