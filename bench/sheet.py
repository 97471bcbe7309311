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


def lay_out(lines: Sequence[tuple[Sequence[Path], str]]) -> Image.Image:
    """Draw the pictures of each line next to each other, and its label under them."""
    columns = max(len(paths) for paths, _ in lines)
    height = CELL[1] + LABEL + GAP
    paper = Image.new("RGB", (columns * (CELL[0] + GAP) + GAP, len(lines) * height + GAP), PAPER)
    for number, (paths, label) in enumerate(lines):
        top = GAP + number * height
        for column, path in enumerate(paths):
            paper.paste(_cell(path), (GAP + column * (CELL[0] + GAP), top))
        place = (GAP, top + CELL[1] + 6)
        ImageDraw.Draw(paper).text(place, label, INK, ImageFont.load_default(15))
    return paper


def largest_of_each_pair(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return each pair's row with the largest size, in the order of the pairs."""
    by_size = sorted(rows, key=lambda row: (row["pair"], row["rows"]))
    return list({row["pair"]: row for row in by_size}.values())


def line(row: dict[str, Any], engine: Path) -> tuple[list[Path], str]:
    """Return the photograph, the painting and the result of a row of the benchmark; the label."""
    photograph, painting = NAMES[row["pair"] - 1]
    result = engine.with_name(f"{engine.stem}-{row['rows']}-{row['pair']}.png")
    return [photograph_path(photograph), style_path(painting), result], _label(row)


def _cell(path: Path) -> Image.Image:
    with Image.open(path) as image:
        # heads are in the upper part
        return ImageOps.fit(
            image.convert("RGB"), CELL, Image.Resampling.LANCZOS, centering=(0.5, 0.15)
        )


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
    lay_out([line(row, chosen.engine) for row in rows]).save(chosen.out, quality=90)
    print(chosen.out)


if __name__ == "__main__":
    main()
