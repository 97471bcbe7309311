"""VGG19's convolutions (Simonyan & Zisserman 2014, table 1, column E), without their weights."""

import hashlib
from collections.abc import Collection, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from shared.settings import CONVOLUTIONS_PER_BLOCK

Shape = tuple[int, int, int, int]
Weights = Mapping[str, tuple[NDArray[np.float32], NDArray[np.float32]]]
"""Layer to kernel (3, 3, in, out) and bias (out,)."""

CHANNELS_PER_BLOCK = (64, 128, 256, 512, 512)
ALIGNED = 16  # pixels per position of the deepest block


def _kernel_shapes() -> Iterator[tuple[str, Shape]]:
    inputs = 3
    blocks = zip(CONVOLUTIONS_PER_BLOCK, CHANNELS_PER_BLOCK, strict=True)
    for block, (convolutions, channels) in enumerate(blocks, start=1):
        for number in range(1, convolutions + 1):
            yield f"block{block}_conv{number}", (3, 3, inputs, channels)
            inputs = channels


KERNEL_SHAPES = dict(_kernel_shapes())


def digest(weights: Weights) -> str:
    """Return the SHA-256 of the values, the same whatever file they come from."""
    found = hashlib.sha256()
    for layer in KERNEL_SHAPES:
        for values in weights[layer]:
            found.update(np.ascontiguousarray(values, "<f4").data)
    return found.hexdigest()


def stride(layer: str) -> int:
    """Return how many of the image's rows correspond to one row of the layer's activations."""
    return 2 ** (int(layer[len("block")]) - 1)  # halved by the pooling after each block before it


def reach(layers: Collection[str]) -> int:
    """Return how many pixels around its own an activation of any of `layers` depends on.

    Each convolution adds one position. Pooling adds none: its windows do not overlap.
    """
    names = list(KERNEL_SHAPES)
    deepest = max(names.index(layer) for layer in layers)
    return sum(stride(name) for name in names[: deepest + 1])


def margin(layers: Collection[str]) -> int:
    """Return `reach` rounded up to `ALIGNED`, so that pooling windows are the whole image's."""
    return -(-reach(layers) // ALIGNED) * ALIGNED
