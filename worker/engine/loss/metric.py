"""The metric in which the style term is minimised: Gram matrices along the style's own axes.

The style's loss is (Gram(x) − Gram(style))². Moving the features along one of its axes changes it
in proportion to the axis's eigenvalue, and VGG19's few largest exceed the others by orders: so its
Hessian has hundreds of stiff directions, more than any L-BFGS history holds, and steps that are
safe for those are far too short for the rest. Weighing the squared difference of axes i and j by
1 / (λi + λj + damping) makes them alike, as the Gauss–Newton step in feature space would. The
minimum of the style's loss stays where it was, and so does what is reported: the plain loss.

Only the largest eigenvalues stand out of the damping: all axes but a few weigh alike, and a
difference (c, c) is weighed in 2 · c² · AXES operations where all axes would take 4 · c³.
"""

from typing import NamedTuple

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

Matrix = NDArray[np.floating]
AXES = 8  # that are weighed apart; 4 to 32 take as many evaluations
DAMPING = 0.05  # of the largest eigenvalue; half and twice as much cost some evaluations more
SHARE = 0.12  # the weight of the largest axis: what style leaves, total variation may use
ROUNDS = 6  # of orthogonal iteration: what weighs alike need not be told apart exactly


class Metric(NamedTuple):
    """How one layer's Gram matrix is weighed: axes 1 to k apart, all others alike."""

    axes: tf.Tensor  # (c, k), one a column
    among: tf.Tensor  # (k, k), the weight of each pair of axes, less the others'
    beside: tf.Tensor  # (k, 1), the weight of an axis with any other, less the others'
    others: tf.Tensor  # a scalar

    def weigh(self, difference: tf.Tensor) -> tf.Tensor:
        """Return the gradient of half the weighed square of a symmetric difference (c, c)."""
        rows = tf.matmul(self.axes, difference, transpose_a=True)  # (k, c)
        inner = tf.matmul(rows, self.axes)  # (k, k)
        outer = rows - tf.matmul(inner, self.axes, transpose_b=True)  # (k, c)
        inner = tf.matmul(self.among * inner / 2, self.axes, transpose_b=True)
        half = tf.matmul(self.axes, self.beside * outer + inner)  # (c, c)
        return self.others * difference + half + tf.transpose(half)


def plain(gram: tf.Tensor) -> Metric:
    """Return the metric of the style's loss itself."""
    none = tf.zeros((gram.shape[-1], 0), gram.dtype)
    return Metric(none, none[:0], tf.zeros((0, 1), gram.dtype), tf.ones((), gram.dtype))


def along_its_axes(gram: tf.Tensor) -> Metric:
    """Return the metric that makes the axes of a style's Gram matrix (c, c) alike."""
    eigenvalues, axes = _largest(gram.numpy(), min(AXES, gram.shape[-1]))
    largest = max(eigenvalues.max(), np.finfo(eigenvalues.dtype).tiny)

    def weights(spread: Matrix) -> Matrix:
        return SHARE * (2 + DAMPING) / (spread / largest + DAMPING)

    others = weights(np.zeros(()))
    among = weights(np.add.outer(eigenvalues, eigenvalues)) - others
    beside = weights(eigenvalues[:, np.newaxis]) - others
    return Metric(*(tf.constant(each, gram.dtype) for each in (axes, among, beside, others)))


def _largest(symmetric: Matrix, count: int) -> tuple[Matrix, Matrix]:
    """Return the largest eigenvalues and their axes, one a column (Golub & Van Loan 2013, 8.2)."""
    strongest = np.argsort(-np.diag(symmetric), kind="stable")[:count]
    axes = np.linalg.qr(symmetric[:, strongest])[0]
    for _ in range(ROUNDS):
        axes = np.linalg.qr(symmetric @ axes)[0]
    eigenvalues, turn = np.linalg.eigh(axes.T @ symmetric @ axes)
    return np.maximum(eigenvalues, 0), axes @ turn
