"""The total variation term, as in the Keras example."""

from collections.abc import Mapping

import tensorflow as tf

from shared.settings import StyleSettings
from worker.engine.loss.term import PIXELS, Fixed, Scaling, Term

EPSILON = 1e-8  # avoids a gradient of 0 × inf where neighbours are equal


class TotalVariation(Term):
    """The differences of neighbouring pixels; minimising them smooths the image."""

    name = "tv"
    overlap = 1  # a pixel is compared with the next one

    def layers(self, settings: StyleSettings) -> Mapping[str, float]:
        """Return the pixels."""
        return {PIXELS: 1.0}

    def statistic(
        self,
        activations: tf.Tensor,
        content: tf.Tensor | None = None,
    ) -> tf.Tensor:
        """Return the sum of (down² + right²)^1.25 over (1, rows, columns, 3), a scalar."""
        corner = activations[:, :-1, :-1]
        down = tf.square(corner - activations[:, 1:, :-1])
        right = tf.square(corner - activations[:, :-1, 1:])
        squares = down + right + EPSILON
        return tf.reduce_sum(squares * tf.sqrt(tf.sqrt(squares)))  # cheaper than a power of 1.25

    def factor(self, scaling: Scaling, target: Fixed) -> float:
        """Return the level's scale, or 1 / the number of values: a mean over the image."""
        if scaling.normalization == "keras":
            return scaling.scale
        return 1 / (3 * scaling.pixels)
