"""Paints the pictures that pages show: `make page-pictures`.

There is one for each preset's card, and a sample pair with its result for the first run. Each file
holds, in its description, what it was painted with, so that a test notices when that has changed.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from PIL.ExifTags import Base

from bench.painter import Painter
from samples import photograph_path, style_path
from shared.settings import PRESETS, StyleSettings

STATIC = Path(__file__).parents[1] / "web/static"
CARD_ROWS, SAMPLE_ROWS = 240, 400
MOST_BYTES = 30_000  # of a card
PHOTOGRAPH = STATIC / "samples/chelsea.jpg"
"""*Chelsea* by Stéfan van der Walt (CC0), as it comes with scikit-image."""


class PagePicture(NamedTuple):
    """One painted picture, and what it is painted with."""

    name: str
    style: str
    preset: str
    rows: int
    most_bytes: int = MOST_BYTES

    @property
    def path(self) -> Path:
        """Its file."""
        return STATIC / f"{self.name}.webp"

    @property
    def settings(self) -> StyleSettings:
        """Its settings; a preset's own size is what the preset shows."""
        return StyleSettings(**{"size": self.rows, **PRESETS[self.preset]})

    def recipe(self) -> str:
        """Return what it is painted with."""
        settings = self.settings.model_dump(mode="json")
        return json.dumps({"style": self.style, "rows": self.rows, "settings": settings})

    def is_stale(self) -> bool:
        """Return whether the file is missing, or was painted with something else."""
        if not self.path.is_file():
            return True
        with Image.open(self.path) as image:
            return bool(image.getexif().get(Base.ImageDescription) != self.recipe())


CARDS = [PagePicture(f"presets/{name}", "brushwork", name, CARD_ROWS) for name in PRESETS]
SAMPLE = PagePicture(
    "samples/chelsea-woodcut-waves", "woodcut-waves", "balanced", SAMPLE_ROWS, 90_000
)


def stale() -> Iterator[PagePicture]:
    """Yield the pictures that have to be painted."""
    return (each for each in (*CARDS, SAMPLE) if each.is_stale())


def save(picture: PagePicture, painted: Image.Image) -> None:
    """Write a picture at the best quality that keeps it below its most bytes."""
    width = round(painted.width * picture.rows / painted.height)
    shown = painted.resize((width, picture.rows), Image.Resampling.LANCZOS)
    exif = Image.Exif()
    exif[Base.ImageDescription] = picture.recipe()
    picture.path.parent.mkdir(parents=True, exist_ok=True)
    for quality in range(85, 40, -5):
        shown.save(picture.path, quality=quality, method=6, exif=exif)
        if picture.path.stat().st_size < picture.most_bytes:
            return


def main() -> None:
    """Paint what is missing or stale."""
    if not PHOTOGRAPH.is_file():
        PHOTOGRAPH.parent.mkdir(parents=True, exist_ok=True)
        with Image.open(photograph_path("chelsea")) as image:
            image.convert("RGB").save(PHOTOGRAPH, quality=92, optimize=True, progressive=True)
    to_paint = list(stale())
    if not to_paint:
        return
    painter = Painter()
    for number, picture in enumerate(to_paint, start=1):
        print(f"{number} of {len(to_paint)}: {picture.name}", flush=True)
        save(picture, painter.paint(PHOTOGRAPH, [style_path(picture.style)], picture.settings))


if __name__ == "__main__":
    main()
