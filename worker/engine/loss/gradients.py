"""An image's losses and gradient: forward and backward passes, whole or tile by tile."""

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any, NamedTuple

import keras
import tensorflow as tf

from worker.engine.loss.scaling import gradient_scale
from worker.engine.loss.term import Component, Sums, Targets, cut
from worker.engine.memory.tiles import Tile, grid
from worker.engine.vgg19.layers import margin, stride


class Evaluation(NamedTuple):
    """An image's losses and the gradient to step by."""

    losses: tf.Tensor  # (terms,)
    gradient: tf.Tensor  # (1, rows, columns, 3)


class Gradients:
    """The evaluation of some components, traced once for images of all sizes.

    The components are grouped into parts; each part is evaluated separately.
    """

    def __init__(
        self, network: keras.Model, parts: Sequence[Sequence[Component]], names: Sequence[str]
    ) -> None:
        """Create it without tracing anything.

        Args:
            network: from (1, rows, columns, 3) to a dict of layer to activations.
            parts: the components; the network has all layers that they read.
            names: of the terms, in the order of the losses.
        """
        self._network = network
        self._parts = parts
        self._names = names
        self._margin = margin(network.output)
        self._is_float16 = next(iter(network.output.values())).dtype == "float16"
        self._traced: dict[str, Callable[..., Any]] = {}

    def evaluate(
        self, image: tf.Tensor, targets: Targets, side: int | None = None
    ) -> list[Evaluation]:
        """Return each part's evaluation of an image (1, rows, columns, 3), centred B, G, R.

        Args:
            image: the image to evaluate.
            targets: the objective's targets.
            side: the longest side of a tile's core, in pixels; None uses no tiles.
        """
        rows, columns = image.shape[1:3]
        tiles = list(chain(*grid(rows, columns, side, self._margin)))
        if len(tiles) == 1:
            return self._trace(self._evaluate_whole, image, targets)(image, targets)
        return self._evaluate_in_tiles(tiles, image, targets)

    def _evaluate_whole(self, image: tf.Tensor, targets: Targets) -> list[Evaluation]:
        with tf.GradientTape(persistent=len(self._parts) > 1) as tape:
            tape.watch(image)
            sums = self._sums(image, None, targets.content)
        return [
            Evaluation(losses, self._gradient(tape, part, sums, slopes, image))
            for part, (losses, slopes) in zip(self._parts, self._weigh(sums, targets), strict=True)
        ]

    def _evaluate_in_tiles(
        self, tiles: Sequence[Tile], image: tf.Tensor, targets: Targets
    ) -> list[Evaluation]:
        """Add up the tiles' sums, compute the slopes, then run each tile forward and backward.

        A tile's gradient includes its surroundings, since the core's activations depend on them.
        """
        sums: Sums = {}
        for tile in tiles:
            inputs = _cut(tile, image, targets)
            for key, value in self._trace(self._sums, *inputs)(*inputs).items():
                sums[key] = sums[key] + value if key in sums else value
        weighed = self._weigh(sums, targets)
        slopes = [part_slopes for _, part_slopes in weighed]
        gradients = [tf.Variable(tf.zeros_like(image), trainable=False) for _ in self._parts]
        for tile in tiles:
            inputs = (*_cut(tile, image, targets), slopes)
            pieces = self._trace(self._tile_gradients, *inputs)(*inputs)
            for whole, piece in zip(gradients, pieces, strict=True):
                place = tile.surroundings.of(whole)
                place.assign(place + piece)
        return [
            Evaluation(losses, tf.convert_to_tensor(gradient))
            for (losses, _), gradient in zip(weighed, gradients, strict=True)
        ]

    def _tile_gradients(
        self, image: tf.Tensor, box: tf.Tensor, content: dict[str, tf.Tensor], slopes: list[Sums]
    ) -> list[tf.Tensor]:
        with tf.GradientTape(persistent=len(self._parts) > 1) as tape:
            tape.watch(image)
            sums = self._sums(image, box, content)
        return [
            self._gradient(tape, part, sums, part_slopes, image)
            for part, part_slopes in zip(self._parts, slopes, strict=True)
        ]

    def _sums(self, image: tf.Tensor, box: tf.Tensor | None, content: dict[str, tf.Tensor]) -> Sums:
        """Return the components' statistics over all of an image, or over a box of it."""
        features = self._network(image)
        return {
            each.key: each.term.statistic(
                each.part(image, features, box),
                content[each.layer] if each.term.reads_content else None,
            )
            for each in chain(*self._parts)
        }

    def _weigh(self, sums: Sums, targets: Targets) -> list[tuple[tf.Tensor, Sums]]:
        """Return each part's losses (terms,), and the weighted slope of each of its sums."""
        return [self._weigh_part(part, sums, targets) for part in self._parts]

    def _weigh_part(
        self, part: Sequence[Component], sums: Sums, targets: Targets
    ) -> tuple[tf.Tensor, Sums]:
        losses = dict.fromkeys(self._names, tf.constant(0, next(iter(sums.values())).dtype))
        slopes = {}
        for term, key in ((component.term, component.key) for component in part):
            weight, fixed = targets.weights[key], targets.fixed[key]
            losses[term.name] += weight * term.loss(sums[key], fixed)
            slopes[key] = weight * term.slope(sums[key], fixed)
        return tf.stack(list(losses.values())), slopes

    def _gradient(
        self,
        tape: tf.GradientTape,
        part: Sequence[Component],
        sums: Sums,
        slopes: Sums,
        image: tf.Tensor,
    ) -> tf.Tensor:
        """Return the gradient of a part with respect to the image, from the slopes of its sums."""
        own = {component.key: sums[component.key] for component in part}
        if not self._is_float16:
            return tape.gradient(own, image, output_gradients=slopes)
        scale = gradient_scale(part, own, slopes, image)
        scaled = {key: slope * scale for key, slope in slopes.items()}
        return tape.gradient(own, image, output_gradients=scaled) / scale

    def _trace(self, function: Callable[..., Any], *examples: Any) -> Callable[..., Any]:
        """Return the function as a graph for arguments of all sizes, traced the first time."""
        if function.__name__ not in self._traced:
            signature = [tf.nest.map_structure(_of_any_size, example) for example in examples]
            graph = tf.function(function, input_signature=signature)
            self._traced[function.__name__] = graph.get_concrete_function()  # faster to call
        return self._traced[function.__name__]


def _of_any_size(tensor: tf.Tensor) -> tf.TensorSpec:
    shape = tensor.shape
    if len(shape) == 4:  # an image, or activations
        shape = (1, None, None, shape[-1])
    return tf.TensorSpec(shape, tensor.dtype)


def _cut(tile: Tile, image: tf.Tensor, targets: Targets) -> tuple[Any, ...]:
    """Return a tile's pixels, its core within them, and the content's activations of the core."""
    core = tf.constant(tile.core)
    content = {layer: cut(each, stride(layer), core) for layer, each in targets.content.items()}
    return tile.surroundings.of(image), tf.constant(tile.core_within), content
