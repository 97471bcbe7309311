"""Computes the fixed targets: the style images' statistics, the content image's activations."""

from collections.abc import Sequence

import keras
import tensorflow as tf

from worker.engine.loss.style_cache import StyleCache, code_version, key_of
from worker.engine.loss.term import Component, Sums, cut
from worker.engine.memory.tiles import Tile, grid
from worker.engine.vgg19.layers import margin, stride


class FeatureExtractor:
    """The feature extractor, for images of any size, whole or in tiles; traced once."""

    def __init__(self, network: keras.Model, components: Sequence[Component]) -> None:
        self._network = network
        self._of_style = [each for each in components if each.term.reads_style]
        self._content_layers = sorted(
            {each.layer for each in components if each.term.reads_content}
        )
        self._margin = margin(network.output)
        self._cache: StyleCache | None = None
        self._basis: tuple[str, ...] = ()
        image = tf.TensorSpec((1, None, None, 3), network.inputs[0].dtype)
        box = tf.TensorSpec((4,), tf.int32)
        # one graph each, since the two kinds of image need different layers
        self._read_statistics, self._read_activations = (
            tf.function(read, input_signature=[image, box])
            for read in (self._statistics_of, self._activations_of)
        )

    def keep_statistics_in(self, cache: StyleCache, basis: Sequence[str]) -> None:
        """Look up style images' statistics in `cache` first; `basis` as in `key_of`."""
        self._cache = cache
        self._basis = (code_version(self._of_style), *basis)

    def style_statistics(
        self, styles: Sequence[tf.Tensor], shape: tuple[int, int], side: int | None
    ) -> Sums:
        """Return each component's statistics of the style images, (styles, ...).

        A statistic is a sum over positions, so that of a style image of another shape is scaled to
        `shape`.

        Args:
            styles: each (1, r, c, 3), centred B, G, R.
            shape: rows and columns of the result.
            side: the longest side of a tile, in pixels; None uses no tiles.
        """
        each = [self._known_statistics(style, side) for style in styles]
        return {
            component.key: tf.stack(
                [
                    sums[component.key]
                    * (_positions(shape, component) / _positions(style.shape[1:3], component))
                    for style, sums in zip(styles, each, strict=True)
                ]
            )
            for component in self._of_style
        }

    def content_activations(self, content: tf.Tensor, side: int | None) -> dict[str, tf.Tensor]:
        """Return the activations (1, h, w, c) of the content image by layer."""
        if not self._content_layers:
            return {}
        rows = [
            [self._read_activations(*_part(content, tile)) for tile in row]
            for row in self._grid(content, side)
        ]
        return {
            layer: tf.concat(
                [tf.concat([tile[layer] for tile in row], axis=2) for row in rows], axis=1
            )
            for layer in self._content_layers
        }

    def _known_statistics(self, image: tf.Tensor, side: int | None) -> Sums:
        """Return one style image's statistics, from the cache if it has them."""
        if self._cache is None or not self._of_style:
            return self._statistics(image, side)
        key = key_of(image, side, self._basis, self._of_style)
        known = self._cache.get(key)
        if known is not None and known.keys() == {each.key for each in self._of_style}:
            return {name: tf.constant(statistic) for name, statistic in known.items()}
        sums = self._statistics(image, side)
        self._cache.put(key, {name: statistic.numpy() for name, statistic in sums.items()})
        return sums

    def _statistics(self, image: tf.Tensor, side: int | None) -> Sums:
        tiles = [
            self._read_statistics(*_part(image, tile))
            for row in self._grid(image, side)
            for tile in row
        ]
        return {key: tf.add_n([sums[key] for sums in tiles]) for key in tiles[0]}

    def _grid(self, image: tf.Tensor, side: int | None) -> list[list[Tile]]:
        rows, columns = image.shape[1:3]
        return grid(rows, columns, side, self._margin)

    def _statistics_of(self, image: tf.Tensor, box: tf.Tensor) -> Sums:
        features = self._network(image)
        return {
            each.key: each.term.statistic(each.part(image, features, box), None)
            for each in self._of_style
        }

    def _activations_of(self, image: tf.Tensor, box: tf.Tensor) -> dict[str, tf.Tensor]:
        features = self._network(image)
        return {layer: cut(features[layer], stride(layer), box) for layer in self._content_layers}


def _part(image: tf.Tensor, tile: Tile) -> tuple[tf.Tensor, tf.Tensor]:
    """Return a tile with its surroundings, and the box of its core in them."""
    return tile.surroundings.of(image), tf.constant(tile.core_within)


def _positions(shape: Sequence[int], component: Component) -> int:
    rows, columns = shape
    return (rows // component.stride) * (columns // component.stride)
