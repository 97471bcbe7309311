"""Draws docs/pictures/styles.jpg: each built-in style, and a photograph painted with it."""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

from bench.paintings import Example, is_stale, paint, save
from samples import STYLES
from shared.settings import DEFAULT_PRESET, PRESETS, StyleSettings

SHEET = Path("docs/pictures/styles.jpg")
CELL = (264, 198)  # columns and rows of a picture on the sheet
COLUMNS, GAP, LABEL = 2, 12, 24
INK, PAPER = "#333333", "white"
PHOTOGRAPHS = ("chelsea", "coffee")  # in turn
SETTINGS = StyleSettings(**{**PRESETS[DEFAULT_PRESET], "size": 200})
EXAMPLES = [
    Example(PHOTOGRAPHS[number % len(PHOTOGRAPHS)], style, SETTINGS)
    for number, style in enumerate(STYLES)
]


def lay_out(examples: Sequence[Example]) -> Image.Image:
    """Draw each style with its picture beside it, `COLUMNS` pairs in a row."""
    rows = -(-len(examples) // COLUMNS)
    width, height = 2 * CELL[0] + 4 + GAP, CELL[1] + LABEL + GAP
    paper = Image.new("RGB", (COLUMNS * width + GAP, rows * height + GAP), PAPER)
    for number, (example, painted) in enumerate(zip(examples, paint(examples), strict=True)):
        left, top = GAP + number % COLUMNS * width, GAP + number // COLUMNS * height
        _, style = example.inputs
        paper.paste(_cell(style), (left, top))
        paper.paste(_cell(painted), (left + CELL[0] + 4, top))
        label = (left, top + CELL[1] + 4)
        ImageDraw.Draw(paper).text(label, example.style, INK, ImageFont.load_default(14))
    return paper


def _cell(path: Path) -> Image.Image:
    with Image.open(path) as image:
        return ImageOps.fit(image.convert("RGB"), CELL, Image.Resampling.LANCZOS)


def main() -> None:
    """Draw the sheet if it is stale."""
    if is_stale(SHEET, EXAMPLES):
        save(lay_out(EXAMPLES), SHEET, EXAMPLES, quality=76)


if __name__ == "__main__":
    main()
