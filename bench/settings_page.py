"""Writes docs/settings.md: `make settings-page` paints the pictures, then fills in the template.

Each picture's file holds, as its comment, the settings that it was painted with, so that a test
notices when they have changed. With `--text`, nothing is painted.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, StrictUndefined
from PIL import Image, ImageDraw, ImageFont

from bench.painter import Painter
from bench.setting_examples import EXAMPLES, NOT_SHOWN, PHOTOGRAPH, STYLES, Example
from bench.setting_tables import preset_rows, setting_rows
from samples import photograph_path, style_path
from shared.settings import StyleSettings

ROOT = Path(__file__).parents[1]
PAGE, TEMPLATE = ROOT / "docs/settings.md", Path(__file__).with_name("settings_page.md")
PICTURES = ROOT / "docs/pictures/settings"
HEIGHT, GAP, LABEL = 192, 8, 20  # pixels: of a picture, between two, for the text under them
INK, PAPER = "#333333", "white"


def page() -> str:
    """Return the text of docs/settings.md."""
    environment = Environment(  # noqa: S701 - the page is Markdown, and the rows are our own
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    template = environment.from_string(TEMPLATE.read_text())
    return template.render(
        settings=list(setting_rows()),
        presets=list(preset_rows()),
        examples={name: [each.label for each in EXAMPLES.get(name, [])] for name in _names()},
        not_shown=NOT_SHOWN,
    )


def recipe(examples: Sequence[Example]) -> str:
    """Return what a picture's comment holds: all that its examples were painted with."""
    return json.dumps([(each.styles, each.settings.model_dump(mode="json")) for each in examples])


def picture_path(name: str) -> Path:
    """Return the file that shows a setting."""
    return PICTURES / f"{name}.jpg"


def is_stale(name: str) -> bool:
    """Return whether a setting's picture is missing, or was painted with other settings."""
    path = picture_path(name)
    if not path.is_file():
        return True
    with Image.open(path) as image:
        return bool(image.info.get("comment", b"").decode() != recipe(EXAMPLES[name]))


def paint(painter: Painter, example: Example) -> Image.Image:
    """Paint one example."""
    styles = [style_path(name) for name in STYLES[: example.styles]]
    return painter.paint(photograph_path(PHOTOGRAPH), styles, example.settings)


def side_by_side(pictures: Sequence[Image.Image], labels: Sequence[str]) -> Image.Image:
    """Draw pictures next to each other at one height, each with its label."""
    scaled = [
        each.resize((round(each.width * HEIGHT / each.height), HEIGHT), Image.Resampling.LANCZOS)
        for each in pictures
    ]
    width = sum(each.width + GAP for each in scaled) - GAP
    paper, left = Image.new("RGB", (width, HEIGHT + LABEL), PAPER), 0
    for picture, label in zip(scaled, labels, strict=True):
        paper.paste(picture, (left, 0))
        place = (left, HEIGHT + 3)
        ImageDraw.Draw(paper).text(place, label, INK, ImageFont.load_default(13))
        left += picture.width + GAP
    return paper


def _names() -> list[str]:
    return list(StyleSettings.model_fields)


def paint_stale() -> None:
    """Paint the pictures that are missing or stale."""
    stale = [name for name in EXAMPLES if is_stale(name)]
    if not stale:
        return
    painter = Painter()
    PICTURES.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(stale, start=1):
        print(f"{number} of {len(stale)}: {name}", flush=True)
        examples = EXAMPLES[name]
        pictures = [paint(painter, each) for each in examples]
        sheet = side_by_side(pictures, [each.label for each in examples])
        sheet.save(picture_path(name), quality=85, comment=recipe(examples))


def main(arguments: Sequence[str] | None = None) -> None:
    """Paint what is stale, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--text", action="store_true", help="write the text only")
    if not parser.parse_args(arguments).text:
        paint_stale()
    PAGE.write_text(page())
    print(PAGE.relative_to(ROOT))


if __name__ == "__main__":
    main()
