"""The memory that each size takes, measured in new processes: `python -m bench.memory`.

With `--budget` the engine plans with that many megabytes, and uses tiles if an image needs more.
"""

import argparse
import os
import resource
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from bench import table
from bench.fresh import answer, run_fresh
from bench.measures import timed
from bench.pairs import pair
from shared.config import Config
from shared.settings import PRESETS, StyleSettings
from worker import weights
from worker.engine.device import find_device
from worker.engine.engine import Engine
from worker.host_memory import usable_bytes

PICTURE = (400, 533)  # 3:4; the engine enlarges it like an upload
RSS_UNIT = 1 if sys.platform == "darwin" else 1024  # bytes
HEADINGS = {
    "rows": "rows",
    "columns": "columns",
    "history": "history",
    "tile": "tile",
    "seconds": "s an evaluation",
    "peak_mb": "peak, MB",
    "bytes_per_pixel": "bytes a pixel more",
}


def inside(rows: int, evaluations: int, budget: int | None, preset: str) -> dict[str, Any]:
    """Paint in this process and return its peak in bytes."""
    _, content, style = pair(1, PICTURE[0])
    content, style = (image[:, : PICTURE[1]] for image in (content, style))
    changes = {"size": rows, "iterations": evaluations, "coarse_iterations": evaluations}
    settings = StyleSettings(**{**PRESETS[preset], **changes})
    engine = Engine(weights.load(Config.read(os.environ)), find_device(budget, usable_bytes()))
    seconds = []
    for spent, progress in timed(lambda: engine.stylize(content, [style], settings)):
        seconds.append(spent)
        last = progress  # only the last one, since each holds its image
    shape = last.pixels().shape
    laps = [later - sooner for sooner, later in pairwise(seconds)][-evaluations + 1 :]
    return {
        "rows": shape[0],
        "columns": shape[1],
        "history": last.history,
        "tile": last.tile,
        "seconds": sum(laps) / len(laps),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * RSS_UNIT / 1e6,
    }


def measure_sizes(sizes: Sequence[int], options: Sequence[str]) -> list[dict[str, Any]]:
    """Measure the sizes in order, until the kernel kills one for its memory."""
    rows: list[dict[str, Any]] = []
    for size in sorted(sizes):
        last = run_fresh("bench.memory", ["--inside", str(size), *options])
        if last is None:
            print(f"{size} rows: killed")
            break
        rows.append(last)
    for row, slope in zip(rows, [None, *slopes(rows)], strict=False):
        row["bytes_per_pixel"] = slope
    return rows


def slopes(rows: Sequence[dict[str, Any]]) -> list[float]:
    """Return the bytes per additional pixel between neighbouring sizes."""
    return [
        (larger["peak_mb"] - smaller["peak_mb"]) * 1e6 / (_pixels(larger) - _pixels(smaller))
        for smaller, larger in pairwise(rows)
    ]


def _pixels(row: dict[str, Any]) -> int:
    return int(row["rows"] * row["columns"])


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the chosen sizes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[400, 800, 1600, 3200])
    parser.add_argument("--evaluations", type=int, default=12, help="12 fill the history")
    parser.add_argument("--budget", type=int, default=0, help="megabytes; 0 finds them out")
    parser.add_argument("--preset", choices=PRESETS, default="faithful")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--inside", type=int, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.inside:
        budget = chosen.budget * 10**6 or None
        answer(inside(chosen.inside, chosen.evaluations, budget, chosen.preset))
        return
    options = ["--evaluations", str(chosen.evaluations), "--budget", str(chosen.budget)]
    options += ["--preset", chosen.preset]
    rows = measure_sizes(chosen.rows, options)
    table.show(rows, HEADINGS)
    table.write(
        chosen.json, {"evaluations": chosen.evaluations, "budget_mb": chosen.budget, "rows": rows}
    )


if __name__ == "__main__":
    main()
