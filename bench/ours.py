"""Runs of the engine: the time and the float32 loss of each evaluation."""

import hashlib
from typing import NamedTuple

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from bench.faithful import faithful
from bench.measures import CurvePoint, timed
from bench.pairs import Pair
from shared.settings import StyleSettings
from worker.engine.engine import Engine
from worker.engine.vgg19.layers import Weights

Pixels = NDArray[np.float32]
WARM_UP = 15  # evaluations


class Run(NamedTuple):
    """One run of the engine."""

    curve: list[CurvePoint]  # of the evaluations at full size
    pictures: dict[int, Pixels]  # by evaluation, (rows, columns, 3), centred B, G, R


class Judge:
    """The loss of a picture in float32, whatever precision it was painted in."""

    def __init__(self, images: Pair, trained: Weights) -> None:
        self._evaluate = faithful(images, trained)
        self._known: dict[bytes, float] = {}

    def __call__(self, pixels: Pixels) -> float:
        """Return the loss of (rows, columns, 3), centred B, G, R.

        The loss of a known picture is cached, since runs repeat each other bit for bit.
        """
        key = hashlib.sha256(pixels.tobytes()).digest()
        if key not in self._known:
            losses, _ = self._evaluate(tf.convert_to_tensor(pixels[np.newaxis]))
            self._known[key] = float(tf.reduce_sum(losses))
        return self._known[key]


def warm(engine: Engine, images: Pair, settings: StyleSettings) -> None:
    """Run a few evaluations at every level, so that everything is traced and allocated.

    There are more of them than the engine's period from one full evaluation to the next.
    """
    short = settings.model_copy(
        update={
            name: min(WARM_UP, getattr(settings, name))
            for name in ("iterations", "coarse_iterations")
        }
    )
    for progress in engine.stylize(images.content, [images.style], short):
        progress.pixels()


def run(engine: Engine, images: Pair, settings: StyleSettings, judge: Judge) -> Run:
    """Paint once; copy each picture with the clock stopped, and evaluate the copies later."""
    seconds, pictures = {}, {}
    shape = images.content.shape
    for spent, progress in timed(lambda: engine.stylize(images.content, [images.style], settings)):
        pixels = progress.pixels()
        if pixels.shape == shape:  # a coarser level's image has no loss to compare
            seconds[progress.evaluation], pictures[progress.evaluation] = spent, pixels
    curve = [CurvePoint(each, seconds[each], judge(pixels)) for each, pixels in pictures.items()]
    return Run(curve, pictures)
