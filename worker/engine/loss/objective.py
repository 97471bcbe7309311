"""What is minimised: the weighted terms of the loss against fixed targets, and their gradient."""

from collections.abc import Sequence
from operator import attrgetter

import keras
import tensorflow as tf

from shared.settings import StyleSettings
from worker.engine.loss.content import Content
from worker.engine.loss.features import FeatureExtractor
from worker.engine.loss.gradients import Evaluation, Gradients
from worker.engine.loss.moments import Moments
from worker.engine.loss.style import Style
from worker.engine.loss.style_cache import StyleCache
from worker.engine.loss.term import (
    PIXELS,
    Component,
    Scaling,
    Targets,
    WeightedTerm,
    component_weights,
    components,
)
from worker.engine.loss.total_variation import TotalVariation
from worker.engine.memory.tiles import NO_TILES, Sides
from worker.engine.vgg19.network import down_to

DEEPEST_BLOCK = "block5"
TERMS: tuple[WeightedTerm, ...] = (
    WeightedTerm(Style(), attrgetter("style_weight")),
    WeightedTerm(Moments(), attrgetter("moments_weight")),
    WeightedTerm(Content(), attrgetter("content_weight")),
    WeightedTerm(TotalVariation(), attrgetter("tv_weight")),
)


class Objective:
    """The loss of images of any size, computed with one network and traced once.

    It can be evaluated in two parts: the components that read `DEEPEST_BLOCK` (deep), and all
    others (near), which do not need the last third of the network.
    """

    def __init__(
        self, network: keras.Model, settings: StyleSettings, terms: Sequence[WeightedTerm] = TERMS
    ) -> None:
        """Create it without tracing anything.

        Args:
            network: VGG19, from `network.build`.
            settings: the settings that choose the layers.
            terms: the terms of the loss.
        """
        self._terms = terms
        self._components = found = components(terms, settings)
        self.names = tuple(dict.fromkeys(component.term.name for component in found))
        deep = [component for component in found if component.layer.startswith(DEEPEST_BLOCK)]
        near = [component for component in found if component not in deep]
        whole = _reading(network, found)
        self._features = FeatureExtractor(whole, found)
        self._all = Gradients(whole, [found], self.names)
        self.has_deep_part = bool(deep) and any(each.layer != PIXELS for each in near)
        if self.has_deep_part:
            self._near = Gradients(_reading(whole, near), [near], self.names)
            self._parts = Gradients(whole, [near, deep], self.names)

    def keep_statistics_in(self, cache: StyleCache, basis: Sequence[str]) -> None:
        """Look up style images' statistics in `cache` before they are computed.

        Args:
            cache: keeps them between jobs.
            basis: what they depend on besides the images, the components and the code.
        """
        self._features.keep_statistics_in(cache, basis)

    def targets(
        self,
        content: tf.Tensor,
        styles: Sequence[tf.Tensor],
        settings: StyleSettings,
        scale: float = 1.0,
        sides: Sides = NO_TILES,
    ) -> Targets:
        """Compute the fixed targets, once per level.

        Args:
            content: (1, rows, columns, 3), centred B, G, R, of the result's shape.
            styles: one or more (1, r, c, 3).
            settings: the settings that hold the weights, those of the styles too.
            scale: a factor on the weights of terms that are sums over positions.
            sides: the longest sides of tiles.

        Raises:
            ValueError: `style_blend` has another number of weights than there are styles.
        """
        rows, columns = content.shape[1:3]
        shares = settings.style_shares(len(styles))
        statistics = self._features.style_statistics(styles, (rows, columns), sides.style)
        activations = self._features.content_activations(content, sides.image)
        fixed = {
            each.key: each.term.target(
                statistics.get(each.key),
                activations[each.layer] if each.term.reads_content else None,
                shares,
            )
            for each in self._components
        }
        scaling = Scaling(rows * columns, scale, settings.normalization)
        weights = component_weights(self._terms, settings, scaling, fixed)
        return Targets(
            fixed=fixed,
            weights={key: tf.constant(weight, content.dtype) for key, weight in weights.items()},
            content=activations,
        )

    def plain(self, targets: Targets) -> Targets:
        """Return the targets with which the gradient is that of the losses; the same if it is."""
        plain = {each.key: each.term.plain(targets.fixed[each.key]) for each in self._components}
        if all(plain[key] is targets.fixed[key] for key in plain):
            return targets
        return targets._replace(fixed=plain)

    def evaluate(self, image: tf.Tensor, targets: Targets, side: int | None = None) -> Evaluation:
        """Return the losses of an image (1, rows, columns, 3), centred B, G, R, and the gradient.

        The losses are in the order of `names`. With tiles, the result is the same except for
        rounding; `side` is the longest side of a tile, None uses no tiles.
        """
        return self._all.evaluate(image, targets, side)[0]

    def evaluate_near(
        self, image: tf.Tensor, targets: Targets, side: int | None = None
    ) -> Evaluation:
        """Return the evaluation of the near components; the losses of other terms are 0."""
        return self._near.evaluate(image, targets, side)[0]

    def evaluate_parts(
        self, image: tf.Tensor, targets: Targets, side: int | None = None
    ) -> list[Evaluation]:
        """Return the evaluation of the near components, and that of the deep ones."""
        return self._parts.evaluate(image, targets, side)


def _reading(network: keras.Model, read: Sequence[Component]) -> keras.Model:
    """Return the part of a network that these components read."""
    layers = {component.layer for component in read} - {PIXELS}
    return down_to(network, layers or {next(iter(network.output))})
