"""Tiles: cuts an image so that the sums over all tiles equal the sums over the whole image."""

from itertools import pairwise
from typing import NamedTuple

import tensorflow as tf

from worker.engine.vgg19.layers import ALIGNED


class Box(NamedTuple):
    """A part of an image, in pixels."""

    top: int
    left: int
    bottom: int
    right: int

    def of(self, image: tf.Tensor) -> tf.Tensor:
        """Return that part of (1, rows, columns, 3)."""
        return image[:, self.top : self.bottom, self.left : self.right]


class Sides(NamedTuple):
    """The longest side of a tile's core, in pixels; None uses no tiles."""

    image: int | None = None  # of the result and the content
    style: int | None = None


NO_TILES = Sides()


class Tile(NamedTuple):
    """A core, over which the tile sums, and the surroundings that its activations depend on."""

    core: Box
    surroundings: Box

    @property
    def core_within(self) -> Box:
        """The core, relative to the surroundings' top left corner."""
        top, left = self.surroundings[:2]
        return Box(*(end - start for end, start in zip(self.core, (top, left) * 2, strict=True)))


def grid(rows: int, columns: int, side: int | None, around: int) -> list[list[Tile]]:
    """Cut `rows` × `columns` into rows of tiles of similar size.

    Args:
        rows: the image's rows.
        columns: the image's columns.
        side: the longest side of a core, a multiple of 16; None uses one tile.
        around: the width of the surroundings within the image. A multiple of 16, so that pooling
            windows are those of the whole image.
    """
    return [
        [
            Tile(
                Box(top, left, bottom, right),
                Box(
                    max(top - around, 0),
                    max(left - around, 0),
                    min(bottom + around, rows),
                    min(right + around, columns),
                ),
            )
            for left, right in _pieces(columns, side)
        ]
        for top, bottom in _pieces(rows, side)
    ]


def _pieces(length: int, side: int | None) -> list[tuple[int, int]]:
    """Cut a length into as few pieces as possible, of similar size, aligned except for the end."""
    count = -(-length // (side or length))
    ends = [length * number // count // ALIGNED * ALIGNED for number in range(count)]
    return list(pairwise([*ends, length]))
