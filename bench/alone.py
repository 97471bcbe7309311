"""The engine's loss over time at a size that has no reference: `python -m bench.alone`."""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from bench import ours, table
from bench.pairs import pair
from shared.config import Config
from shared.settings import StyleSettings
from worker import weights
from worker.engine.device import find_device
from worker.engine.engine import Engine
from worker.host_memory import usable_bytes

SHOWN = (1, 5, 10, 20, 30, 50, 75, 100)  # evaluations at full size
HEADINGS = {"evaluations": "evaluations at full size", "seconds": "seconds", "loss": "loss"}


def main(arguments: Sequence[str] | None = None) -> None:
    """Paint one pair with the default settings, warm, and report its float32 loss at intervals."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=400)
    parser.add_argument("--pair", type=int, default=1)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args(arguments)
    trained = weights.load(Config.read(os.environ))
    engine = Engine(trained, find_device(None, usable_bytes()))
    images, settings = pair(chosen.pair, chosen.rows), StyleSettings(size=chosen.rows)
    ours.warm(engine, images, settings)
    curve = ours.run(engine, images, settings, ours.Judge(images, trained)).curve
    rows = [
        {"evaluations": number, "seconds": point.seconds, "loss": point.loss}
        for number, point in enumerate(curve, 1)
        if number in SHOWN or number == len(curve)
    ]
    print(f"{chosen.rows} rows, {images.name}, after the coarser level")
    table.show(rows, HEADINGS)
    table.write(chosen.json, {"rows": rows, "curve": [point[1:] for point in curve]})


if __name__ == "__main__":
    main()
