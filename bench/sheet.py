"""Draws a contact sheet of the engine's benchmark: `python -m bench.sheet FILE`."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont, ImageOps

from bench.pairs import NAMES
from samples import photograph_path, style_path

SHEET = Path("docs/pictures/engine-results.jpg")
CELL = (384, 256)  # columns and rows of a picture on the sheet
GAP, LABEL = 12, 30  # pixels between pictures, and under them for the label
INK, PAPER = "#333333", "white"


def sheet(rows: Sequence[dict[str, Any]], engine: Path) -> Image.Image:
    """Lay out one line per row of the benchmark: photograph, painting, result, label."""
    line = CELL[1] + LABEL + GAP
    size = (3 * CELL[0] + 4 * GAP, len(rows) * line + GAP)
    paper = Image.new("RGB", size, PAPER)
    for number, row in enumerate(rows):
        top = GAP + number * line
        for column, path in enumerate(_paths(row, engine)):
            paper.paste(_cell(path), (GAP + column * (CELL[0] + GAP), top))
        place = (GAP, top + CELL[1] + 6)
        ImageDraw.Draw(paper).text(place, _label(row), INK, ImageFont.load_default(15))
    return paper


def largest_of_each_pair(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return each pair's row with the largest size, in the order of the pairs."""
    by_size = sorted(rows, key=lambda row: (row["pair"], row["rows"]))
    return list({row["pair"]: row for row in by_size}.values())


def _paths(row: dict[str, Any], engine: Path) -> tuple[Path, Path, Path]:
    photograph, painting = NAMES[row["pair"] - 1]
    result = engine.with_name(f"{engine.stem}-{row['rows']}-{row['pair']}.png")
    return photograph_path(photograph), style_path(painting), result


def _cell(path: Path) -> Image.Image:
    with Image.open(path) as image:
        return ImageOps.fit(image.convert("RGB"), CELL, Image.Resampling.LANCZOS)


def _label(row: dict[str, Any]) -> str:
    name = " in the style of ".join(NAMES[row["pair"] - 1])
    if row["seconds"] is None:
        return f"{name}, {row['rows']} rows: loss {row['loss']:.0f}, not the reference's"
    return (
        f"{name}, {row['rows']} rows: the loss of 4000 Keras steps ("
        f"{row['reference_loss']:.0f}) in {row['seconds']:.1f} s, {row['ratio']:.0f} times sooner"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Draw the sheet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engine", type=Path, help="the JSON of bench.engine; pictures beside it")
    parser.add_argument("--out", type=Path, default=SHEET)
    chosen = parser.parse_args(arguments)
    rows = largest_of_each_pair(json.loads(chosen.engine.read_text())["rows"])
    sheet(rows, chosen.engine).save(chosen.out, quality=90)
    print(chosen.out)


if __name__ == "__main__":
    main()
