"""Style images' statistics that are kept between jobs, under everything that they depend on."""

import hashlib
import json
import sys
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple, Protocol

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from worker.engine.loss.term import Component
from worker.engine.vgg19 import network

Statistics = Mapping[str, NDArray[np.generic]]
"""A component's key to its statistic of one style image."""


class Key(NamedTuple):
    """What statistics are kept under; `pixels` is the style image's size."""

    digest: str
    pixels: int


class StyleCache(Protocol):
    """Keeps statistics; it may forget any of them at any time."""

    def get(self, key: Key) -> Statistics | None:
        """Return what was put under `key`; None if it is not known, or no longer."""

    def put(self, key: Key, statistics: Statistics) -> None:
        """Keep statistics under `key`."""


def key_of(
    image: tf.Tensor, side: int | None, basis: Sequence[str], read: Collection[Component]
) -> Key:
    """Return the key of a style image's statistics.

    Args:
        image: (1, rows, columns, 3), centred B, G, R, at the size at which it is read.
        side: the longest side of a tile, in pixels, which changes how sums are rounded.
        basis: what the statistics depend on otherwise: the code's version, weights, padding, ...
        read: the components that read the style images.
    """
    about = (*basis, *sorted(each.key for each in read), side, image.shape)
    digest = hashlib.sha256(json.dumps([str(each) for each in about]).encode())
    pixels = image.numpy()
    digest.update(str(pixels.dtype).encode())
    digest.update(np.ascontiguousarray(pixels).data)
    return Key(digest.hexdigest(), int(np.prod(pixels.shape[1:3])))


def code_version(read: Collection[Component]) -> str:
    """Return the hash of the code that computes statistics: a change of it makes old ones unknown.

    It covers this package, the network, the components' own modules, and the libraries' versions.
    """
    return _digest_of_modules(tuple(sorted({type(each.term).__module__ for each in read})))


@cache  # the code that runs, even if its files change later
def _digest_of_modules(names: tuple[str, ...]) -> str:
    files = [Path(str(sys.modules[name].__file__)) for name in names]
    for package in (Path(__file__).parent, Path(network.__file__).parent):
        files += sorted(package.glob("*.py"))
    digest = hashlib.sha256(f"{tf.__version__} {keras.__version__}".encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()
