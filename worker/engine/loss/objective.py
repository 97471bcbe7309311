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
from worker.engine.loss.octaves import halves, with_octaves
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
        self._of_style = [component for component in found if component.term.reads_style]
        self._style = Gradients(_reading(whole, self._of_style), [self._of_style], self.names)
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
        octaves = settings.style_octaves if self._of_style else 1
        normalization = settings.normalization
        contents = [content, *halves(content, octaves)]
        paintings = [[style, *halves(style, octaves)] for style in styles]
        activations = self._features.content_activations(content, sides.image)
        # as many octaves as the smallest of the pictures has
        sizes = list(zip(contents, *paintings, strict=False))
        first, *others = (
            self._targets_at(
                image.shape[1:3],
                of_styles,
                None if number else activations,
                settings,
                Scaling(image.shape[1] * image.shape[2], scale, normalization, len(sizes)),
                sides.style,
            )
            for number, (image, *of_styles) in enumerate(sizes)
        )
        return first._replace(octaves=tuple(others))

    def plain(self, targets: Targets) -> Targets:
        """Return the targets with which the gradient is that of the losses; the same if it is."""
        terms = {each.key: each.term for each in self._components}
        plain = {key: terms[key].plain(fixed) for key, fixed in targets.fixed.items()}
        octaves = tuple(self.plain(octave) for octave in targets.octaves)
        if all(plain[key] is targets.fixed[key] for key in plain):
            return targets
        return targets._replace(fixed=plain, octaves=octaves)

    def evaluate(self, image: tf.Tensor, targets: Targets, side: int | None = None) -> Evaluation:
        """Return the losses of an image (1, rows, columns, 3), centred B, G, R, and the gradient.

        The losses are in the order of `names`. With tiles, the result is the same except for
        rounding; `side` is the longest side of a tile, None uses no tiles.
        """
        whole = self._all.evaluate(image, targets._replace(octaves=()), side)[0]
        return with_octaves(whole, image, self._style, targets.octaves, side)

    def evaluate_near(
        self, image: tf.Tensor, targets: Targets, side: int | None = None
    ) -> Evaluation:
        """Return the evaluation of the near components; the losses of other terms are 0.

        The octaves are near, with all of their layers: they are small.
        """
        near = self._near.evaluate(image, targets._replace(octaves=()), side)[0]
        return with_octaves(near, image, self._style, targets.octaves, side)

    def evaluate_parts(
        self, image: tf.Tensor, targets: Targets, side: int | None = None
    ) -> list[Evaluation]:
        """Return the evaluation of the near components, and that of the deep ones."""
        near, deep = self._parts.evaluate(image, targets._replace(octaves=()), side)
        return [with_octaves(near, image, self._style, targets.octaves, side), deep]

    def _targets_at(
        self,
        shape: tuple[int, int],
        styles: Sequence[tf.Tensor],
        activations: dict[str, tf.Tensor] | None,
        settings: StyleSettings,
        scaling: Scaling,
        side: int | None,
    ) -> Targets:
        """Return the targets at one size; without the content's activations, those of the style.

        Args:
            shape: rows and columns of the image.
            styles: each (1, r, c, 3).
            activations: the content's, by layer.
            settings: the settings that hold the weights.
            scaling: what the weights are scaled by.
            side: the longest side of a style's tile.
        """
        found = self._of_style if activations is None else self._components
        content = activations or {}
        shares = settings.style_shares(len(styles))
        statistics = self._features.style_statistics(styles, shape, side)
        fixed = {
            each.key: each.term.target(
                statistics.get(each.key),
                content[each.layer] if each.term.reads_content else None,
                shares,
            )
            for each in found
        }
        weights = component_weights(self._terms, settings, scaling, fixed)
        return Targets(
            fixed=fixed,
            weights={key: tf.constant(weight, styles[0].dtype) for key, weight in weights.items()},
            content=content,
        )


def _reading(network: keras.Model, read: Sequence[Component]) -> keras.Model:
    """Return the part of a network that these components read."""
    layers = {component.layer for component in read} - {PIXELS}
    return down_to(network, layers or {next(iter(network.output))})
