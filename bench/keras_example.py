"""The Keras example `neural_style_transfer`, rewritten from its definitions, as the reference.

`python -m bench.keras_example --rows 128 --pair 1` writes the loss that its 4000 steps reach
into bench/reference.json. The two fixed images give the same features in every step, so for the
loss they are computed once; `published_step` is a step in the published form, to time it.
"""

import argparse
import itertools
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import keras
import tensorflow as tf

from bench.faithful import SETTINGS, faithful
from bench.pairs import NAMES, Pair, pair
from shared.config import Config
from worker import weights
from worker.engine.image import centred
from worker.engine.loss.content import Content
from worker.engine.loss.style import Style, gram_matrix
from worker.engine.loss.term import Scaling
from worker.engine.loss.total_variation import TotalVariation
from worker.engine.vgg19.layers import Weights

STEPS = 4000
LEARNING_RATE, DECAY_STEPS, DECAY_RATE = 100.0, 100, 0.96
KERAS_PIXELS = 400 * 533  # the size that its learning rate was chosen at; it diverges far below
FILE = Path(__file__).with_name("reference.json")
CURVE = (1, 2, 5, 10, 20, 50, 100, 200, 400, 700, 1000, 1500, 2000, 2500, 3000, 3500, STEPS)


def learning_rate(step: int, pixels: int) -> float:
    """Return the exponentially decayed rate of a step from 0, scaled to the image's size.

    The gradient grows as 1 / pixels, since the style's loss is divided by their square.
    """
    return LEARNING_RATE * pixels / KERAS_PIXELS * DECAY_RATE ** (step / DECAY_STEPS)


def run(images: Pair, trained: Weights) -> Iterator[tuple[int, float]]:
    """Yield step and float32 loss of the example's run, computed with the fixed features once."""
    evaluate, image = faithful(images, trained), centred(images.content)
    pixels = image.shape[1] * image.shape[2]
    for step in range(STEPS + 1):
        losses, gradient = evaluate(image)
        yield step, float(tf.reduce_sum(losses))
        image -= learning_rate(step, pixels) * gradient


def published_step(images: Pair, trained: Weights) -> Callable[[], float]:
    """Return one step in the published form, all three images through all of VGG19.

    Each call takes a step and returns the loss that it started from.
    """
    network = keras.applications.VGG19(weights=None, include_top=False)
    for layer, arrays in trained.items():
        network.get_layer(layer).set_weights(arrays)
    extractor = keras.Model(network.inputs, {each.name: each.output for each in network.layers})
    base, style = centred(images.content), centred(images.style)
    combination = tf.Variable(base)
    pixels = base.shape[1] * base.shape[2]
    steps = itertools.count()

    @tf.function
    def loss_and_gradient() -> tuple[tf.Tensor, tf.Tensor]:
        with tf.GradientTape() as tape:
            features = extractor([tf.concat([base, style, combination], axis=0)])
            loss = _published_loss(features, combination)
        return loss, tape.gradient(loss, combination)

    def step() -> float:
        loss, gradient = loss_and_gradient()
        combination.assign_sub(learning_rate(next(steps), pixels) * gradient)
        return float(loss)

    return step


def _published_loss(features: dict[str, tf.Tensor], combination: tf.Tensor) -> tf.Tensor:
    pixels = combination.shape[1] * combination.shape[2]
    activations = features[SETTINGS.content_layer]
    loss = SETTINGS.content_weight * Content().statistic(activations[2], activations[0])
    scaling = Scaling(pixels, 1.0, SETTINGS.normalization)
    for layer in SETTINGS.style_layers:
        _, style, result = (gram_matrix(features[layer][each : each + 1]) for each in range(3))
        weight = SETTINGS.style_weight / len(SETTINGS.style_layers) * Style().factor(scaling, {})
        loss += weight * tf.reduce_sum(tf.square(result - style))
    return loss + SETTINGS.tv_weight * TotalVariation().statistic(combination)


def main() -> None:
    """Add the loss of one pair at one size to bench/reference.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=128)
    parser.add_argument("--pair", type=int, default=1, choices=range(1, len(NAMES) + 1))
    chosen = parser.parse_args()
    images = pair(chosen.pair, chosen.rows)
    trained = weights.load(Config.read(os.environ))
    curve = {step: loss for step, loss in run(images, trained) if step in CURVE}
    known = json.loads(FILE.read_text()) if FILE.exists() else {}
    known[f"{chosen.rows}/{chosen.pair}"] = {
        "pair": images.name,
        "sha256": images.sha256,
        "loss": curve[STEPS],
        "curve": curve,
    }
    FILE.write_text(json.dumps(known, indent=1) + "\n")
    print(f"{chosen.rows} rows, {images.name}: {curve[STEPS]:.1f} after {STEPS} steps")


if __name__ == "__main__":
    main()
