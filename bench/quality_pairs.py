"""The pairs whose pictures are scored: sample photographs × sample styles, and a folder's own."""

import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from samples import MEASURED_STYLES, PHOTOGRAPHS, photograph_path, style_path
from shared.settings import StyleSettings

Picture = NDArray[np.uint8]  # (rows, columns, 3), R, G, B
REFERENCES = Path(__file__).with_name("quality_reference.json")
OWN_PHOTOGRAPH, OWN_STYLES = "golden_gate", ("the_scream", "starry_night")


class QualityPair(NamedTuple):
    """A photograph and a painting."""

    photograph_path: Path
    painting_path: Path

    @property
    def name(self) -> str:
        """What it is called in tables, and `--pairs` takes."""
        return f"{self.photograph_path.stem}/{self.painting_path.stem}"

    @property
    def stem(self) -> str:
        """Its part of a file's name."""
        return self.name.replace("/", "-")

    def photograph(self) -> NDArray[np.float32]:
        """Return the photograph at its own size."""
        return read(self.photograph_path).astype(np.float32)

    def painting(self) -> NDArray[np.float32]:
        """Return the painting at its own size."""
        return read(self.painting_path).astype(np.float32)

    def content(self, rows: int) -> Picture:
        """Return the photograph at the size of a result of `rows` rows."""
        with Image.open(self.photograph_path) as image:
            shape = StyleSettings(size=rows).result_shape(image.width, image.height)
        return read(self.photograph_path, shape[1], shape[0])

    def style(self, rows: int) -> Picture:
        """Return the painting `rows` rows high."""
        with Image.open(self.painting_path) as image:
            columns = round(image.width * rows / image.height)
        return read(self.painting_path, columns, rows)

    def style_as_long_as(self, length: int) -> Picture:
        """Return the painting with a longer side of `length` pixels."""
        with Image.open(self.painting_path) as image:
            factor = length / max(image.size)
            columns, rows = (round(side * factor) for side in image.size)
        return read(self.painting_path, columns, rows)


def pairs_to_score(
    folder: Path | None, names: Collection[str] | None = None
) -> Iterator[QualityPair]:
    """Yield the pairs: the folder's own first, if it is given; only those of `names`, if given."""
    paths = [
        (photograph_path(each), style_path(style))
        for style in MEASURED_STYLES
        for each in PHOTOGRAPHS
    ]
    if folder is not None:
        own = [(folder / f"{OWN_PHOTOGRAPH}.jpg", folder / f"{each}.jpg") for each in OWN_STYLES]
        paths = own + paths
    for pair in (QualityPair(*each) for each in paths):
        if names is None or pair.name in names:
            yield pair


def references(rows: int) -> dict[str, dict[str, Any]]:
    """Return neural-style's stored scores at this size, by the pair's name."""
    known: dict[str, dict[str, dict[str, Any]]] = json.loads(REFERENCES.read_text())
    return known.get(str(rows), {})


def read(path: Path, columns: int | None = None, rows: int | None = None) -> Picture:
    """Return a picture as (rows, columns, 3), R, G, B, resized if a size is given."""
    with Image.open(path) as image:
        picture = image.convert("RGB")
        if columns and rows:
            picture = picture.resize((columns, rows), Image.Resampling.LANCZOS)
        return np.asarray(picture)
