"""Whether the engine reaches the minimum of its stated objective: `python -m bench.minimum`.

One level, the same initial pixels, 500 evaluations; the engine in its own precision beside scipy's
L-BFGS-B in float32. Both results' losses are evaluated in float32, without the style's metric.
"""

import argparse
import os
from collections.abc import Sequence
from math import inf
from pathlib import Path
from statistics import geometric_mean
from time import perf_counter

import numpy as np
import tensorflow as tf

from bench import table
from bench.baseline import Evaluate, Pixels, lbfgsb
from bench.pairs import NAMES, Pair, pair
from shared.config import Config
from shared.settings import DEFAULT_PRESET, PRESETS, StyleSettings
from worker import weights
from worker.engine.device import Device, find_device
from worker.engine.engine import Engine
from worker.engine.loss.objective import Objective
from worker.engine.multiscale.level_inputs import prepare
from worker.engine.vgg19 import network as vgg
from worker.engine.vgg19.layers import Weights
from worker.host_memory import usable_bytes

HEADINGS = {
    "preset": "preset",
    "pair": "pair",
    "start": "loss at the start",
    "scipy": "scipy",
    "ours": "ours",
    "ratio": "ours / scipy",
}


def exact(images: Pair, settings: StyleSettings, trained: Weights) -> Evaluate:
    """Return the stated objective of a job with one level, in float32 and without the metric.

    Returns:
        The function from (rows, columns, 3), centred B, G, R, to the loss and its gradient.
    """
    (inputs,) = prepare(images.content, [images.style], settings, Device())
    network = vgg.variant(vgg.build(trained), settings.padding, settings.pooling)
    objective = Objective(network, settings)
    targets = objective.plain(
        objective.targets(inputs.content, inputs.styles, settings, inputs.scale)
    )

    def evaluate(pixels: Pixels) -> tuple[float, Pixels]:
        losses, gradient = objective.evaluate(tf.constant(pixels[np.newaxis]), targets)
        return float(tf.reduce_sum(losses)), gradient[0].numpy()

    return evaluate


def measure(
    images: Pair, preset: str, arguments: argparse.Namespace, trained: Weights
) -> table.Row:
    """Minimise both ways from the same pixels."""
    settings = StyleSettings(**PRESETS[preset]).model_copy(
        update={"size": arguments.rows, "pyramid": 1, "iterations": arguments.evaluations}
    )
    engine = Engine(trained, find_device(None, usable_bytes()))
    run = engine.stylize(images.content, [images.style], settings)
    start = next(run).pixels()
    *_, last = run
    evaluate = exact(images, settings, trained)
    ours, _ = evaluate(last.pixels())
    curve = lbfgsb(evaluate, start, -inf, arguments.evaluations, perf_counter())
    theirs = min(point.loss for point in curve)
    return {
        "preset": preset,
        "pair": images.name,
        "start": curve[0].loss,
        "scipy": theirs,
        "ours": ours,
        "ratio": ours / theirs,
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Compare the minima for the chosen presets and pairs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=128)
    parser.add_argument("--evaluations", type=int, default=500)
    parser.add_argument("--presets", nargs="+", default=["faithful", DEFAULT_PRESET])
    parser.add_argument("--pairs", type=int, nargs="+", default=[*range(1, len(NAMES) + 1)])
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args(arguments)
    trained = weights.load(Config.read(os.environ))
    rows = [
        measure(pair(number, chosen.rows), preset, chosen, trained)
        for preset in chosen.presets
        for number in chosen.pairs
    ]
    table.show(rows, HEADINGS)
    for preset in chosen.presets:
        ratios = [row["ratio"] for row in rows if row["preset"] == preset]
        print(f"{preset}: geometric mean {geometric_mean(ratios):.3f}, worst {max(ratios):.3f}")
    table.write(chosen.json, {"rows": rows})


if __name__ == "__main__":
    main()
