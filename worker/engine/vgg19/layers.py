"""VGG19's convolutions (Simonyan & Zisserman 2014, table 1, column E), without their weights."""

from collections.abc import Collection, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from shared.settings import CONVOLUTIONS_PER_BLOCK

Shape = tuple[int, int, int, int]
Weights = Mapping[str, tuple[NDArray[np.float32], NDArray[np.float32]]]
"""Layer to kernel (3, 3, in, out) and bias (out,)."""

CHANNELS_PER_BLOCK = (64, 128, 256, 512, 512)
ALIGNED = 16  # pixels: what one position of the deepest block stands for


def _kernel_shapes() -> Iterator[tuple[str, Shape]]:
    inputs = 3
    blocks = zip(CONVOLUTIONS_PER_BLOCK, CHANNELS_PER_BLOCK, strict=True)
    for block, (convolutions, channels) in enumerate(blocks, start=1):
        for number in range(1, convolutions + 1):
            yield f"block{block}_conv{number}", (3, 3, inputs, channels)
            inputs = channels


KERNEL_SHAPES = dict(_kernel_shapes())


def stride(layer: str) -> int:
    """Return how many of the image's rows one row of the layer's activations stands for."""
    return 2 ** (int(layer[len("block")]) - 1)  # halved by the pooling after each block before it


def reach(layers: Collection[str]) -> int:
    """Return from how many pixels around its own the activations of any of `layers` are made.

    Each convolution looks one position further. Pooling looks no further: its windows lie side
    by side.
    """
    names = list(KERNEL_SHAPES)
    deepest = max(names.index(layer) for layer in layers)
    return sum(stride(name) for name in names[: deepest + 1])


def margin(layers: Collection[str]) -> int:
    """Return the same, rounded up so that what begins there is pooled as in the whole image."""
    return -(-reach(layers) // ALIGNED) * ALIGNED
