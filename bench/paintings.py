"""Paints examples for sheets of pictures, and keeps them: a new example costs one picture.

A sheet's comment is the digest of its examples, by which a test notices that it shows others. After
a change of the engine, remove the sheets and `KEPT` to paint them again.
"""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from bench.painter import Painter
from samples import photograph_path, style_path
from shared.settings import StyleSettings

KEPT = Path(".gramworks/bench/painted")


class Example(NamedTuple):
    """A sample photograph, a built-in style, and the settings to paint with."""

    photograph: str
    style: str
    settings: StyleSettings

    @property
    def inputs(self) -> list[Path]:
        """The files of the photograph and the style."""
        return [photograph_path(self.photograph), style_path(self.style)]

    @property
    def file(self) -> Path:
        """Where its picture is kept."""
        return KEPT / f"{self.photograph}-{self.style}-{digest([self])[:12]}.png"


def digest(examples: Sequence[Example]) -> str:
    """Return a digest of all that the examples are painted from."""
    found = sha256()
    for example in examples:
        found.update(example.settings.model_dump_json().encode())
        for path in example.inputs:
            found.update(path.read_bytes())
    return found.hexdigest()


def paint(examples: Sequence[Example]) -> list[Path]:
    """Paint those whose picture is not kept yet; return the picture of each."""
    KEPT.mkdir(parents=True, exist_ok=True)
    missing = [example for example in examples if not example.file.is_file()]
    if missing:
        painter = Painter()
        for number, example in enumerate(missing, start=1):
            print(f"{number} of {len(missing)}: {example.file.stem}", flush=True)
            photograph, style = example.inputs
            painter.paint(photograph, [style], example.settings).save(example.file)
    return [example.file for example in examples]


def is_stale(sheet: Path, examples: Sequence[Example]) -> bool:
    """Return whether a sheet is missing, or shows other examples."""
    if not sheet.is_file():
        return True
    with Image.open(sheet) as image:
        return bool(image.info.get("comment", b"").decode() != digest(examples))


def save(drawn: Image.Image, sheet: Path, examples: Sequence[Example], quality: int) -> None:
    """Write a sheet as a JPEG that says what it shows."""
    drawn.save(sheet, quality=quality, optimize=True, comment=digest(examples))
    print(sheet)
