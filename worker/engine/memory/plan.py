"""Plans how an image is optimised in the available memory: tiles, and the history's length."""

from collections.abc import Collection
from math import isqrt
from typing import NamedTuple

from worker.engine.vgg19.layers import ALIGNED, KERNEL_SHAPES, margin

# TensorFlow, weights, traces; these figures are measured on processors
BASE_BYTES = {"bfloat16": 750_000_000, "float16": 750_000_000, "float32": 1_100_000_000}
IMAGE_BYTES = 270  # per pixel of the result: images, gradients, steps, the content's activations
NETWORK_BYTES = {
    "bfloat16": 1_200,
    "float16": 1_200,
    "float32": 2_000,
}  # per pixel that is in the network at a time
# per pixel that is in the network at a time without a backward pass, for the styles' statistics;
# measured 525 in float32 and 694 in emulated bfloat16
FORWARD_BYTES = 800
PAIR_BYTES = 24  # per pixel of the result and pair of L-BFGS's history
MAX_PAIRS, MIN_PAIRS = 10, 3  # 20 and 50 were no faster
MOST_PAIRS = {"lbfgs": MAX_PAIRS, "adam": MIN_PAIRS}  # Adam's two images, and those of its step
# pixels of a core's side; with surroundings, the network processes 1.9 and 6.3 times as many
GOOD_SIDE, SHORTEST_SIDE = 512, 128
LAST_FALLBACK_STEP = 99  # more than any list of plans has
LESS_MEMORY = (  # what each fallback step changes
    *({"side": side} for side in (512, 256, SHORTEST_SIDE)),
    *({"history": history} for history in (6, MIN_PAIRS)),
)


class Plan(NamedTuple):
    """How one level is optimised."""

    history: int  # pairs
    side: int | None  # the longest side of a tile's core, in pixels; None uses no tiles


WHOLE = Plan(MAX_PAIRS, None)


def plan(
    pixels: int,
    memory: int | None,
    precision: str,
    layers: Collection[str] = KERNEL_SHAPES,
    most_pairs: int = MAX_PAIRS,
) -> Plan | None:
    """Return how to optimise an image of `pixels` pixels; None if `memory` is not enough.

    A long history is preferred to large tiles, until the tiles get small.

    Args:
        pixels: the image's size.
        memory: bytes; None means no limit.
        precision: the convolutions' precision.
        layers: the layers that are read; deeper ones need larger surroundings.
        most_pairs: the longest history; each pair is two images.
    """
    whole = Plan(most_pairs, None)
    if memory is None:
        return whole
    network, around = NETWORK_BYTES[precision], margin(layers)
    left = memory - BASE_BYTES[precision] - pixels * IMAGE_BYTES
    if left >= pixels * (network + most_pairs * PAIR_BYTES):
        return whole
    affordable = (left - network * _in_network(GOOD_SIDE, around)) // (pixels * PAIR_BYTES)
    history = min(max(affordable, MIN_PAIRS), most_pairs)
    in_network = max(left - history * pixels * PAIR_BYTES, 0) // network
    side = (isqrt(in_network) - 2 * around) // ALIGNED * ALIGNED
    return Plan(history, side) if side >= SHORTEST_SIDE else None


def fallback_plans(
    pixels: int,
    memory: int | None,
    precision: str,
    layers: Collection[str] = KERNEL_SHAPES,
    most_pairs: int = MAX_PAIRS,
) -> list[Plan]:
    """Return the plan, then the fallback plans, each with less memory; empty if there is no plan.

    The arguments are those of `plan`.
    """
    planned = plan(pixels, memory, precision, layers, most_pairs)
    if planned is None:
        return []
    plans = [planned]
    for less in LESS_MEMORY:
        smaller = plans[-1]._replace(**less)
        before = bytes_needed(plans[-1], pixels, precision, layers)
        if bytes_needed(smaller, pixels, precision, layers) < before:
            plans.append(smaller)
    return plans


def style_side(
    pixels: int,
    style_pixels: int,
    memory: int | None,
    precision: str,
    layers: Collection[str] = KERNEL_SHAPES,
) -> int | None:
    """Return the longest side of a style image's tiles where the result is evaluated whole.

    The style image itself takes the place of the history, which does not exist yet. None means
    that it fits as a whole.

    Args:
        pixels: the result's size.
        style_pixels: the largest style image's size.
        memory: bytes; None means no limit.
        precision: the convolutions' precision.
        layers: the layers that are read.
    """
    if memory is None or style_pixels <= pixels:
        return None
    left = memory - BASE_BYTES[precision] - pixels * (IMAGE_BYTES + MAX_PAIRS * PAIR_BYTES)
    in_network = max(left, 0) // FORWARD_BYTES
    if style_pixels <= in_network:
        return None
    side = (isqrt(in_network) - 2 * margin(layers)) // ALIGNED * ALIGNED
    return max(side, SHORTEST_SIDE)


def bytes_needed(
    chosen: Plan, pixels: int, precision: str, layers: Collection[str] = KERNEL_SHAPES
) -> int:
    """Return how many bytes a plan takes; the other arguments are those of `plan`."""
    in_network = pixels
    if chosen.side is not None:
        in_network = min(pixels, _in_network(chosen.side, margin(layers)))
    of_result = IMAGE_BYTES + chosen.history * PAIR_BYTES
    return BASE_BYTES[precision] + pixels * of_result + in_network * NETWORK_BYTES[precision]


def largest_pixels(memory: int, precision: str = "float32") -> int:
    """Return the largest result, in pixels, for which there is a plan within `memory` bytes."""
    network, around = NETWORK_BYTES[precision], margin(KERNEL_SHAPES)
    left = memory - BASE_BYTES[precision]
    whole = left // (IMAGE_BYTES + MAX_PAIRS * PAIR_BYTES + network)
    smallest_tile = network * _in_network(SHORTEST_SIDE, around)
    tiled = (left - smallest_tile) // (IMAGE_BYTES + MIN_PAIRS * PAIR_BYTES)
    return max(0, whole, tiled)


def _in_network(side: int, around: int) -> int:
    """Return how many pixels of a tile go through the network: its core and the surroundings."""
    return (side + 2 * around) ** 2
