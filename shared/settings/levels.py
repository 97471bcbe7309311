"""The sizes of a result: its levels from coarse to fine, what each costs, and which sizes fit."""

import math
from typing import NamedTuple

SHORTEST_RESULT_SIDE = 32  # pixels: two positions of block5, the fewest that carry a style
LONGEST_RESULT_SIDE = 65_500  # pixels: the limit of JPEG encoders, which write the previews
MOST_ELONGATED = 3  # the ratio of sides up to which a size that was not chosen is a preset's
OVERHEAD_PIXELS = 6000  # an evaluation's fixed cost, in pixels (measured at 1 to 22 k pixels)
OVERHEAD_EVALUATIONS = 3  # the cost of a level's targets (measured at 6 to 98 k pixels)


class Level(NamedTuple):
    """One of the sizes at which a result is optimised."""

    rows: int
    columns: int
    evaluations: int
    octaves: int = 1
    """At how many sizes the style is compared: this one, half of it, a quarter and so on."""

    @property
    def pixels(self) -> int:
        """The level's size in pixels."""
        return self.rows * self.columns

    @property
    def work(self) -> int:
        """The level's cost; the unit is one pixel evaluated once."""
        pixels = sum((self.pixels >> 2 * k) + OVERHEAD_PIXELS for k in range(self.octaves))
        return pixels * (self.evaluations + OVERHEAD_EVALUATIONS)


def levels(
    rows: int, columns: int, iterations: int, coarse_iterations: int, count: int, octaves: int
) -> list[Level]:
    """Return up to `count` levels for a result of `rows` × `columns`, each twice the previous size.

    The last has `iterations` evaluations, each coarser one `coarse_iterations`, and each up to
    `octaves` octaves. Levels and octaves with a side below 32 pixels are left out.
    """
    shapes = [(rows >> k, columns >> k, k) for k in reversed(range(count))]
    return [
        Level(r, c, coarse_iterations if k else iterations, octaves_within(r, c, octaves))
        for r, c, k in shapes
        if k == 0 or min(r, c) >= SHORTEST_RESULT_SIDE
    ]


def octaves_within(rows: int, columns: int, octaves: int) -> int:
    """Return how many octaves an image has: up to `octaves`, each with sides of 32 pixels or more.

    The first is the image itself, each further one half the size of the one before.
    """
    smaller = range(1, octaves)
    return 1 + sum(min(rows, columns) >> k >= SHORTEST_RESULT_SIDE for k in smaller)


def has_shape_of(shape: tuple[int, int], other: tuple[int, int]) -> bool:
    """Return whether two pictures have the same proportions, up to one pixel of either's sides.

    Args:
        shape: the width and height of one, or its rows and columns.
        other: those of the other, in the same order.
    """
    (one, across), (another, across_other) = shape, other
    difference = abs(one * across_other - another * across)
    return difference <= max(one, across, another, across_other)


def sizes_within(width: int, height: int, pixels: int) -> tuple[int, int]:
    """Return the smallest and the largest `size` at which a picture can be painted.

    If the first is larger than the second, no size is both wide enough and small enough.

    Args:
        width: the content image's width.
        height: the content image's height.
        pixels: the largest number of pixels that the result may have.
    """
    narrowest = math.ceil(SHORTEST_RESULT_SIDE * height / width)
    widest = LONGEST_RESULT_SIDE * height // width
    largest = math.isqrt(pixels * height // width)
    return max(narrowest, SHORTEST_RESULT_SIDE), min(largest, widest, LONGEST_RESULT_SIDE)


def fitted_size(width: int, height: int, size: int) -> int:
    """Return the `size` of a result when the user chose none and the preset's is `size`.

    A picture with sides of up to 3:1 gets the preset's. A more elongated one gets the size at which
    it has as many pixels as one of 4:3 gets from the preset.

    Args:
        width: the content image's width.
        height: the content image's height.
        size: the preset's.
    """
    if max(width, height) <= MOST_ELONGATED * min(width, height):
        return size
    pixels = size * (size * 4 // 3)
    return math.isqrt(pixels * height // width)


def largest_size(width: int, height: int, pixels: int) -> int | None:
    """Return the largest `size` of a result with at most `pixels` pixels; None if none fits."""
    smallest, largest = sizes_within(width, height, pixels)
    return largest if largest >= smallest else None
