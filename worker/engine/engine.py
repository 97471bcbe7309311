"""The optimisation of Gatys, Ecker & Bethge (2015) as a generator that yields its progress."""

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Sequence

import keras
import numpy as np
from numpy.typing import NDArray

from shared.errors import OutOfMemory
from shared.settings import StyleSettings, largest_size
from worker.engine.device import Device
from worker.engine.loss.objective import Objective
from worker.engine.memory.fallback import RAN_OUT
from worker.engine.memory.plan import largest_pixels
from worker.engine.multiscale.level_inputs import prepared
from worker.engine.multiscale.optimization import Climb
from worker.engine.progress import Progress
from worker.engine.snapshot import KEPT_PAIRS, Snapshot
from worker.engine.vgg19 import network as vgg
from worker.engine.vgg19.layers import Weights

MOST_OBJECTIVES = 4  # choices of layers whose traces are kept
Build = Callable[[keras.Model, Collection[str], str], Objective]


class Engine:
    """Style transfer with one set of weights; the network and its traces are kept between jobs."""

    def __init__(
        self,
        weights: Weights,
        device: Device | None = None,
        build: Build = Objective,
        kept_pairs: int = KEPT_PAIRS,
    ) -> None:
        """Build the network.

        Args:
            weights: of VGG19; the network has its own copy.
            device: how it is used; without one, in float32 and with all memory there is.
            build: what is minimised, from the network and the layers of style and content.
            kept_pairs: of L-BFGS in a snapshot: fewer save bytes, more save evaluations.
        """
        self._device = device or Device()
        self._network = vgg.build(weights, self._device.precision)
        self._build = build
        self._kept_pairs = kept_pairs
        self._objectives: OrderedDict[tuple[frozenset[str], str], Objective] = OrderedDict()

    def stylize(
        self,
        content: NDArray[np.float32],
        styles: Sequence[NDArray[np.float32]],
        settings: StyleSettings,
        resume: Snapshot | None = None,
        fallback_step: int = 0,
    ) -> Iterator[Progress]:
        """Paint `content` in the manner of `styles`, one evaluation of the loss at a time.

        Cancelling is not asking for the next one. The last progress holds the result. Where memory
        runs out it goes on from its last point in smaller tiles, then with a shorter history, and
        `Progress.fallback_step` says so.

        Args:
            content: (rows, columns, 3), R, G, B from 0 to 255, at its original size.
            styles: one or more such images; they count alike.
            settings: all that is chosen about the picture.
            resume: a snapshot of the same job to go on from; its evaluations are not made again.
                From the last one's its progress is yielded once more.
            fallback_step: to start on, where the snapshot's is not further down;
                the last one stands for all beyond.

        Raises:
            OutOfMemory: the device has too little memory for this size.
            Diverged: the loss is no finite number.
            ValueError: the snapshot does not fit the job.
        """
        height, width, _ = content.shape
        try:
            climb = self._climb(content, styles, settings)
            del content, styles  # they may be much larger than the result
            if resume:
                climb.resume(resume)
            climb.start_at(fallback_step)
            del resume
            yield from climb.progress()
        except RAN_OUT as error:
            raise self._too_large(width, height, settings, tried=True) from error

    def _climb(
        self,
        content: NDArray[np.float32],
        styles: Sequence[NDArray[np.float32]],
        settings: StyleSettings,
    ) -> Climb:
        stages = prepared(content, styles, settings, self._device)
        if not all(stage.ladder for stage in stages):
            raise self._too_large(content.shape[1], content.shape[0], settings)
        objective = self._objective(settings)
        return Climb(objective, settings, stages, self._kept_pairs, self._device.look_seconds)

    def _too_large(
        self, width: int, height: int, settings: StyleSettings, *, tried: bool = False
    ) -> OutOfMemory:
        rows, columns = settings.result_shape(width, height)
        fits = rows * columns // 2 if tried else rows * columns
        if self._device.memory is not None:
            fits = min(fits, largest_pixels(self._device.memory, self._device.precision))
        return OutOfMemory(width=columns, height=rows, maximum=largest_size(width, height, fits))

    def _objective(self, settings: StyleSettings) -> Objective:
        layers = frozenset(settings.style_layers), settings.content_layer
        known = self._objectives.pop(layers, None)
        while len(self._objectives) >= MOST_OBJECTIVES:
            self._objectives.popitem(last=False)
        newest = known or self._build(self._network, *layers)
        self._objectives[layers] = newest
        return newest
