"""Shows measurements as a table, and writes them as JSON."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]


def show(rows: Sequence[Row], headings: Mapping[str, str]) -> None:
    """Print the `rows` with `headings`, which map a row's key to its column's heading."""
    lines = [list(headings.values()), *([_cell(row[key]) for key in headings] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        print("  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)))


def write(path: Path | None, data: Mapping[str, Any]) -> None:
    """Write `data` as JSON to `path`, if given, and create its folder."""
    if path is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, indent=1) + "\n")


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    if not isinstance(value, float):
        return str(value)
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}"
