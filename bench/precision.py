"""The effect of the device's precision on the final loss: `python -m bench.precision`."""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench import ours, table
from bench.pairs import NAMES, pair
from shared.config import Config
from shared.settings import StyleSettings
from worker import weights
from worker.engine.device import Device, find_device
from worker.engine.engine import Engine
from worker.engine.vgg19.layers import Weights
from worker.host_memory import usable_bytes

HEADINGS = {
    "rows": "rows",
    "pair": "pair",
    "exact": "loss of a float32 run",
    "short": "of a run in the device's",
    "reported": "as that run reports it",
    "apart": "runs apart",
}


def measure(rows: int, number: int, trained: Weights, device: Device) -> dict[str, Any]:
    """Paint a pair in both precisions; return each picture's float32 loss."""
    images, settings = pair(number, rows), StyleSettings(size=rows)
    judge, losses, reported = ours.Judge(images, trained), [], 0.0
    for each in (Device(), device):
        for progress in Engine(trained, each).stylize(images.content, [images.style], settings):
            last = progress
        losses.append(judge(last.pixels()))
        reported = last.loss
    exact, short = losses
    return {
        "rows": rows,
        "pair": number,
        "exact": exact,
        "short": short,
        "reported": reported,
        "apart": f"{short / exact - 1:+.1%}",
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the chosen sizes with the default settings."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[128, 256])
    parser.add_argument("--pairs", type=int, nargs="+", default=range(1, len(NAMES) + 1))
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args(arguments)
    trained, device = weights.load(Config.read(os.environ)), find_device(None, usable_bytes())
    print(f"in {device.precision}")
    rows = [measure(size, each, trained, device) for size in chosen.rows for each in chosen.pairs]
    table.show(rows, HEADINGS)
    table.write(chosen.json, {"precision": device.precision, "rows": rows})


if __name__ == "__main__":
    main()
