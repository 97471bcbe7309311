"""The metric that a style's loss is descended in: Gram matrices, seen along the style's own axes.

The style's loss is (Gram(x) − Gram(style))². Moving the features along one of its axes changes it
in proportion to the axis's eigenvalue, and VGG19's few largest exceed the others by orders: so its
Hessian has hundreds of stiff directions, more than any L-BFGS history holds, and steps that are
safe for those are far too short for the rest. Weighing the squared difference of axes i and j by
1 / (λi + λj + damping) makes them alike, as the Gauss–Newton step in feature space would. The
minimum of the style's loss stays where it was, and so does what is reported: the plain loss.
"""

from typing import NamedTuple

import numpy as np
import tensorflow as tf

DAMPING = 0.1  # of the largest eigenvalue; 0.03 and 0.3 cost some evaluations more
SHARE = 0.25  # the weight of the largest axis: what style leaves, total variation may use


class Metric(NamedTuple):
    """How one layer's Gram matrix is weighed."""

    axes: tf.Tensor  # (c, c), one a column
    weights: tf.Tensor  # (c, c), for each pair of axes

    def apply(self, difference: tf.Tensor) -> tf.Tensor:
        """Weigh a difference of Gram matrices (c, c), so that its square is the metric's."""
        along = tf.matmul(self.axes, tf.matmul(difference, self.axes), transpose_a=True)
        return tf.sqrt(self.weights) * along


def plain(gram: tf.Tensor) -> Metric:
    """Return the metric of the style's loss itself."""
    return Metric(tf.eye(gram.shape[-1], dtype=gram.dtype), tf.ones_like(gram))


def along_its_axes(gram: tf.Tensor) -> Metric:
    """Return the metric that makes the axes of a style's Gram matrix (c, c) alike."""
    eigenvalues, axes = np.linalg.eigh(gram.numpy())
    largest = max(eigenvalues[-1], np.finfo(eigenvalues.dtype).tiny)
    spread = np.add.outer(*[np.maximum(eigenvalues, 0)] * 2) / largest
    weights = SHARE * (2 + DAMPING) / (spread + DAMPING)
    return Metric(tf.constant(axes, gram.dtype), tf.constant(weights, gram.dtype))
