"""Draws docs/pictures/styles.jpg: each built-in style, and a photograph painted with it.

What was painted stays in `.gramworks/bench/styles`, so that a new style costs one picture.
"""

from hashlib import sha256
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

from bench.painter import Painter
from samples import STYLES, photograph_path, style_path
from shared.settings import DEFAULT_PRESET, PRESETS, StyleSettings

SHEET = Path("docs/pictures/styles.jpg")
PAINTED = Path(".gramworks/bench/styles")
CELL = (264, 198)  # columns and rows of a picture on the sheet
COLUMNS, GAP, LABEL = 2, 12, 24
INK, PAPER = "#333333", "white"
SETTINGS = StyleSettings(**{**PRESETS[DEFAULT_PRESET], "size": 200})


def digest() -> str:
    """Return what the sheet's comment holds: the styles that it shows, and the settings."""
    shown = sha256(SETTINGS.model_dump_json().encode())
    for name in STYLES:
        shown.update(name.encode() + style_path(name).read_bytes())
    return shown.hexdigest()


def is_stale(sheet: Path = SHEET) -> bool:
    """Return whether the sheet is missing, or shows other styles than there are."""
    if not sheet.is_file():
        return True
    with Image.open(sheet) as image:
        return bool(image.info.get("comment", b"").decode() != digest())


def photograph_of(name: str) -> Path:
    """Return the photograph that is painted with a style: the cat and the coffee in turn."""
    return photograph_path(("chelsea", "coffee")[STYLES.index(name) % 2])


def paint() -> dict[str, Path]:
    """Paint what has not been painted yet; return the picture of each style."""
    PAINTED.mkdir(parents=True, exist_ok=True)
    files = {name: PAINTED / f"{name}-{_digest_of(name)}.png" for name in STYLES}
    missing = [name for name, file in files.items() if not file.is_file()]
    painter = Painter() if missing else None
    for number, name in enumerate(missing, start=1):
        if painter:
            print(f"{number} of {len(missing)}: {name}", flush=True)
            picture = painter.paint(photograph_of(name), [style_path(name)], SETTINGS)
            picture.save(files[name])
    return files


def lay_out(painted: dict[str, Path]) -> Image.Image:
    """Draw each style with its picture beside it, `COLUMNS` pairs in a row."""
    rows = -(-len(painted) // COLUMNS)
    width, height = 2 * CELL[0] + 4 + GAP, CELL[1] + LABEL + GAP
    paper = Image.new("RGB", (COLUMNS * width + GAP, rows * height + GAP), PAPER)
    for number, (name, path) in enumerate(painted.items()):
        left, top = GAP + number % COLUMNS * width, GAP + number // COLUMNS * height
        paper.paste(_cell(style_path(name)), (left, top))
        paper.paste(_cell(path), (left + CELL[0] + 4, top))
        label = (left, top + CELL[1] + 4)
        ImageDraw.Draw(paper).text(label, name, INK, ImageFont.load_default(14))
    return paper


def _digest_of(name: str) -> str:
    parts = style_path(name).read_bytes() + photograph_of(name).read_bytes()
    return sha256(parts + SETTINGS.model_dump_json().encode()).hexdigest()[:12]


def _cell(path: Path) -> Image.Image:
    with Image.open(path) as image:
        return ImageOps.fit(image.convert("RGB"), CELL, Image.Resampling.LANCZOS)


def main() -> None:
    """Paint what is missing, and draw the sheet if it is stale."""
    if is_stale():
        lay_out(paint()).save(SHEET, quality=76, optimize=True, comment=digest())
        print(SHEET)


if __name__ == "__main__":
    main()
