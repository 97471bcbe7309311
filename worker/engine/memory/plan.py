"""How an image is optimised within a memory: whole or in tiles, with how long a history."""

from collections.abc import Collection
from math import isqrt
from typing import NamedTuple

from worker.engine.vgg19.layers import ALIGNED, KERNEL_SHAPES, margin

BASE_BYTES = 750_000_000  # TensorFlow, the weights, the traces; measured as are the next three
IMAGE_BYTES = 270  # a pixel of the result: images, gradients, steps, the content's activations
NETWORK_BYTES = {
    "bfloat16": 1_200,
    "float16": 1_200,
    "float32": 2_600,
}  # a pixel that is in the network at once
PAIR_BYTES = 24  # a pixel of the result and pair of L-BFGS's history
MAX_PAIRS, MIN_PAIRS = 10, 3  # 20 and 50 bought nothing
GOOD_SIDE, SHORTEST_SIDE = 512, 128  # pixels of a core's side: 1.9 and 6.3 times as many to go
# through the network
LAST_FALLBACK_STEP = 99  # further than any list of plans goes
LESS_MEMORY = (  # what each fallback step changes
    *({"side": side} for side in (512, 256, SHORTEST_SIDE)),
    *({"history": history} for history in (6, MIN_PAIRS)),
)


class Plan(NamedTuple):
    """How one level is optimised."""

    history: int  # pairs
    side: int | None  # the longest side of a tile's core, in pixels; None leaves the image whole


WHOLE = Plan(MAX_PAIRS, None)


def plan(
    pixels: int, memory: int | None, precision: str, layers: Collection[str] = KERNEL_SHAPES
) -> Plan | None:
    """Return how to optimise an image of `pixels` pixels, or None if `memory` is too little.

    A long history saves more than large tiles cost, until the tiles get small.

    Args:
        pixels: of the image.
        memory: bytes; None is as many as it takes.
        precision: of the convolutions.
        layers: that are read; deeper ones need more around a tile.
    """
    if memory is None:
        return WHOLE
    network, around = NETWORK_BYTES[precision], margin(layers)
    left = memory - BASE_BYTES - pixels * IMAGE_BYTES
    if left >= pixels * (network + MAX_PAIRS * PAIR_BYTES):
        return WHOLE
    affordable = (left - network * _in_network(GOOD_SIDE, around)) // (pixels * PAIR_BYTES)
    history = min(max(affordable, MIN_PAIRS), MAX_PAIRS)
    in_network = max(left - history * pixels * PAIR_BYTES, 0) // network
    side = (isqrt(in_network) - 2 * around) // ALIGNED * ALIGNED
    return Plan(history, side) if side >= SHORTEST_SIDE else None


def fallback_plans(
    pixels: int, memory: int | None, precision: str, layers: Collection[str] = KERNEL_SHAPES
) -> list[Plan]:
    """Return the plan, then thriftier ones for when memory runs out anyway; none if there is none.

    Arguments as of `plan`.
    """
    planned = plan(pixels, memory, precision, layers)
    if planned is None:
        return []
    plans = [planned]
    for less in LESS_MEMORY:
        thriftier = plans[-1]._replace(**less)
        before = bytes_needed(plans[-1], pixels, precision, layers)
        if bytes_needed(thriftier, pixels, precision, layers) < before:
            plans.append(thriftier)
    return plans


def bytes_needed(
    chosen: Plan, pixels: int, precision: str, layers: Collection[str] = KERNEL_SHAPES
) -> int:
    """Return how many bytes the chosen plan takes; other arguments as of `plan`."""
    in_network = pixels
    if chosen.side is not None:
        in_network = min(pixels, _in_network(chosen.side, margin(layers)))
    of_result = IMAGE_BYTES + chosen.history * PAIR_BYTES
    return BASE_BYTES + pixels * of_result + in_network * NETWORK_BYTES[precision]


def largest_pixels(memory: int, precision: str = "float32") -> int:
    """Return the largest result, in pixels, that there is a plan for within `memory` bytes."""
    network, around = NETWORK_BYTES[precision], margin(KERNEL_SHAPES)
    left = memory - BASE_BYTES
    whole = left // (IMAGE_BYTES + MAX_PAIRS * PAIR_BYTES + network)
    smallest_tile = network * _in_network(SHORTEST_SIDE, around)
    tiled = (left - smallest_tile) // (IMAGE_BYTES + MIN_PAIRS * PAIR_BYTES)
    return max(0, whole, tiled)


def _in_network(side: int, around: int) -> int:
    """Return how many pixels go through the network for a tile: its core and what is around it."""
    return (side + 2 * around) ** 2
