"""The cost and benefit of L-BFGS pairs in a snapshot: `python -m bench.checkpoint`."""

import argparse
import io
import os
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import mean, median
from typing import Any, NamedTuple

import numpy as np

from bench import table
from bench.measures import lap
from bench.memory import PICTURE
from bench.pairs import NAMES, Pair, pair
from shared.config import Config
from shared.settings import StyleSettings
from worker import weights
from worker.engine.device import find_device
from worker.engine.engine import Engine
from worker.engine.memory.plan import MAX_PAIRS
from worker.engine.progress import Progress
from worker.engine.snapshot import Packed, Snapshot
from worker.host_memory import usable_bytes

EVERY_SECONDS = 10.0  # a snapshot
HEADINGS = {
    "kept": "pairs",
    "loss": "final loss, mean",
    "worst": "worst",
    "lost": "evaluations lost, mean",
    "megabytes": "MB",
    "seconds": "s",
    "share": "of 10 s",
}


class Run(NamedTuple):
    """A run that was not interrupted, and a snapshot that was taken in the middle."""

    images: Pair
    losses: list[float]
    middle: Snapshot


def uninterrupted(engine: Engine, images: Pair, settings: StyleSettings) -> Run:
    """Paint once, and take a snapshot in the middle with all pairs of the engine."""
    losses, aside = [], {}
    for progress in engine.stylize(images.content, [images.style], settings):
        losses.append(progress.loss)
        if progress.evaluations - progress.evaluation == settings.iterations // 2:
            aside["middle"] = progress.snapshot()
    return Run(images, losses, **aside)


def resumed(engine: Engine, run: Run, settings: StyleSettings, kept: int) -> float:
    """Return the final loss of a run resumed from the middle with only the newest pairs."""
    middle = newest(run.middle, kept)
    *_, last = engine.stylize(run.images.content, [run.images.style], settings, middle)
    return last.loss


def lost(run: Run, loss: float) -> int:
    """Return how many evaluations before its end the run had already reached `loss`."""
    return sum(each <= max(loss, run.losses[-1]) for each in run.losses) - 1


def newest(snapshot: Snapshot, pairs: int) -> Snapshot:
    """Return a snapshot with only the newest of its pairs."""

    def cut(packed: Packed) -> Packed:
        first = max(len(packed.sizes) - pairs, 0)
        return Packed(packed.values[first:], packed.sizes[first:])

    return replace(snapshot, steps=cut(snapshot.steps), changes=cut(snapshot.changes))


def cost(engine: Engine, times: int) -> dict[str, Any]:
    """Take and write snapshots of a full history; return their size and their median time."""
    _, content, style = pair(1, PICTURE[0])
    content, style = (image[:, : PICTURE[1]] for image in (content, style))
    settings = StyleSettings(size=PICTURE[0], iterations=MAX_PAIRS + 2 + times, pyramid=1)
    seconds = []
    for progress in engine.stylize(content, [style], settings):
        if progress.evaluation > MAX_PAIRS + 2:
            file = io.BytesIO()
            seconds.append(lap(partial(_write, file, progress)))
    spent = median(seconds)
    return {
        "megabytes": len(file.getvalue()) / 1e6,
        "seconds": spent,
        "share": f"{spent / EVERY_SECONDS:.2%}",
    }


def _write(file: io.BytesIO, progress: Progress) -> None:
    np.savez(file, **progress.snapshot().to_arrays())  # type: ignore[arg-type] # by its stub, names may be options


def loss(engine: Engine, runs: Sequence[Run], settings: StyleSettings, kept: int) -> dict[str, Any]:
    """Return how much worse the runs end that are resumed with this many pairs."""
    ends = [(run, resumed(engine, run, settings, kept)) for run in runs]
    apart = [end / run.losses[-1] - 1 for run, end in ends]
    return {
        "loss": f"{mean(apart):+.2%}",
        "worst": f"{max(apart):+.2%}",
        "lost": mean(lost(run, end) for run, end in ends),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure each number of pairs with the default settings."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kept", type=int, nargs="+", default=[0, 1, 3, 5, 10])
    parser.add_argument("--rows", type=int, default=128)
    parser.add_argument("--iterations", type=int, default=100)
    parser.add_argument("--pairs", type=int, nargs="+", default=range(1, len(NAMES) + 1))
    parser.add_argument("--times", type=int, default=5, help="that a snapshot's cost is measured")
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args(arguments)
    trained, device = weights.load(Config.read(os.environ)), find_device(None, usable_bytes())
    settings = StyleSettings(size=chosen.rows, iterations=chosen.iterations)
    engine = Engine(trained, device, kept_pairs=MAX_PAIRS)
    runs = [uninterrupted(engine, pair(each, chosen.rows), settings) for each in chosen.pairs]
    rows = [
        {
            "kept": kept,
            **loss(engine, runs, settings, kept),
            **cost(Engine(trained, device, kept_pairs=kept), chosen.times),
        }
        for kept in chosen.kept
    ]
    table.show(rows, HEADINGS)
    table.write(chosen.json, {"rows": chosen.rows, "iterations": chosen.iterations, "table": rows})


if __name__ == "__main__":
    main()
