"""What is minimised: the weighted losses of an image against fixed targets, and their gradient."""

import copy
from collections.abc import Callable, Collection, Sequence

import keras
import tensorflow as tf

from shared.settings import StyleSettings
from worker.engine.loss.features import Reader
from worker.engine.loss.gradients import Evaluation, Pass
from worker.engine.loss.losses import style_share
from worker.engine.loss.metric import Metric, along_its_axes
from worker.engine.loss.terms import CONTENT, VARIATION, ByLayer, Layers, Targets
from worker.engine.vgg19.layers import stride
from worker.engine.vgg19.network import down_to

DEEPEST_BLOCK = "block5"


class Objective:
    """The loss of images of any size, read from one network and traced once for all of them.

    Style differences are descended in the targets' metric and reported plain. The terms can be
    evaluated in two parts: those read from `DEEPEST_BLOCK` (far), and all others (near), for which
    the network's last third is not needed.
    """

    def __init__(
        self, network: keras.Model, style_layers: Collection[str], content_layer: str
    ) -> None:
        self._layers = layers = Layers(tuple(sorted(style_layers)), content_layer)
        self._side: int | None = None
        network = down_to(network, {*style_layers, content_layer})
        self._reader = Reader(network, layers)
        read = {layer: layer for layer in layers.style} | {CONTENT: content_layer}
        far = {key for key, layer in read.items() if layer.startswith(DEEPEST_BLOCK)}
        near = read.keys() - far
        self.has_parts = bool(near and far)
        self._all = Pass(network, layers, [{*read, VARIATION}])
        if self.has_parts:
            shorter = down_to(network, {read[key] for key in near})
            self._near = Pass(shorter, layers, [{*near, VARIATION}])
            self._apart = Pass(network, layers, [{*near, VARIATION}, far])

    def in_tiles(self, side: int | None) -> "Objective":
        """Return this objective, evaluated in tiles whose cores are at most `side` pixels long.

        Its losses and gradient are the same but for rounding; None evaluates images whole.
        """
        tiled = copy.copy(self)
        tiled._side = side  # noqa: SLF001 - its own, just copied
        return tiled

    def targets(
        self,
        content: tf.Tensor,
        styles: Sequence[tf.Tensor],
        settings: StyleSettings,
        scale: float = 1.0,
        metric: Callable[[tf.Tensor], Metric] = along_its_axes,
    ) -> Targets:
        """Compute once what stays fixed.

        Args:
            content: (1, rows, columns, 3), centred B, G, R, of the result's shape.
            styles: one or more (1, r, c, 3); they count alike.
            settings: the weights.
            scale: factor on the content's and the total variation's weight.
            metric: what the gradient weighs differences of Gram matrices by.
        """
        rows, columns = content.shape[1:3]
        each = self._grams(styles, (rows, columns))  # (styles, c, c)
        grams = {layer: tf.reduce_mean(stack, axis=0) for layer, stack in each.items()}
        style_weight = settings.style_weight * style_share(rows * columns)
        weights: dict[str, float] = {
            layer: style_weight * weight / sum(settings.style_layers.values())
            for layer, weight in settings.style_layers.items()
        }
        weights |= {
            CONTENT: settings.content_weight * scale,
            VARIATION: settings.tv_weight * scale,
        }
        return Targets(
            grams=grams,
            disagreement={
                layer: tf.reduce_sum(tf.square(stack - grams[layer])) / len(styles)
                for layer, stack in each.items()
            },
            metrics={layer: metric(gram) for layer, gram in grams.items()},
            content=self._reader.activations(content, self._side),
            weights={key: tf.constant(weight, content.dtype) for key, weight in weights.items()},
        )

    def evaluate(self, image: tf.Tensor, targets: Targets) -> Evaluation:
        """Return the losses of an image (1, rows, columns, 3), centred B, G, R, held to targets."""
        return self._all.evaluate(image, targets, self._side)[0]

    def evaluate_near(self, image: tf.Tensor, targets: Targets) -> Evaluation:
        """Return the same of all terms but those read from the deepest block."""
        return self._near.evaluate(image, targets, self._side)[0]

    def evaluate_apart(self, image: tf.Tensor, targets: Targets) -> list[Evaluation]:
        """Return the near terms' evaluation, and the far ones'."""
        return self._apart.evaluate(image, targets, self._side)

    def _grams(self, styles: Sequence[tf.Tensor], shape: Sequence[int]) -> ByLayer:
        # A Gram matrix is a sum: a style of another shape counts as if it had the result's.
        def alike(style: tf.Tensor) -> ByLayer:
            return {
                layer: gram * (_positions(shape, layer) / _positions(style.shape[1:3], layer))
                for layer, gram in self._reader.grams(style, self._side).items()
            }

        each = [alike(style) for style in styles]
        return {layer: tf.stack([grams[layer] for grams in each]) for layer in self._layers.style}


def _positions(shape: Sequence[int], layer: str) -> int:
    rows, columns = shape
    return (rows // stride(layer)) * (columns // stride(layer))
