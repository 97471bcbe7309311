"""The content term: squared differences of activations, as in the Keras example."""

from collections.abc import Mapping, Sequence

import tensorflow as tf

from shared.settings import StyleSettings
from worker.engine.loss.term import Fixed, Scaling, Term, not_zero, widened


class Content(Term):
    """The squared difference of the image's and the content's activations at one layer."""

    name = "content"
    reads_content = True

    def layers(self, settings: StyleSettings) -> Mapping[str, float]:
        """Return the content layer."""
        return {settings.content_layer: 1.0}

    def statistic(self, activations: tf.Tensor, content: tf.Tensor | None) -> tf.Tensor:
        """Return the sum of the squared differences, a scalar."""
        return tf.reduce_sum(tf.square(widened(activations) - widened(content)))

    def target(
        self,
        statistics: tf.Tensor | None,
        content: tf.Tensor | None,
        shares: Sequence[float] = (),
    ) -> Fixed:
        """Return the sum of the squared activations of the content."""
        return {"square": not_zero(tf.reduce_sum(tf.square(widened(content))))}

    def factor(self, scaling: Scaling, target: Fixed) -> float:
        """Return the level's scale, or 1 / the sum of the squared activations of the content."""
        if scaling.normalization == "keras":
            return scaling.scale
        return 1 / float(target["square"])

    def mean_square_slope(
        self,
        statistic: tf.Tensor,
        slope: tf.Tensor,
        layer_stride: int,
    ) -> tf.Tensor:
        """Return the mean square for the deepest block, which has two activations per pixel."""
        return 4.0 * tf.square(slope) * statistic / 2
