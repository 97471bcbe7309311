"""What the engine yields after each evaluation."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from worker.engine.snapshot import Snapshot


class Losses(NamedTuple):
    """The weighted parts of the loss."""

    style: float
    content: float
    tv: float

    @property
    def total(self) -> float:
        """What is minimised."""
        return self.style + self.content + self.tv


@dataclass(frozen=True)
class Progress:
    """The state after one evaluation: how far the work is, the losses, the image they are of."""

    evaluation: int  # from 1, over all levels
    evaluations: int
    level: int  # from 1, the coarsest
    levels: int
    fraction: float  # of the work
    losses: Losses
    history: int  # pairs that L-BFGS remembers
    tile: int | None  # the longest side in pixels of the tiles; None where the image is whole
    fallback_step: int  # of the ladder of memory: 0 as planned, one more each time that it ran out
    pixels: Callable[[], NDArray[np.float32]]  # the image: (rows, columns, 3), centred B, G, R
    snapshot: Callable[[], Snapshot]  # what another process needs to go on from that image
