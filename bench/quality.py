"""Scores the presets' pictures beside the peer's: `python -m bench.quality`.

All sample photographs × all sample styles, and with `--pictures FOLDER` golden_gate.jpg in the
style of the_scream.jpg and starry_night.jpg. Each picture's style and content errors (`scores`) are
divided by those of neural-style on the same pair: computed once by `python -m bench.neural_style`,
or else those of the published picture, `published-golden_gate-the_scream.png` and so on. Times are
in full-size evaluations of `faithful`, measured before and after each picture.
"""

import argparse
import os
from collections.abc import Iterator, Sequence
from math import log
from pathlib import Path
from statistics import geometric_mean
from time import perf_counter
from typing import Any

import numpy as np
from PIL import Image

from bench import table
from bench.artefacts import artefacts
from bench.quality_pairs import Picture, QualityPair, pairs_to_score, read, references
from bench.scores import SMALLEST, Scorer
from bench.sheet import lay_out
from shared.config import Config
from shared.pictures import deprocess
from shared.settings import DEFAULT_PRESET, PRESETS, SHORTEST_RESULT_SIDE, StyleSettings
from worker import weights
from worker.engine.device import find_device
from worker.engine.engine import Engine
from worker.host_memory import usable_bytes

HEADINGS = {
    "pair": "pair",
    "preset": "preset",
    "strength": "strength",
    "evaluations": "evaluations' time",
    "style": "style",
    "content": "content",
    "style_ratio": "style / reference",
    "content_ratio": "content / reference",
    "style_unread": "style, conv2",
    "content_unread": "content, conv2",
    "flat": "flat",
    "border": "border",
}
TIMED = 12  # evaluations of `faithful`
SEARCH, PROBE = 3, 15  # strengths tried to match the reference's content error; the first step


class Painter:
    """Paints and scores with one warm engine."""

    def __init__(self, rows: int) -> None:
        trained = weights.load(Config.read(os.environ))
        self._engine = Engine(trained, find_device(None, usable_bytes()))
        self._scorer = Scorer(trained)
        self._rows = rows
        self._warm_shapes: set[tuple[int, ...]] = set()

    def paint(
        self, pair: QualityPair, preset: str, **changes: Any
    ) -> tuple[Picture, dict[str, Any]]:
        """Return the picture and its row of the table."""
        settings = StyleSettings(**{**PRESETS[preset], "size": self._rows, **changes})
        self._warm(pair, settings)
        # before and after: a machine's speed changes within minutes
        before = self._evaluation_seconds(pair)
        started = perf_counter()
        pixels = self._run(pair, settings)
        seconds = perf_counter() - started
        evaluation = (before + self._evaluation_seconds(pair)) / 2
        picture = deprocess(pixels, settings.deprocess_means)
        content, style = pair.content(self._rows), pair.style(self._rows)
        score, found = self._scorer(picture, content, style), artefacts(picture, content, style)
        return picture, {
            "pair": pair.name,
            "preset": preset,
            "strength": settings.strength,
            "seconds": seconds,
            "evaluations": seconds / evaluation,
            "style": score.style,
            "content": score.content,
            "style_unread": score.style_unread,
            "content_unread": score.content_unread,
            "octaves": score.octaves,
            **found._asdict(),
        }

    def _warm(self, pair: QualityPair, settings: StyleSettings) -> None:
        """Trace what the settings need, at a small size."""
        short = {"size": SHORTEST_RESULT_SIDE, "iterations": TIMED, "pyramid": 1}
        self._run(pair, settings.model_copy(update=short))

    def published(self, pair: QualityPair) -> dict[str, float] | None:
        """Return the scores of the pair's published picture, if the folder has it."""
        path = pair.photograph_path.with_name(f"published-{pair.stem}.png")
        if not path.is_file():
            return None
        picture = read(path)
        rows, columns = picture.shape[:2]
        score = self._scorer(picture, read(pair.photograph_path, columns, rows), pair.style(rows))
        return {"style": score.style, "content": score.content}

    def _run(self, pair: QualityPair, settings: StyleSettings) -> Any:
        for progress in self._engine.stylize(pair.photograph(), [pair.painting()], settings):
            last = progress
        return last.pixels()

    def _evaluation_seconds(self, pair: QualityPair) -> float:
        """Return the seconds of one of `faithful`'s evaluations at the pair's size."""
        settings = StyleSettings(size=self._rows, iterations=TIMED, pyramid=1)
        shape = pair.content(self._rows).shape
        if shape not in self._warm_shapes:
            self._run(pair, settings)  # a process's first evaluations are up to three times as long
            self._warm_shapes.add(shape)
        run = self._engine.stylize(pair.photograph(), [pair.painting()], settings)
        marks = [perf_counter() for _ in run]
        # the mean holds full evaluations and those that reuse
        return float(np.mean(np.diff(marks[1:])))


