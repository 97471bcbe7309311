"""The optimisation of Gatys, Ecker & Bethge (2015) as a generator that yields its progress."""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence

import keras
import numpy as np
from numpy.typing import NDArray

from shared.errors import OutOfMemory
from shared.settings import StyleSettings, largest_size
from worker.engine.device import Device
from worker.engine.loss.objective import TERMS, Objective
from worker.engine.loss.term import WeightedTerm, components
from worker.engine.memory.fallback import OUT_OF_MEMORY
from worker.engine.memory.plan import largest_pixels
from worker.engine.multiscale.level_inputs import prepare
from worker.engine.multiscale.optimization import Optimization
from worker.engine.progress import Progress
from worker.engine.snapshot import KEPT_PAIRS, Snapshot
from worker.engine.vgg19 import network
from worker.engine.vgg19.layers import Weights

MAX_OBJECTIVES = 4  # choices of layers whose traces are kept
Build = Callable[[keras.Model, StyleSettings, Sequence[WeightedTerm]], Objective]


class Engine:
    """Style transfer with one set of weights; the network and its traces are kept between jobs."""

    def __init__(
        self,
        weights: Weights,
        device: Device | None = None,
        terms: Sequence[WeightedTerm] = TERMS,
        build: Build = Objective,
        kept_pairs: int = KEPT_PAIRS,
    ) -> None:
        """Build the network.

        Args:
            weights: of VGG19; the network has its own copy.
            device: how it is used; without one, in float32 and with all memory there is.
            terms: of the loss.
            build: makes what is minimised.
            kept_pairs: of L-BFGS in a snapshot: fewer save bytes, more save evaluations.
        """
        self._device = device or Device()
        self._network = network.build(weights, self._device.precision)
        self._terms = terms
        self._build = build
        self._kept_pairs = kept_pairs
        self._objectives: OrderedDict[tuple[str, ...], Objective] = OrderedDict()

    def stylize(
        self,
        content: NDArray[np.float32],
        styles: Sequence[NDArray[np.float32]],
        settings: StyleSettings,
        resume: Snapshot | None = None,
        fallback_step: int = 0,
    ) -> Iterator[Progress]:
        """Paint `content` in the style of `styles`, one evaluation of the loss at a time.

        To cancel, do not ask for the next one. The last progress holds the result. When memory runs
        out, it continues from its last point in smaller tiles, then with a shorter history, and
        `Progress.fallback_step` counts that.

        Args:
            content: (rows, columns, 3), R, G, B from 0 to 255, at its original size.
            styles: one or more such images; they count equally.
            settings: of the picture.
            resume: a snapshot of the same job to continue from; its evaluations are not repeated.
                From the last one's, its progress is yielded once more.
            fallback_step: to start at, if the snapshot's is not further; the last one stands for
                all beyond.

        Raises:
            OutOfMemory: the device has too little memory for this size.
            Diverged: the loss is not finite.
            ValueError: the snapshot does not fit the job.
        """
        height, width, _ = content.shape
        try:
            levels = prepare(content, styles, settings, self._device)
            if not all(inputs.plans for inputs in levels):
                raise self._out_of_memory(width, height, settings)
            objective, read_seconds = self._objective(settings), self._device.read_seconds
            job = Optimization(objective, settings, levels, self._kept_pairs, read_seconds)
            del content, styles, levels  # they may be much larger than the result
            if resume:
                job.resume(resume)
            job.start_at(fallback_step)
            del resume
            yield from job.run()
        except OUT_OF_MEMORY as error:
            raise self._out_of_memory(width, height, settings, tried=True) from error

    def _out_of_memory(
        self, width: int, height: int, settings: StyleSettings, *, tried: bool = False
    ) -> OutOfMemory:
        rows, columns = settings.result_shape(width, height)
        fits = rows * columns // 2 if tried else rows * columns
        if self._device.memory is not None:
            fits = min(fits, largest_pixels(self._device.memory, self._device.precision))
        return OutOfMemory(width=columns, height=rows, maximum=largest_size(width, height, fits))

    def _objective(self, settings: StyleSettings) -> Objective:
        """Return the objective for the settings' layers, with the traces of earlier jobs."""
        layers = tuple(component.key for component in components(self._terms, settings))
        known = self._objectives.pop(layers, None)
        while len(self._objectives) >= MAX_OBJECTIVES:
            self._objectives.popitem(last=False)
        self._objectives[layers] = known or self._build(self._network, settings, self._terms)
        return self._objectives[layers]
