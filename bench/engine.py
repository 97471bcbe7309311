"""The engine's time to the loss of the Keras example's 4000 steps: `python -m bench.engine`.

It is compared with the example itself, whose step is timed in the same run, with a strong baseline
and, if PyTorch is installed, with the same objective in PyTorch.
"""

import argparse
import itertools
import os
from collections.abc import Sequence
from math import inf
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from bench import baseline, channels_last, ours, table
from bench.keras_example import STEPS, published_step
from bench.measures import CurvePoint, first_crossing, lap
from bench.pairs import Pair, pair
from bench.plain import Plain
from bench.reference import MissingReference, Reference, entries, reference
from shared.config import Config
from shared.pictures import deprocess, encode
from shared.settings import DEPROCESS_MEANS, StyleSettings
from worker import weights
from worker.engine.device import find_device
from worker.engine.engine import Engine
from worker.engine.vgg19.layers import Weights
from worker.host_memory import usable_bytes

WARM_UP, STEPS_AT_A_TIME = 2, 3
HEADINGS = {
    "rows": "rows",
    "pair": "pair",
    "reference_loss": "loss of 4000 steps",
    "loss": "ours",
    "evaluations": "evaluations",
    "seconds": "seconds",
    "reference_step_seconds": "s per Keras step",
    "baseline_seconds": "s of scipy",
    "ratio": "× 4000 steps",
    "baseline_ratio": "× scipy",
    "torch_seconds": "s of PyTorch",
    "torch_ratio": "× PyTorch",
}


class Row(NamedTuple):
    """The results of one pair at one size; None for a loss that was not reached."""

    rows: int
    pair: int
    reference_loss: float
    loss: float
    evaluations: int
    seconds: float | None
    reference_step_seconds: float
    baseline_seconds: float | None
    ratio: float | None
    baseline_ratio: float | None
    torch_seconds: float | None
    torch_ratio: float | None


class Measured(NamedTuple):
    """All measurements of one pair at one size."""

    images: Pair
    known: Reference
    step_seconds: list[float]  # of the Keras example
    runs: list[ours.Run]
    baseline: list[CurvePoint]
    torch: list[CurvePoint]  # empty if PyTorch is not installed


def measure(
    images: Pair, known: Reference, trained: Weights, settings: StyleSettings, repeat: int
) -> Measured:
    """Run all three; time the Keras example's steps before and after each of the others.

    All of them are warm: everything is traced before the clock starts.
    """
    step, judge = published_step(images, trained), ours.Judge(images, trained)
    engine, plain = Engine(trained, find_device(None, usable_bytes())), Plain(trained)
    ours.warm(engine, images, settings)
    baseline.minimise(plain, images, known.loss, most=2)
    laps = [lap(step) for _ in range(WARM_UP + STEPS_AT_A_TIME)][WARM_UP:]
    runs = []
    for _ in range(repeat):
        runs.append(ours.run(engine, images, settings, judge))
        laps += [lap(step) for _ in range(STEPS_AT_A_TIME)]
    curve = baseline.minimise(plain, images, known.loss)
    laps += [lap(step) for _ in range(STEPS_AT_A_TIME)]
    return Measured(images, known, laps, runs, curve, _in_torch(images, known, trained))


def _in_torch(images: Pair, known: Reference, trained: Weights) -> list[CurvePoint]:
    if not channels_last.INSTALLED:
        return []
    theirs = channels_last.ChannelsLast(trained)
    theirs.minimise(images, known.loss, most=2)
    return theirs.minimise(images, known.loss)


