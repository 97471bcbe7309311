"""The objective as a function of sums over an image's positions: of the whole, or of its tiles."""

from collections.abc import Mapping
from typing import NamedTuple

import tensorflow as tf

from worker.engine.loss.losses import content_loss, gram_matrix, total_variation_loss
from worker.engine.loss.metric import Metric
from worker.engine.vgg19.layers import stride

ByLayer = dict[str, tf.Tensor]
Sums = dict[str, tf.Tensor]
"""A style layer to its Gram matrix (c, c), and the two below to a scalar."""

CONTENT = "content"  # the squared distance of the content layer's activations
VARIATION = "variation"  # the image's total variation


class Layers(NamedTuple):
    """The layers that the objective reads."""

    style: tuple[str, ...]
    content: str


class Targets(NamedTuple):
    """What stays fixed while the image changes, with the weight of each sum."""

    grams: ByLayer  # style layer to the mean Gram matrix of the styles, (c, c)
    disagreement: ByLayer  # style layer to the mean of their squared distances from it, a scalar
    metrics: dict[str, Metric]
    content: tf.Tensor  # (1, h, w, c)
    weights: dict[str, tf.Tensor]  # of each of the sums, a scalar


def cut(activations: tf.Tensor, layer: str, box: tf.Tensor) -> tf.Tensor:
    """Return the part of (1, h, w, c) that stands for a box of the image.

    Args:
        activations: of `layer`.
        layer: it says how many pixels one position stands for.
        box: (4,), top, left, bottom, right in pixels; top and left are multiples of 16, bottom
            and right too or the image's end.
    """
    top, left, bottom, right = tf.unstack(box // stride(layer))
    return activations[:, top:bottom, left:right]


def sums(
    image: tf.Tensor,
    features: Mapping[str, tf.Tensor],
    layers: Layers,
    content: tf.Tensor,
    box: tf.Tensor | None = None,
) -> Sums:
    """Return the sums over all of an image or over a box of it.

    Args:
        image: (1, rows, columns, 3).
        features: its activations by layer; a layer that is missing gives no sum.
        layers: which are read for what.
        content: the content layer's activations to be met, of the box where there is one.
        box: as in `cut`; None is the whole image.
    """

    def part(layer: str) -> tf.Tensor:
        return features[layer] if box is None else cut(features[layer], layer, box)

    found = {layer: gram_matrix(part(layer)) for layer in layers.style if layer in features}
    if layers.content in features:
        found[CONTENT] = content_loss(part(layers.content), content)
    if box is not None:
        top, left, bottom, right = tf.unstack(box)
        image = image[:, top : bottom + 1, left : right + 1]  # a pixel and its next neighbours
    return {**found, VARIATION: total_variation_loss(image)}


def weighed(totals: Sums, targets: Targets) -> tuple[tf.Tensor, Sums]:
    """Return the losses (3,) of style, content and total variation, and the descent's slopes.

    The slopes are by which each sum is to be changed: the losses' derivatives, but that style
    differences are descended in the targets' metric.
    """
    slopes = {}
    losses = dict.fromkeys(("style", CONTENT, VARIATION), tf.zeros_like(targets.weights[CONTENT]))
    for key, total in totals.items():
        weight = targets.weights[key]
        if key in targets.grams:
            difference = total - targets.grams[key]
            square = tf.reduce_sum(tf.square(difference)) + targets.disagreement[key]
            losses["style"] += weight * square
            slopes[key] = 2 * weight * targets.metrics[key].weigh(difference)
        else:
            losses[key] += weight * total
            slopes[key] = weight
    return tf.stack(list(losses.values())), slopes
