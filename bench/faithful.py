"""The engine's objective with the Keras example's settings, as a function of the image."""

from collections.abc import Callable

import tensorflow as tf

from bench.pairs import Pair
from shared.settings import StyleSettings
from worker.engine.image import centred
from worker.engine.loss.metric import Metric, plain
from worker.engine.loss.objective import TERMS, Objective
from worker.engine.loss.style import Style
from worker.engine.loss.term import WeightedTerm
from worker.engine.vgg19 import network as vgg
from worker.engine.vgg19.layers import Weights

SETTINGS = StyleSettings()  # the Keras example's
Weighing = Callable[[tf.Tensor], Metric]
Evaluate = Callable[[tf.Tensor], tuple[tf.Tensor, tf.Tensor]]


def faithful(
    images: Pair, trained: Weights, precision: str = "float32", metric: Weighing = plain
) -> Evaluate:
    """Return the function from (1, rows, columns, 3), centred B, G, R, to losses and gradient.

    The losses are those of the example under every metric, the gradient under `plain` only.
    """
    terms = [
        WeightedTerm(Style(metric), weight)
        if isinstance(term, Style)
        else WeightedTerm(term, weight)
        for term, weight in TERMS
    ]
    objective = Objective(vgg.build(trained, precision), SETTINGS, terms)
    content, style = centred(images.content), centred(images.style)
    targets = objective.targets(content, [style], SETTINGS)
    return lambda image: objective.evaluate(image, targets)
