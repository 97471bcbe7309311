"""What the network tells of an image that does not change: its Gram matrices and activations."""

import keras
import tensorflow as tf

from worker.engine.loss.losses import gram_matrix
from worker.engine.loss.terms import ByLayer, Layers, cut
from worker.engine.memory.tiles import Tile, grid
from worker.engine.vgg19.layers import margin


class Reader:
    """Reads images of any size, whole or in tiles; traced once."""

    def __init__(self, network: keras.Model, layers: Layers) -> None:
        self._network = network
        self._layers = layers
        self._margin = margin(network.output)
        image = tf.TensorSpec((1, None, None, 3), network.inputs[0].dtype)
        self._read = tf.function(
            self._read_box, input_signature=[image, tf.TensorSpec((4,), tf.int32)]
        )

    def grams(self, image: tf.Tensor, side: int | None) -> ByLayer:
        """Return the style layers' Gram matrices (c, c) of (1, rows, columns, 3).

        Args:
            image: centred B, G, R.
            side: the longest side of a tile's core, in pixels; None takes the image whole.
        """
        read = [self._tile(image, tile)[0] for row in self._tiles(image, side) for tile in row]
        return {layer: tf.add_n([grams[layer] for grams in read]) for layer in self._layers.style}

    def activations(self, image: tf.Tensor, side: int | None) -> tf.Tensor:
        """Return the content layer's activations (1, h, w, c) of such an image."""
        rows = [
            tf.concat([self._tile(image, tile)[1] for tile in row], axis=2)
            for row in self._tiles(image, side)
        ]
        return tf.concat(rows, axis=1)

    def _tiles(self, image: tf.Tensor, side: int | None) -> list[list[Tile]]:
        rows, columns = image.shape[1:3]
        return grid(rows, columns, side, self._margin)

    def _tile(self, image: tf.Tensor, tile: Tile) -> tuple[ByLayer, tf.Tensor]:
        return self._read(tile.surroundings.of(image), tf.constant(tile.core_within))

    def _read_box(self, image: tf.Tensor, box: tf.Tensor) -> tuple[ByLayer, tf.Tensor]:
        parts = {layer: cut(each, layer, box) for layer, each in self._network(image).items()}
        grams = {layer: gram_matrix(parts[layer]) for layer in self._layers.style}
        return grams, parts[self._layers.content]
