"""The cost of an evaluation, compared with a matrix product: `python -m bench.evaluation`."""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

import tensorflow as tf

from bench import table
from bench.faithful import SETTINGS, Evaluate, faithful
from bench.measures import lap
from bench.pairs import Pair, pair
from shared.config import Config
from shared.settings import StyleSettings
from worker import weights
from worker.engine.device import find_device
from worker.engine.image import centred
from worker.engine.vgg19.layers import KERNEL_SHAPES, Weights, stride
from worker.host_memory import usable_bytes

SIDE = 2048  # of the two matrices
WARM_UP = 2
HEADINGS = {
    "rows": "rows",
    "columns": "columns",
    "precision": "precision",
    "gflop": "GFLOP",
    "evaluation_seconds": "s an evaluation",
    "gflops": "GFLOP/s",
    "product_gflops": "GFLOP/s of the product",
    "share": "share",
}


def measure(rows: int, trained: Weights, precision: str, repeat: int) -> dict[str, Any]:
    """Time evaluations and products alternately, so that other load affects both."""
    images = pair(1, rows)
    image, evaluate = centred(images.content), _engines(images, trained, precision)
    product = _matrix_product(tf.as_dtype(precision))
    laps = [(lap(lambda: evaluate(image)), lap(product)) for _ in range(WARM_UP + repeat)]
    seconds, product_seconds = map(median, zip(*laps[WARM_UP:], strict=True))
    columns = images.content.shape[1]
    gflop = evaluation_flops(rows, columns, SETTINGS) / 1e9
    product_gflops = 2 * SIDE**3 / 1e9 / product_seconds
    return {
        "rows": rows,
        "columns": columns,
        "precision": precision,
        "gflop": gflop,
        "evaluation_seconds": seconds,
        "gflops": gflop / seconds,
        "product_gflops": product_gflops,
        "share": gflop / seconds / product_gflops,
    }


def _engines(images: Pair, trained: Weights, precision: str) -> Evaluate:
    # with the engine's metric; its few products are timed but not counted
    return faithful(images, trained, precision, with_metric=True)


def _matrix_product(dtype: tf.DType) -> Any:
    left, right = (tf.cast(tf.random.normal((SIDE, SIDE)), dtype) for _ in range(2))
    return lambda: tf.matmul(left, right)


def evaluation_flops(rows: int, columns: int, settings: StyleSettings) -> int:
    """Count the operations of a forward and a backward pass, and of the Gram matrices.

    A convolution needs a multiplication and an addition for each weight and position, and the same
    number for the gradient of its input. A Gram matrix of n positions needs 2 · c² · n, twice.
    Everything else is less than 1 % of that.
    """
    total, read = 0, {*settings.style_layers, settings.content_layer}
    for layer, (height, width, inputs, outputs) in KERNEL_SHAPES.items():
        positions = (rows // stride(layer)) * (columns // stride(layer))
        total += 2 * 2 * height * width * inputs * outputs * positions
        if layer in settings.style_layers:
            total += 2 * 2 * outputs**2 * positions
        read -= {layer}
        if not read:
            break
    return total


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the chosen sizes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[256, 400])
    parser.add_argument("--repeat", type=int, default=9)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args(arguments)
    trained, device = weights.load(Config.read(os.environ)), find_device(None, usable_bytes())
    rows = [measure(size, trained, device.precision, chosen.repeat) for size in chosen.rows]
    table.show(rows, HEADINGS)
    table.write(chosen.json, {"rows": rows})


if __name__ == "__main__":
    main()
