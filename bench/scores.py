"""Scores a finished picture: how far it is from the style and from the content, and its artefacts.

The style error is taken by octave: small octaves are brush marks, large ones swirls and
composition. All errors are relative, so that 0 is the target itself.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from bench.quality_pairs import Picture
from worker.engine.image import centred
from worker.engine.loss.style import gram_matrix
from worker.engine.vgg19 import network as vgg
from worker.engine.vgg19.layers import Weights

OCTAVES = 4  # full size, a half, a quarter, an eighth
SMALLEST = 128  # pixels of a side; a sixteenth of its eighth is a position of block 5
CONV1 = tuple(f"block{block}_conv1" for block in range(1, 6))
CONV2 = tuple(f"block{block}_conv2" for block in range(1, 6))  # no preset's style layers
CONTENT, CONTENT_UNREAD = "block5_conv2", "block4_conv3"
Features = dict[str, tf.Tensor]


class Score(NamedTuple):
    """A picture's errors; smaller is better."""

    octaves: tuple[float, ...]  # style error at the conv1 layers, full size first
    content: float  # at block5_conv2
    octaves_unread: tuple[float, ...]  # the same at the conv2 layers
    content_unread: float  # at block4_conv3

    @property
    def style(self) -> float:
        """The mean style error over the octaves."""
        return float(np.mean(self.octaves))

    @property
    def style_unread(self) -> float:
        """The mean style error over the octaves at the conv2 layers."""
        return float(np.mean(self.octaves_unread))


class Scorer:
    """Scores pictures in float32."""

    def __init__(self, trained: Weights) -> None:
        layers = {*CONV1, *CONV2, CONTENT, CONTENT_UNREAD}
        self._features = tf.function(vgg.down_to(vgg.build(trained), layers), reduce_retracing=True)

    def __call__(self, picture: Picture, content: Picture, style: Picture) -> Score:
        """Return the score of a picture.

        Args:
            picture: (rows, columns, 3), R, G, B.
            content: the photograph at the picture's size.
            style: the painting at the picture's height.

        Raises:
            ValueError: a side is shorter than `SMALLEST`.
        """
        if min(*picture.shape[:2], *style.shape[:2]) < SMALLEST:
            raise ValueError(f"a picture with a side below {SMALLEST} pixels")
        ours, photograph, painting = (
            centred(each.astype(np.float32)) for each in (picture, content, style)
        )
        conv1, conv2 = [], []
        for octave in range(OCTAVES):
            a, b = (self._features(smaller(each, octave)) for each in (ours, painting))
            conv1.append(_style_error(a, b, CONV1))
            conv2.append(_style_error(a, b, CONV2))
        a, b = self._features(ours), self._features(photograph)
        return Score(
            tuple(conv1),
            _relative(a[CONTENT], b[CONTENT]),
            tuple(conv2),
            _relative(a[CONTENT_UNREAD], b[CONTENT_UNREAD]),
        )


def smaller(image: tf.Tensor, octave: int) -> tf.Tensor:
    """Make (1, rows, columns, 3) 2^octave times smaller, antialiased."""
    rows, columns = (max(side >> octave, 1) for side in image.shape[1:3])
    return tf.image.resize(image, (rows, columns), "bicubic", antialias=True)


def _style_error(ours: Features, theirs: Features, layers: Sequence[str]) -> float:
    errors = [_relative(_gram(ours[layer]), _gram(theirs[layer])) for layer in layers]
    return float(np.mean(errors))


def _gram(activations: tf.Tensor) -> tf.Tensor:
    positions = activations.shape[1] * activations.shape[2]
    return gram_matrix(activations) / positions


def _relative(ours: tf.Tensor, theirs: tf.Tensor) -> float:
    difference = tf.reduce_sum(tf.square(ours - theirs))
    return float(difference / tf.reduce_sum(tf.square(theirs)))
