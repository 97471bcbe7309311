"""The sizes of a result: its levels from coarse to fine, what each costs, and which sizes fit."""

import math
from typing import NamedTuple

SHORTEST_RESULT_SIDE = 32  # pixels: two cells of block5; below there is nothing to hold on to
TALLEST_RESULT = 4096  # pixels
OVERHEAD_PIXELS = 6000  # an evaluation costs as if it had so many more (measured at 1 to 22 k)
OVERHEAD_EVALUATIONS = 3  # as many as a level's targets cost (measured at 6 to 98 k pixels)


class Level(NamedTuple):
    """One size that a result is worked on at."""

    rows: int
    columns: int
    evaluations: int

    @property
    def pixels(self) -> int:
        """The level's size."""
        return self.rows * self.columns

    @property
    def work(self) -> int:
        """What it costs, in pixels evaluated once."""
        return (self.pixels + OVERHEAD_PIXELS) * (self.evaluations + OVERHEAD_EVALUATIONS)


def levels(rows: int, columns: int, iterations: int, count: int) -> list[Level]:
    """Return up to `count` levels for a result of `rows` × `columns`, each twice the one before.

    The last has `iterations` evaluations, each coarser one a quarter of the next finer one's.
    Levels with a side below 32 pixels are left out.
    """
    shapes = [(rows >> k, columns >> k, k) for k in reversed(range(count))]
    return [
        Level(r, c, max(1, iterations >> 2 * k))
        for r, c, k in shapes
        if k == 0 or min(r, c) >= SHORTEST_RESULT_SIDE
    ]


def sizes_within(width: int, height: int, pixels: int) -> tuple[int, int]:
    """Return the smallest and the largest `size` at which a picture can be painted.

    Where the first exceeds the second, none is both wide and small enough.

    Args:
        width: of the content image, whose shape the result has.
        height: of the content image.
        pixels: the most that the result may have.
    """
    narrowest = math.ceil(SHORTEST_RESULT_SIDE * height / width)
    largest = math.isqrt(pixels * height // width)
    return max(narrowest, SHORTEST_RESULT_SIDE), min(largest, TALLEST_RESULT)


def largest_size(width: int, height: int, pixels: int) -> int | None:
    """Return the largest `size` of a result with at most `pixels` pixels; None if none fits."""
    smallest, largest = sizes_within(width, height, pixels)
    return largest if largest >= smallest else None
