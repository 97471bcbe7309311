"""The metric in which the style term is minimised: Gram matrices along the style's own axes.

The style's loss is (Gram(x) − Gram(style))². Its curvature along one of the Gram matrix's axes is
proportional to the axis's eigenvalue, and VGG19's few largest eigenvalues are orders of magnitude
above the others. So the Hessian has hundreds of stiff directions, more than any L-BFGS history
holds, and steps that are safe for those are far too short for the rest. Weighting the squared
difference of axes i and j by 1 / (λi + λj + damping) makes the curvatures similar, as the
Gauss–Newton step in feature space does. The minimum of the style's loss stays the same, but not
that of the sum of terms, so a level ends without the metric. The loss that is reported is the
unweighted one.

Only the largest eigenvalues are above the damping. All other axes get one weight, so a difference
(c, c) is weighted in 2 · c² · AXES operations; treating every axis separately would take 4 · c³.
"""

from typing import NamedTuple

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

Matrix = NDArray[np.floating]
AXES = 8  # axes with a weight of their own; with 4 to 32, jobs need as many evaluations
DAMPING = 0.05  # times the largest eigenvalue; half or twice this needs some more evaluations
SHARE = 0.12  # the weight of the largest axis; below 1, so that total variation has its share
ROUNDS = 6  # of orthogonal iteration; axes of similar weight need no exact separation


class Metric(NamedTuple):
    """The weights of one layer's Gram matrix: one for each of k axes, one for all others."""

    axes: tf.Tensor  # (c, k), one per column
    pairs: tf.Tensor  # (k, k), the weight of each pair of axes, minus `others`
    with_others: tf.Tensor  # (k, 1), the weight of an axis with any other, minus `others`
    others: tf.Tensor  # the weight of all other pairs, a scalar

    def weigh(self, difference: tf.Tensor) -> tf.Tensor:
        """Return the gradient of half the weighted square of a symmetric difference (c, c)."""
        rows = tf.matmul(self.axes, difference, transpose_a=True)  # (k, c)
        inner = tf.matmul(rows, self.axes)  # (k, k)
        outer = rows - tf.matmul(inner, self.axes, transpose_b=True)  # (k, c)
        inner = tf.matmul(self.pairs * inner / 2, self.axes, transpose_b=True)
        half = tf.matmul(self.axes, self.with_others * outer + inner)  # (c, c)
        return self.others * difference + half + tf.transpose(half)


def unweighted(gram: tf.Tensor) -> Metric:
    """Return the metric in which all axes have the weight 1, in the shapes of `along_its_axes`."""
    count = min(AXES, gram.shape[-1])
    shapes = ((gram.shape[-1], count), (count, count), (count, 1))
    axes, pairs, with_others = (tf.zeros(shape, gram.dtype) for shape in shapes)
    return Metric(axes, pairs, with_others, tf.ones((), gram.dtype))


def along_its_axes(gram: tf.Tensor) -> Metric:
    """Return the metric that gives the axes of a style's Gram matrix (c, c) similar curvature."""
    eigenvalues, axes = _largest(gram.numpy(), min(AXES, gram.shape[-1]))
    largest = max(eigenvalues.max(), np.finfo(eigenvalues.dtype).tiny)

    def weights(spread: Matrix) -> Matrix:
        return SHARE * (2 + DAMPING) / (spread / largest + DAMPING)

    others = weights(np.zeros(()))
    pairs = weights(np.add.outer(eigenvalues, eigenvalues)) - others
    with_others = weights(eigenvalues[:, np.newaxis]) - others
    return Metric(*(tf.constant(each, gram.dtype) for each in (axes, pairs, with_others, others)))


def _largest(symmetric: Matrix, count: int) -> tuple[Matrix, Matrix]:
    """Return the largest eigenvalues and their axes in columns (Golub & Van Loan 2013, 8.2)."""
    strongest = np.argsort(-np.diag(symmetric), kind="stable")[:count]
    axes = np.linalg.qr(symmetric[:, strongest])[0]
    for _ in range(ROUNDS):
        axes = np.linalg.qr(symmetric @ axes)[0]
    eigenvalues, turn = np.linalg.eigh(axes.T @ symmetric @ axes)
    return np.maximum(eigenvalues, 0), axes @ turn
