"""Ways through the network and back: an image's losses and gradient, whole or tile by tile."""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import NamedTuple

import keras
import tensorflow as tf

from worker.engine.loss.metric import Metric
from worker.engine.loss.scaling import gradient_scale
from worker.engine.loss.terms import (
    CONTENT,
    VARIATION,
    ByLayer,
    Layers,
    Sums,
    Targets,
    cut,
    sums,
    weighed,
)
from worker.engine.memory.tiles import Tile, grid
from worker.engine.vgg19.layers import margin


class Evaluation(NamedTuple):
    """An image's losses, and the gradient to descend by."""

    losses: tf.Tensor  # (3,): style, content, total variation
    gradient: tf.Tensor  # (1, rows, columns, 3)


class Pass:
    """One way through a network and back, traced once for images of all sizes.

    The sums that are made on the way fall into parts, and each part has an evaluation of its own.
    """

    def __init__(
        self, network: keras.Model, layers: Layers, parts: Sequence[Iterable[str]]
    ) -> None:
        """Trace nothing yet.

        Args:
            network: from (1, rows, columns, 3) to a dict of layer to activations.
            layers: all that the objective reads; the network may reach fewer.
            parts: keys of the sums that it does reach.
        """
        self._network = network
        self._layers = layers
        self._parts = [sorted(part) for part in parts]
        self._margin = margin(network.output)
        dtype = network.inputs[0].dtype
        computed = next(iter(network.output.values())).dtype
        self._scaled = computed == "float16"
        image, box = tf.TensorSpec((1, None, None, 3), dtype), tf.TensorSpec((4,), tf.int32)
        targets = _targets_spec(layers.style, dtype, computed)
        tile = [image, box, targets.content]
        slopes = [{key: _slope_spec(key, dtype) for key in part} for part in self._parts]
        self._whole = tf.function(self._at_once, input_signature=[image, targets])
        self._sums = tf.function(self._sums_of, input_signature=tile)
        self._gradients = tf.function(self._gradients_of, input_signature=[*tile, slopes])

    def evaluate(
        self, image: tf.Tensor, targets: Targets, side: int | None = None
    ) -> list[Evaluation]:
        """Return each part's evaluation of an image (1, rows, columns, 3), centred B, G, R.

        Args:
            image: at which.
            targets: what it is held to.
            side: the longest side of a tile's core, in pixels; None takes the image whole.
        """
        rows, columns = image.shape[1:3]
        tiles = list(chain(*grid(rows, columns, side, self._margin)))
        return self._whole(image, targets) if len(tiles) == 1 else self._in(tiles, image, targets)

    def _at_once(self, image: tf.Tensor, targets: Targets) -> list[Evaluation]:
        with tf.GradientTape(persistent=len(self._parts) > 1) as tape:
            tape.watch(image)
            totals = self._sums_of(image, None, targets.content)
        return [
            Evaluation(losses, self._pull(tape, totals, slopes, image))
            for losses, slopes in self._weighed(totals, targets)
        ]

    def _in(self, tiles: Sequence[Tile], image: tf.Tensor, targets: Targets) -> list[Evaluation]:
        """Sum over the tiles forwards, weigh the sums, and go through the tiles again and back.

        A tile's gradient reaches into its surroundings, as its core is made of them.
        """
        totals: Sums = {}
        for tile in tiles:
            inputs = self._cut(tile, image, targets.content)
            for key, value in self._sums(*inputs).items():
                totals[key] = totals[key] + value if key in totals else value
        weighed_parts = self._weighed(totals, targets)
        slopes = [part for _, part in weighed_parts]
        gradients = [tf.Variable(tf.zeros_like(image), trainable=False) for _ in self._parts]
        for tile in tiles:
            inputs = self._cut(tile, image, targets.content)
            for whole, piece in zip(gradients, self._gradients(*inputs, slopes), strict=True):
                place = tile.surroundings.of(whole)
                place.assign(place + piece)
        return [
            Evaluation(losses, tf.convert_to_tensor(gradient))
            for (losses, _), gradient in zip(weighed_parts, gradients, strict=True)
        ]

    def _cut(self, tile: Tile, image: tf.Tensor, content: tf.Tensor) -> tuple[tf.Tensor, ...]:
        return (
            tile.surroundings.of(image),
            tf.constant(tile.core_within),
            cut(content, self._layers.content, tf.constant(tile.core)),
        )

    def _sums_of(self, image: tf.Tensor, box: tf.Tensor | None, content: tf.Tensor) -> Sums:
        return sums(image, self._network(image), self._layers, content, box)

    def _gradients_of(
        self, image: tf.Tensor, box: tf.Tensor, content: tf.Tensor, slopes: Sequence[Sums]
    ) -> list[tf.Tensor]:
        with tf.GradientTape(persistent=len(self._parts) > 1) as tape:
            tape.watch(image)
            totals = self._sums_of(image, box, content)
        return [self._pull(tape, totals, part, image) for part in slopes]

    def _weighed(self, totals: Sums, targets: Targets) -> list[tuple[tf.Tensor, Sums]]:
        return [weighed({key: totals[key] for key in part}, targets) for part in self._parts]

    def _pull(
        self, tape: tf.GradientTape, totals: Sums, slopes: Sums, image: tf.Tensor
    ) -> tf.Tensor:
        part = {key: totals[key] for key in slopes}
        if not self._scaled:
            return tape.gradient(part, image, output_gradients=slopes)
        scale = gradient_scale(part, slopes, image)
        scaled = {key: slope * scale for key, slope in slopes.items()}
        return tape.gradient(part, image, output_gradients=scaled) / scale


def _slope_spec(key: str, dtype: tf.DType) -> tf.TensorSpec:
    return tf.TensorSpec(() if key in {CONTENT, VARIATION} else (None, None), dtype)


def _targets_spec(style_layers: Sequence[str], dtype: tf.DType, computed: tf.DType) -> Targets:
    def by_layer(*shape: int | None) -> ByLayer:
        return {layer: tf.TensorSpec(shape, dtype) for layer in style_layers}

    square, scalar = tf.TensorSpec((None, None), dtype), tf.TensorSpec((), dtype)
    return Targets(
        grams=by_layer(None, None),
        disagreement=by_layer(),
        metrics={layer: Metric(square, square, square, scalar) for layer in style_layers},
        content=tf.TensorSpec((1, None, None, None), computed),
        weights=dict.fromkeys([*style_layers, CONTENT, VARIATION], scalar),
    )
