"""What a second job with the same style saves: `python -m bench.style_cache`.

A pair is a job with a style that is not known yet, and the same job again, in one process whose
network is traced. Both keep statistics as a worker does, in memory and in a folder.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench import table
from bench.pairs import pair
from shared.config import Config
from shared.object_store import ObjectStore
from shared.settings import PRESETS, StyleSettings
from worker import weights
from worker.engine.device import find_device
from worker.engine.engine import Engine
from worker.engine.loss.style_cache import Key, Statistics
from worker.host_memory import usable_bytes
from worker.job.style_statistics import StyleStatistics

CASES = (("draft", 200), ("balanced", 384))
HEADINGS = {
    "preset": "preset",
    "rows": "rows",
    "pairs": "pairs",
    "other": "s, another style",
    "same": "s, the same style",
    "saved": "s saved",
    "computing": "s of statistics",
    "looking": "s of look-ups",
}


class Timed:
    """A cache that measures how long its owner computes, and how long it takes itself."""

    def __init__(self, cache: StyleStatistics) -> None:
        self._cache = cache
        self._missed = 0.0
        self.computing = self.looking = 0.0  # seconds

    def get(self, key: Key) -> Statistics | None:
        """Return what the cache knows; from now on, its owner computes what it does not."""
        begin = time.perf_counter()
        known = self._cache.get(key)
        self._missed = time.perf_counter()
        self.looking += self._missed - begin
        return known

    def put(self, key: Key, statistics: Statistics) -> None:
        """Keep statistics that were computed since they were not known."""
        begin = time.perf_counter()
        self.computing += begin - self._missed
        self._cache.put(key, statistics)
        self.looking += time.perf_counter() - begin


def measure(engine: Engine, preset: str, rows: int, pairs: int, folder: str) -> dict[str, Any]:
    """Measure pairs of jobs at one size; return the medians."""
    settings = StyleSettings(**{**PRESETS[preset], "size": rows})
    cache = Timed(StyleStatistics(ObjectStore(folder)))
    engine.keep_statistics_in(cache)
    _, content, style = pair(1, rows)
    _job(engine, content, style, settings)  # traces the network
    cache.computing = cache.looking = 0.0
    seconds = []
    for number in range(pairs):
        another = np.roll(style, 16 * (number + 1), axis=1)
        seconds.append([_job(engine, content, another, settings) for _ in ("unknown", "known")])
    others, same = zip(*seconds, strict=True)
    return {
        "preset": preset,
        "rows": rows,
        "pairs": pairs,
        "other": median(others),
        "same": median(same),
        "saved": median(first - second for first, second in seconds),
        "computing": cache.computing / pairs,
        "looking": cache.looking / pairs / 2,
        "seconds": seconds,
    }


def _job(
    engine: Engine,
    content: NDArray[np.float32],
    style: NDArray[np.float32],
    settings: StyleSettings,
) -> float:
    begin = time.perf_counter()
    for _ in engine.stylize(content, [style], settings):
        pass
    return time.perf_counter() - begin


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the cases, print the table and write the JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.style_cache", description=__doc__)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--preset", choices=PRESETS, help="instead of draft and balanced")
    parser.add_argument("--rows", type=int, help="with --preset; its size by default")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    cases: Sequence[tuple[str, int]] = CASES
    if options.preset:
        usual = StyleSettings(**PRESETS[options.preset]).size
        cases = [(options.preset, options.rows or int(usual))]
    engine = Engine(weights.load(Config.read(os.environ)), find_device(None, usable_bytes()))
    rows = []
    for preset, size in cases:
        with tempfile.TemporaryDirectory() as folder:
            rows.append(measure(engine, preset, size, options.pairs, folder))
    table.show(rows, HEADINGS)
    table.write(options.json, {"rows": rows})


if __name__ == "__main__":
    main()
