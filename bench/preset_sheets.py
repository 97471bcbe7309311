"""Draws what presets paint: docs/pictures/results.jpg for README, presets.jpg for the engine."""

from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from bench.paintings import Example, is_stale, paint, save
from bench.sheet import lay_out
from shared.settings import DEFAULT_PRESET, PRESETS, StyleSettings

QUALITY = 70  # so that the larger sheet stays below 600 kB


class Sheet(NamedTuple):
    """Pairs of a photograph and a style, each painted with some presets."""

    path: Path
    rows: int  # of the pictures
    presets: Sequence[str]
    pairs: Sequence[tuple[str, str]]

    @property
    def lines(self) -> list[list[Example]]:
        """The examples of each pair."""
        settings = [StyleSettings(**{**PRESETS[each], "size": self.rows}) for each in self.presets]
        return [[Example(*pair, each) for each in settings] for pair in self.pairs]

    @property
    def examples(self) -> list[Example]:
        """The examples of all pairs."""
        return [*chain.from_iterable(self.lines)]

    def draw(self) -> Image.Image:
        """Draw each pair in a line: the photograph, the style, and what was painted of them."""
        presets = ", ".join(self.presets)
        return lay_out(
            [
                (
                    [*line[0].inputs, *paint(line)],
                    f"{line[0].photograph} in the style of {line[0].style}: {presets}",
                )
                for line in self.lines
            ]
        )


SHEETS = [
    Sheet(
        Path("docs/pictures/results.jpg"),
        384,
        (DEFAULT_PRESET,),
        (("chelsea", "brushwork"), ("coffee", "woodcut-waves"), ("rocket", "stained-glass")),
    ),
    Sheet(
        Path("docs/pictures/presets.jpg"),
        240,
        ("draft", "balanced"),
        (
            ("astronaut", "autumn-knife"),
            ("chelsea", "brushwork"),
            ("coffee", "brushwork"),
            ("coffee", "stained-glass"),
            ("rocket", "stained-glass"),
            ("chelsea", "woodcut-waves"),
        ),
    ),
]


def main() -> None:
    """Draw the sheets that are stale."""
    for sheet in SHEETS:
        if is_stale(sheet.path, sheet.examples):
            paint(sheet.examples)  # with one engine
            save(sheet.draw(), sheet.path, sheet.examples, quality=QUALITY)


if __name__ == "__main__":
    main()
