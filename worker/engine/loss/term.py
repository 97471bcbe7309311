"""A term of the loss: a function of sums over an image's positions, so that tiles add up."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

import tensorflow as tf

from shared.settings import StyleSettings
from worker.engine.vgg19.layers import stride

PIXELS = "pixels"  # instead of a layer's name: the term reads the image itself
Sums = dict[str, tf.Tensor]  # a component's key to its statistic
Fixed = dict[str, Any]  # tensors, or tuples of them, that do not change with the image


class Scaling(NamedTuple):
    """What a term's weight is scaled by at a level."""

    pixels: int  # of the level
    scale: float  # compensates for the size in terms that are sums over positions
    normalization: str  # `keras` or `layers`, as in the settings
    octaves: int = 1  # how many the style's loss is the mean of


class Term(ABC):
    """One term. Its weighted loss is reported under `name`.

    For each layer that it reads, a statistic is summed over the positions of the activations. The
    loss and its slope are functions of that sum only.
    """

    name: ClassVar[str]
    reads_style: ClassVar[bool] = False  # whether the style images' statistic is its target
    reads_content: ClassVar[bool] = False  # whether it compares with the content's activations
    overlap: ClassVar[int] = 0  # for `PIXELS`: how many more pixels it reads right and below

    @abstractmethod
    def layers(self, settings: StyleSettings) -> Mapping[str, float]:
        """Return the layers that it reads, or `PIXELS`, with each one's share of the weight."""

    @abstractmethod
    def statistic(self, activations: tf.Tensor, content: tf.Tensor | None) -> tf.Tensor:
        """Return what is summed over the positions of (1, h, w, c).

        Args:
            activations: the activations of the image, or of a part of it.
            content: the content image's at the same positions, if the term `reads_content`.
        """

    def target(
        self,
        statistics: tf.Tensor | None,
        content: tf.Tensor | None,
        shares: Sequence[float],
    ) -> Fixed:
        """Return what stays fixed while the image changes.

        Args:
            statistics: (styles, ...), the style images' if the term `reads_style`, each scaled to
                the number of positions that the result has.
            content: the content image's activations (1, h, w, c) if the term `reads_content`.
            shares: how much each style image counts; they add up to 1.
        """
        return {}

    def plain(self, target: Fixed) -> Fixed:
        """Return the target with which `slope` is the loss's derivative; by default the same."""
        return target

    def factor(self, scaling: Scaling, target: Fixed) -> float:
        """Return the factor on the weight at a level; by default what sums over positions need."""
        return scaling.scale

    def loss(self, statistic: tf.Tensor, target: Fixed) -> tf.Tensor:
        """Return the loss, a scalar; by default the statistic itself."""
        return statistic

    def slope(self, statistic: tf.Tensor, target: Fixed) -> tf.Tensor:
        """Return the gradient with respect to the statistic; by default the loss's derivative."""
        with tf.GradientTape() as tape:
            tape.watch(statistic)
            loss = self.loss(statistic, target)
        return tape.gradient(loss, statistic)

    def mean_square_slope(
        self,
        statistic: tf.Tensor,
        slope: tf.Tensor,
        layer_stride: int,
    ) -> tf.Tensor | None:
        """Estimate how large the activations' gradient is, so that it can be scaled for float16.

        Returns:
            The sum of its squares per pixel of the image; None to leave the term out.
        """
        return None


class WeightedTerm(NamedTuple):
    """A term and the setting that weighs it."""

    term: Term
    weight: Callable[[StyleSettings], float]


class Component(NamedTuple):
    """A term on one of the layers that it reads."""

    term: Term
    layer: str

    @property
    def key(self) -> str:
        """The component's key in the mapping of sums."""
        return f"{self.term.name}:{self.layer}"

    @property
    def stride(self) -> int:
        """How many of the image's rows correspond to one row of the activations."""
        return 1 if self.layer == PIXELS else stride(self.layer)

    def part(self, image: tf.Tensor, features: Mapping[str, tf.Tensor], box: Any) -> tf.Tensor:
        """Return the activations that the statistic sums over: the image's, or those of a box.

        Args:
            image: (1, rows, columns, 3).
            features: its activations by layer.
            box: (4,), top, left, bottom, right in pixels, as in `cut`; None is the whole image.
        """
        activations = image if self.layer == PIXELS else features[self.layer]
        return activations if box is None else cut(activations, self.stride, box, self.term.overlap)


class Targets(NamedTuple):
    """The values that stay fixed while the image changes, by component."""

    fixed: dict[str, Fixed]
    weights: dict[str, tf.Tensor]  # scalars
    content: dict[str, tf.Tensor]  # layer to the content image's activations (1, h, w, c)
    octaves: tuple["Targets", ...] = ()  # the style's, for the image at a half, a quarter and so on


def cut(activations: tf.Tensor, layer_stride: int, box: tf.Tensor, overlap: int = 0) -> tf.Tensor:
    """Return the part of (1, h, w, c) that corresponds to a box of the image.

    Args:
        activations: a layer's activations.
        layer_stride: how many pixels correspond to one position.
        box: (4,), top, left, bottom, right in pixels. Top and left are multiples of 16; bottom
            and right are too, or are the image's end.
        overlap: how many more positions to include on the right and at the bottom.
    """
    top, left, bottom, right = tf.unstack(box // layer_stride)
    return activations[:, top : bottom + overlap, left : right + overlap]


def components(terms: Sequence[WeightedTerm], settings: StyleSettings) -> tuple[Component, ...]:
    """Return the components that the settings give a weight."""
    return tuple(
        Component(term, layer)
        for term, weight in terms
        if weight(settings)
        for layer in sorted(term.layers(settings))
    )


def component_weights(
    terms: Sequence[WeightedTerm],
    settings: StyleSettings,
    scaling: Scaling,
    fixed: Mapping[str, Fixed],
) -> dict[str, float]:
    """Return the weight of each component whose target is in `fixed`."""
    return {
        key: weight(settings)
        * share
        * term.factor(scaling, fixed[key])
        / (scaling.octaves if term.reads_style else 1)
        for term, weight in terms
        for layer, share in term.layers(settings).items()
        if (key := Component(term, layer).key) in fixed
    }


def blended(statistics: tf.Tensor, shares: Sequence[float]) -> tf.Tensor:
    """Return the weighted mean over the style images (styles, ...)."""
    return tf.tensordot(tf.constant(shares, statistics.dtype), statistics, 1)


def not_zero(square: tf.Tensor) -> tf.Tensor:
    """Return a sum of squares, large enough to divide by: a layer can be without any activation."""
    return tf.maximum(square, 1e-6)


def widened(tensor: tf.Tensor) -> tf.Tensor:
    """Return a tensor in the precision that losses are summed in: float32, or float64 as it is."""
    return tensor if tensor.dtype == tf.float64 else tf.cast(tensor, tf.float32)