def matched(
    painter: Painter, pair: QualityPair, preset: str, first: dict[str, Any], content: float
) -> dict[str, Any]:
    """Return the row at the strength whose content error is next to `content`.

    Args:
        painter: paints.
        pair: the photograph and the painting.
        preset: the preset whose strength is changed.
        first: the row at the preset's own strength.
        content: the content error to reach.
    """
    rows, strength = [first], first["strength"] + (PROBE if first["content"] < content else -PROBE)
    for _ in range(SEARCH):
        _, row = painter.paint(pair, preset, strength=strength)
        rows.append(row)
        nearest, next_to_it = sorted(rows, key=lambda row: _distance(row, content))[:2]
        if nearest["content"] == next_to_it["content"]:
            break  # too few evaluations for the strength to matter
        strength = _crossing(nearest, next_to_it, content)
        if strength in [row["strength"] for row in rows]:
            break
    return min(rows, key=lambda row: _distance(row, content))


def _distance(row: dict[str, Any], content: float) -> float:
    return abs(log(row["content"] / content))


def _crossing(one: dict[str, Any], other: dict[str, Any], content: float) -> int:
    """Return the strength with this content error, whose logarithm is about linear in strength."""
    slope = log(one["content"] / other["content"]) / (one["strength"] - other["strength"])
    strength = one["strength"] + log(content / one["content"]) / slope
    return round(min(max(strength, 0), 100))


def compared(row: dict[str, Any], reference: dict[str, float] | None) -> dict[str, Any]:
    """Return the row with its ratios to the reference; None where there is none."""
    return {
        **row,
        "style_ratio": reference and row["style"] / reference["style"],
        "content_ratio": reference and row["content"] / reference["content"],
    }


def measure(chosen: argparse.Namespace, folder: Path | None) -> Iterator[dict[str, Any]]:
    """Yield the rows of each pair; save the pictures in `folder`."""
    painter, known = Painter(chosen.rows), references(chosen.rows)
    for pair in pairs_to_score(chosen.pictures, chosen.pairs):
        reference = known.get(pair.name) or painter.published(pair)
        for preset in chosen.presets:
            picture, row = painter.paint(pair, preset)
            if folder is not None:
                Image.fromarray(picture).save(folder / f"{pair.stem}-{preset}.png")
            yield compared(row, reference)
            if chosen.matched and reference:
                row = matched(painter, pair, preset, row, reference["content"])
                yield compared(row, reference) | {"preset": f"{preset}, content matched"}


def summary(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Yield a line for each preset: geometric means of the ratios over its pairs."""
    for preset in dict.fromkeys(row["preset"] for row in rows):
        own = [row for row in rows if row["preset"] == preset]
        line = f"{preset}: {len(own)} pairs, at most {max(r['evaluations'] for r in own):.0f}"
        line += " evaluations' time"
        known = [row for row in own if row["style_ratio"]]
        if known:
            style, content = (
                geometric_mean([row[key] for row in known])
                for key in ("style_ratio", "content_ratio")
            )
            worst = max(row["style_ratio"] for row in known)
            line += f"; style {style:.3f} (worst {worst:.3f}) and content {content:.3f} of the"
            line += f" reference's over {len(known)} pairs"
        yield line


def main(arguments: Sequence[str] | None = None) -> None:
    """Paint, score, and draw the contact sheet next to the JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=384)
    parser.add_argument("--presets", nargs="+", default=[DEFAULT_PRESET], choices=PRESETS)
    parser.add_argument("--pairs", nargs="+", metavar="PHOTOGRAPH/STYLE", help="default: all")
    parser.add_argument("--pictures", type=Path, help="a folder with golden_gate.jpg and paintings")
    parser.add_argument("--matched", action="store_true", help="also at the reference's content")
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args(arguments)
    if chosen.rows < SMALLEST:
        parser.error(f"--rows must be {SMALLEST} or more")
    folder = chosen.json and chosen.json.parent / chosen.json.stem
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for row in measure(chosen, folder):
        rows.append(row)
        table.write(chosen.json, {"rows": rows})  # a long run that is stopped keeps what it has
    table.show(rows, HEADINGS)
    print(*summary(rows), sep="\n")
    if folder:
        lines = [
            (
                [pair.photograph_path, pair.painting_path]
                + [folder / f"{pair.stem}-{preset}.png" for preset in chosen.presets],
                f"{pair.name}: {', '.join(chosen.presets)}",
            )
            for pair in pairs_to_score(chosen.pictures, chosen.pairs)
        ]
        lay_out(lines).save(folder.with_suffix(".jpg"), quality=90)
        print(folder.with_suffix(".jpg"))


if __name__ == "__main__":
    main()
