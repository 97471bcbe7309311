"""Whether the engine reaches the minimum of its stated objective: `python -m bench.minimum`.

One level, the same initial pixels, 500 evaluations; the engine in its own precision beside scipy's
L-BFGS-B in float32. Both results' losses are evaluated in float32, without the style's metric.
"""

import argparse
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from statistics import geometric_mean
from typing import NamedTuple

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from scipy.optimize import fmin_l_bfgs_b

from bench import table
from bench.baseline import HISTORY, Reached
from bench.pairs import NAMES, Pair, pair
from shared.config import Config
from shared.settings import DEFAULT_PRESET, PRESETS, StyleSettings
from worker import weights
from worker.engine.device import Device, find_device
from worker.engine.engine import Engine
from worker.engine.loss.objective import Objective
from worker.engine.loss.term import Targets
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
Pixels = NDArray[np.float32]


class Exact(NamedTuple):
    """The stated objective in float32, without the metric."""

    objective: Objective
    targets: Targets

    def __call__(self, pixels: Pixels) -> tuple[float, Pixels]:
        """Return the loss of (rows, columns, 3), centred B, G, R, and its gradient."""
        losses, gradient = self.objective.evaluate(tf.constant(pixels[np.newaxis]), self.targets)
        return float(tf.reduce_sum(losses)), gradient[0].numpy()


def exact(images: Pair, settings: StyleSettings, trained: Weights) -> Exact:
    """Return the objective of a job with one level."""
    (inputs,) = prepare(images.content, [images.style], settings, Device())
    network = vgg.build(trained)
    if settings.padding == "replicate":
        network = vgg.with_edge_padding(network)
    objective = Objective(network, settings)
    targets = objective.targets(inputs.content, inputs.styles, settings, inputs.scale)
    return Exact(objective, objective.plain(targets))


def scipy_minimum(evaluate: Exact, start: Pixels, evaluations: int) -> float:
    """Return the lowest loss that L-BFGS-B finds."""
    found: list[float] = []

    def counted(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        loss, gradient = evaluate(flat.reshape(start.shape).astype(np.float32))
        found.append(loss)
        if len(found) == evaluations:
            raise Reached
        return loss, gradient.ravel().astype(np.float64)

    with suppress(Reached):
        fmin_l_bfgs_b(
            counted, start.ravel(), m=HISTORY, maxfun=evaluations, maxiter=evaluations, factr=0
        )
    return min(found)


def measure(
    images: Pair, preset: str, arguments: argparse.Namespace, trained: Weights
) -> table.Row:
    """Minimise both ways from the same pixels."""
    settings = StyleSettings(**PRESETS[preset]).model_copy(
        update={"size": arguments.rows, "pyramid": 1, "iterations": arguments.evaluations}
    )
    engine, evaluate = (
        Engine(trained, find_device(None, usable_bytes())),
        exact(images, settings, trained),
    )
    start = None
    for progress in engine.stylize(images.content, [images.style], settings):
        if start is None:
            start = progress.pixels()
    assert start is not None  # noqa: S101 - there is at least one evaluation
    ours, _ = evaluate(progress.pixels())
    theirs = scipy_minimum(evaluate, start, arguments.evaluations)
    return {
        "preset": preset,
        "pair": images.name,
        "start": evaluate(start)[0],
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
