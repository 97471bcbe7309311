"""The extra time of a process's first job and of a new shape: `python -m bench.cold`."""

import argparse
import os
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from bench import table
from bench.faithful import SETTINGS
from bench.fresh import answer, now, run_fresh
from bench.measures import lap, timed
from bench.pairs import Pair, pair
from shared.config import Config
from shared.settings import PRESETS, StyleSettings
from worker import weights
from worker.engine.device import find_device
from worker.engine.engine import Engine
from worker.engine.image import centred
from worker.engine.loss.objective import Objective
from worker.engine.vgg19 import network as vgg
from worker.host_memory import usable_bytes

FIRST = (128, 192)  # rows and columns of the first job
SHAPES = ((256, 341), (200, 300))
PRESET_SHAPE = (256, 384)
EVALUATIONS = 8  # at full size
Chosen = Mapping[str, Any]
HEADINGS = {
    "job": "job",
    "new": "s to the first evaluation",
    "again": "s when seen before",
    "steady": "s an evaluation",
}
BARE_HEADINGS = {
    "shape": "new shape, targets known",
    "first": "s the first evaluation",
    "steady": "s an evaluation",
}


def _pictures(rows: int, columns: int) -> Pair:
    name, content, style = pair(1, rows)
    return Pair(name, content[:, :columns], style[:, :columns])


def job(engine: Engine, name: str, shape: tuple[int, int], chosen: Chosen) -> dict[str, Any]:
    """Run a job twice; time the first yield from the call, and an evaluation at the end."""
    images = _pictures(*shape)
    settings = StyleSettings(**{**chosen, "size": shape[0], "iterations": EVALUATIONS})

    def times() -> list[float]:
        begin = timed(lambda: engine.stylize(images.content, [images.style], settings))
        return [spent for spent, _ in begin]

    new, again = times(), times()
    # the last laps, one fewer than the evaluations at full size, are at full size only
    laps = [later - sooner for sooner, later in pairwise(again)][1 - EVALUATIONS :]
    return {
        "job": f"{shape[0]} × {shape[1]}, {name}",
        "new": new[0],
        "again": again[0],
        "steady": median(laps),
    }


def bare(objective: Objective, shape: tuple[int, int]) -> dict[str, Any]:
    """Time the first and later evaluations of a shape that is new to a traced objective."""
    content, style = (centred(picture) for picture in _pictures(*shape)[1:])
    targets = objective.targets(content, [style], SETTINGS)
    laps = [lap(lambda: objective.evaluate(content, targets)) for _ in range(EVALUATIONS)]
    return {"shape": f"{shape[0]} × {shape[1]}", "first": laps[0], "steady": median(laps[1:])}


def inside() -> dict[str, Any]:
    """Run all jobs in this process."""
    trained, device = weights.load(Config.read(os.environ)), find_device(None, usable_bytes())
    engine = Engine(trained, device)
    images = _pictures(*FIRST)
    settings = StyleSettings(size=FIRST[0])
    next(engine.stylize(images.content, [images.style], settings))
    yielded = now()
    shapes = [job(engine, "one level", shape, {"pyramid": 1}) for shape in SHAPES]
    presets = [job(engine, name, PRESET_SHAPE, chosen) for name, chosen in PRESETS.items()]
    network = vgg.build(trained, device.precision)
    objective = Objective(network, SETTINGS)
    evaluations = [bare(objective, shape) for shape in (FIRST, *SHAPES)][1:]
    return {"yielded": yielded, "rows": [*shapes, *presets], "evaluations": evaluations}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure in a fresh process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.inside:
        answer(inside())
        return
    start = now()
    measured = run_fresh("bench.cold", ["--inside"])
    if measured is None:
        parser.error("the process was killed")
    seconds = measured["yielded"] - start
    print(f"{seconds:.1f} s from the process's start to its first evaluation, {FIRST[0]} rows")
    table.show(measured["rows"], HEADINGS)
    table.show(measured["evaluations"], BARE_HEADINGS)
    del measured["yielded"]
    table.write(chosen.json, {"first_job_seconds": seconds, **measured})


if __name__ == "__main__":
    main()
