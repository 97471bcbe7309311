"""The engine's objective with the Keras example's settings, as a function of the image."""

from collections.abc import Callable

import tensorflow as tf

from bench.pairs import Pair
from shared.settings import StyleSettings
from worker.engine.image import centred
from worker.engine.loss.objective import Objective
from worker.engine.vgg19 import network as vgg
from worker.engine.vgg19.layers import Weights

SETTINGS = StyleSettings()  # the Keras example's
Evaluate = Callable[[tf.Tensor], tuple[tf.Tensor, tf.Tensor]]


def faithful(
    images: Pair, trained: Weights, precision: str = "float32", *, with_metric: bool = False
) -> Evaluate:
    """Return the function from (1, rows, columns, 3), centred B, G, R, to losses and gradient.

    The losses are those of the example. So is the gradient, unless it is taken in the metric.
    """
    objective = Objective(vgg.build(trained, precision), SETTINGS)
    content, style = centred(images.content), centred(images.style)
    targets = objective.targets(content, [style], SETTINGS)
    if not with_metric:
        targets = objective.plain(targets)
    return lambda image: objective.evaluate(image, targets)
