"""The peer neural-style, rewritten from its definitions, as the reference of `bench.quality`.

`python -m bench.neural_style` paints each pair once and adds its scores to quality_reference.json.
An iteration costs an evaluation at full size, so a pair takes minutes to an hour. Its defaults:
content at relu4_2 (weight 5), style at the first convolution of each block (weight 100 each), total
variation 0.001, 1000 iterations of L-BFGS with unit steps at full size, from noise. Several runs
may add their pairs at the same time.
"""

import argparse
import itertools
import json
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import tensorflow as tf
from PIL import Image

from bench.quality_pairs import REFERENCES, QualityPair, pairs_to_score, references
from bench.scores import Scorer
from shared.config import Config
from shared.pictures import deprocess
from shared.settings import DEPROCESS_MEANS
from worker import weights
from worker.engine.device import processor_precision
from worker.engine.image import centred
from worker.engine.loss.style import gram_matrix
from worker.engine.optimizer.lbfgs import LBFGS
from worker.engine.vgg19 import network as vgg
from worker.engine.vgg19.layers import Weights

CONTENT_LAYER = "block4_conv2"
STYLE_LAYERS = tuple(f"block{block}_conv1" for block in range(1, 6))
CONTENT_WEIGHT, STYLE_WEIGHT, TV_WEIGHT = 5.0, 100.0, 1e-3
ITERATIONS = 1000
MARKS = (100, 200, 300, 400, 500, 700)  # iterations whose scores tell how far from its end it is
NOISE = 0.001  # the start's standard deviation, in grey levels
SEED = 1
Evaluate = Callable[[tf.Tensor], tuple[tf.Tensor, tf.Tensor]]


def iterate(
    content: tf.Tensor, style: tf.Tensor, trained: Weights, precision: str
) -> Iterator[tuple[float, tf.Tensor]]:
    """Yield the loss and the image of each iteration, without end.

    Args:
        content: (1, rows, columns, 3), centred B, G, R.
        style: (1, r, c, 3), centred B, G, R.
        trained: VGG19's weights.
        precision: the convolutions' precision.
    """
    evaluate = objective(content, style, trained, precision)
    noise = np.random.default_rng(SEED).normal(0, NOISE, content.shape)
    image, optimizer = tf.constant(noise, tf.float32), LBFGS(per_axis=False)
    while True:
        loss, gradient = evaluate(image)
        yield float(loss), image
        image += optimizer.step(gradient)


def objective(content: tf.Tensor, style: tf.Tensor, trained: Weights, precision: str) -> Evaluate:
    """Return the function from an image to its loss and gradient; arguments as in `iterate`."""
    layers = (*STYLE_LAYERS, CONTENT_LAYER)
    network = vgg.down_to(vgg.build(trained, precision), layers)
    target, theirs = network(content)[CONTENT_LAYER], network(style)
    grams = {layer: _gram(theirs[layer]) for layer in STYLE_LAYERS}

    @tf.function
    def evaluate(image: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        with tf.GradientTape() as tape:
            tape.watch(image)
            features = network(image)
            loss = CONTENT_WEIGHT * _mean_square(features[CONTENT_LAYER], target)
            for layer, gram in grams.items():
                loss += STYLE_WEIGHT * _mean_square(_gram(features[layer]), gram)
            loss += TV_WEIGHT * _variation(image)
        return loss, tape.gradient(loss, image)

    return evaluate


def _gram(activations: tf.Tensor) -> tf.Tensor:
    return gram_matrix(activations) / tf.cast(tf.size(activations), tf.float32)


def _mean_square(ours: tf.Tensor, theirs: tf.Tensor) -> tf.Tensor:
    return tf.reduce_mean(tf.square(tf.cast(ours, tf.float32) - tf.cast(theirs, tf.float32)))


def _variation(image: tf.Tensor) -> tf.Tensor:
    down = tf.square(image[:, 1:] - image[:, :-1])
    right = tf.square(image[:, :, 1:] - image[:, :, :-1])
    return (tf.reduce_sum(down) + tf.reduce_sum(right)) / 2


def paint(
    pair: QualityPair, rows: int, iterations: int, trained: Weights, scorer: Scorer
) -> tuple[np.ndarray, dict[str, Any]]:
    """Paint a pair; return the picture, and its scores with how they came about."""
    content = pair.content(rows)
    style = pair.style_as_long_as(max(content.shape[:2]))
    photograph, painting = (centred(each.astype(np.float32)) for each in (content, style))
    started, precision = perf_counter(), processor_precision()
    images = itertools.islice(iterate(photograph, painting, trained, precision), iterations)
    on_the_way = []
    for number, (loss, image) in enumerate(images, start=1):
        if number in (*MARKS, iterations):
            picture = deprocess(image[0].numpy(), DEPROCESS_MEANS["keras"])
            score = scorer(picture, content, pair.style(rows))
            on_the_way.append((number, loss, score.style, score.content))
            print(pair.name, *on_the_way[-1], flush=True)
    return picture, {
        **score._asdict(),
        "style": score.style,
        "style_unread": score.style_unread,
        "loss": loss,
        "iterations": iterations,
        "on_the_way": on_the_way,
        "precision": precision,
        "seconds": perf_counter() - started,
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Add the chosen pairs that are missing to quality_reference.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=384)
    parser.add_argument("--iterations", type=int, default=ITERATIONS, help="default: %(default)s")
    parser.add_argument("--pairs", nargs="+", metavar="PHOTOGRAPH/STYLE", help="default: all")
    parser.add_argument("--pictures", type=Path, help="a folder with golden_gate.jpg and paintings")
    parser.add_argument("--save", type=Path, help="a folder for the pictures")
    chosen = parser.parse_args(arguments)
    if chosen.save is not None:
        chosen.save.mkdir(parents=True, exist_ok=True)
    trained = weights.load(Config.read(os.environ))
    scorer = Scorer(trained)
    for pair in pairs_to_score(chosen.pictures, chosen.pairs):
        if pair.name in references(chosen.rows):
            continue
        picture, found = paint(pair, chosen.rows, chosen.iterations, trained, scorer)
        if chosen.save is not None:
            Image.fromarray(picture).save(chosen.save / f"{pair.stem}-neural-style.png")
        known = json.loads(REFERENCES.read_text())  # again: another run may have added to it
        known.setdefault(str(chosen.rows), {})[pair.name] = found
        REFERENCES.write_text(json.dumps(known, indent=1) + "\n")
        print(f"{pair.name}: style {found['style']:.3f}, content {found['content']:.3f}")


if __name__ == "__main__":
    main()