def median_run(runs: Sequence[ours.Run], loss: float) -> tuple[ours.Run, CurvePoint, float | None]:
    """Return the run with the median time to `loss`, its point there, and the time.

    If `loss` is not reached, return the point with the lowest loss, and None as the time.
    """

    def seconds(run: ours.Run) -> float:
        crossing = first_crossing(run.curve, loss)
        return crossing.seconds if crossing else inf

    run = sorted(runs, key=seconds)[len(runs) // 2]
    crossing = first_crossing(run.curve, loss)
    if crossing:
        return run, crossing, crossing.seconds
    return run, min(run.curve, key=lambda point: point.loss), None


def row(rows: int, number: int, measured: Measured) -> Row:
    """Return the measurements as one row."""
    loss = measured.known.loss
    _, point, seconds = median_run(measured.runs, loss)
    crossings = (first_crossing(curve, loss) for curve in (measured.baseline, measured.torch))
    scipy_seconds, torch_seconds = (each and each.seconds for each in crossings)
    step_seconds = median(measured.step_seconds)
    return Row(
        rows=rows,
        pair=number,
        reference_loss=loss,
        loss=point.loss,
        evaluations=point.evaluation,
        seconds=seconds,
        reference_step_seconds=step_seconds,
        baseline_seconds=scipy_seconds,
        ratio=seconds and step_seconds * STEPS / seconds,
        baseline_ratio=seconds and scipy_seconds and scipy_seconds / seconds,
        torch_seconds=torch_seconds,
        torch_ratio=seconds and torch_seconds and torch_seconds / seconds,
    )


def curves(rows: int, number: int, measured: Measured) -> dict[str, Any]:
    """Return the curves of one pair, each a list of seconds and loss."""
    step_seconds = median(measured.step_seconds)
    run, _, _ = median_run(measured.runs, measured.known.loss)
    return {
        "rows": rows,
        "pair": number,
        "name": measured.images.name,
        "reference": [(step * step_seconds, loss) for step, loss in measured.known.curve.items()],
        "baseline": [point[1:] for point in measured.baseline],
        "torch": [point[1:] for point in measured.torch],
        "ours": [point[1:] for point in run.curve],
    }


def picture(measured: Measured) -> bytes:
    """Return the PNG of the engine's image at which the reference's loss is reached."""
    run, point, _ = median_run(measured.runs, measured.known.loss)
    return encode(deprocess(run.pictures[point.evaluation], DEPROCESS_MEANS["keras"]), "png")


def report(path: Path | None, measured_rows: Sequence[tuple[Row, Measured]]) -> None:
    """Print the table; write the JSON and, next to it, pictures `engine-<rows>-<pair>.png`."""
    rows = [each._asdict() for each, _ in measured_rows]
    table.show(rows, HEADINGS)
    kept = [curves(each.rows, each.pair, measured) for each, measured in measured_rows]
    table.write(path, {"rows": rows, "curves": kept})
    if path is not None:
        for each, measured in measured_rows:
            path.with_name(f"{path.stem}-{each.rows}-{each.pair}.png").write_bytes(
                picture(measured)
            )


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the chosen pairs at the chosen sizes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", help="default: those with a reference")
    parser.add_argument("--pairs", type=int, nargs="+", help="default: those with a reference")
    parser.add_argument("--repeat", type=int, default=3, help="runs of ours; the median counts")
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args(arguments)
    try:
        known = {each: reference(*each) for each in _wanted(chosen.rows, chosen.pairs)}
    except MissingReference as missing:
        parser.error(str(missing))
    trained = weights.load(Config.read(os.environ))
    measured_rows = []
    for (rows, number), each in known.items():
        settings = StyleSettings(size=rows)
        measured = measure(pair(number, rows), each, trained, settings, chosen.repeat)
        measured_rows.append((row(rows, number, measured), measured))
    report(chosen.json, measured_rows)


def _wanted(rows: list[int] | None, pairs: list[int] | None) -> list[tuple[int, int]]:
    if rows and pairs:
        return list(itertools.product(rows, pairs))
    known = [
        (size, number)
        for size, number in entries()
        if size in (rows or [size]) and number in (pairs or [number])
    ]
    # without any, one whose error names the missing reference
    return known or [((rows or [128])[0], (pairs or [1])[0])]


if __name__ == "__main__":
    main()
