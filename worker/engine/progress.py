"""What the engine yields after each evaluation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from worker.engine.snapshot import Snapshot


@dataclass(frozen=True)
class Progress:
    """The state after one evaluation: the work done, the losses, and the image they belong to."""

    evaluation: int  # from 1, over all levels; those that a settled picture left out count
    evaluations: int
    level: int  # from 1, the coarsest
    levels: int
    fraction: float  # of the work
    losses: Mapping[str, float]  # term of the loss to its weighted value
    history: int  # pairs that L-BFGS remembers; 0 with Adam
    tile: int | None  # the longest side in pixels of the tiles; None where the image is whole
    fallback_step: int  # 0 as planned, one more each time that memory ran out
    pixels: Callable[[], NDArray[np.float32]]  # the image: (rows, columns, 3), centred B, G, R
    result: Callable[[], NDArray[np.float32]]  # the image at the result's size, if need be enlarged
    snapshot: Callable[[], Snapshot]  # what another process needs to resume from that image

    @property
    def loss(self) -> float:
        """What is minimised: the sum over the terms."""
        return sum(self.losses.values())
