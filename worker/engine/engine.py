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
from worker.engine.loss.style_cache import StyleCache
from worker.engine.loss.term import WeightedTerm, components
from worker.engine.memory.fallback import OUT_OF_MEMORY
from worker.engine.memory.plan import largest_pixels
from worker.engine.multiscale.level_inputs import prepare
from worker.engine.multiscale.optimization import Optimization
from worker.engine.progress import Progress
from worker.engine.snapshot import KEPT_PAIRS, Snapshot
from worker.engine.vgg19 import network
from worker.engine.vgg19.layers import Weights, digest

MAX_OBJECTIVES = 4  # combinations of network and layers whose traces are cached
Build = Callable[[keras.Model, StyleSettings, Sequence[WeightedTerm]], Objective]


class Engine:
    """Style transfer with one set of weights; jobs share the network and its traces."""

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
            weights: VGG19's weights; the network copies them.
            device: the device to use; by default float32 and no memory limit.
            terms: the terms of the loss.
            build: makes the objective.
            kept_pairs: how many L-BFGS pairs a snapshot holds; fewer make it smaller, more save
                evaluations after a resume.
        """
        self.weights_sha256 = digest(weights)
        self._device = device or Device()
        self._network = network.build(weights, self._device.precision)
        self._terms = terms
        self._build = build
        self._kept_pairs = kept_pairs
        self._style_cache: StyleCache | None = None
        self._objectives: OrderedDict[tuple[str, ...], Objective] = OrderedDict()

    def keep_statistics_in(self, cache: StyleCache) -> None:
        """Keep style images' statistics in `cache` from now on, for later jobs."""
        self._style_cache = cache

    def stylize(
        self,
        content: NDArray[np.float32],
        styles: Sequence[NDArray[np.float32]],
        settings: StyleSettings,
        resume: Snapshot | None = None,
        fallback_step: int = 0,
        init: NDArray[np.float32] | None = None,
    ) -> Iterator[Progress]:
        """Paint `content` in the style of `styles`; yield after each evaluation of the loss.

        To cancel, stop iterating. The last progress holds the result, earlier ones what there is of
        it. When memory runs out, the generator continues from its last point in smaller tiles, then
        with a shorter history; `Progress.fallback_step` counts these steps. With
        `stop_when_settled`, a level that ends early reports its last evaluation's number and the
        whole level's work then.

        Args:
            content: (rows, columns, 3), R, G, B from 0 to 255, at its original size.
            styles: one or more such images; `style_blend` says how much each counts.
            settings: the picture's settings.
            resume: a snapshot of the same job to continue from; its evaluations are not repeated.
                After the last evaluation's snapshot, its progress is yielded once more.
            fallback_step: the step to start at, unless the snapshot's is higher. A number above
                the last step means the last step.
            init: an image of the content's proportions to start from, if the setting `init` is
                `image`.

        Raises:
            OutOfMemory: the device does not have enough memory for this size.
            Diverged: the loss is not finite.
            ValueError: the snapshot does not fit the job, `style_blend` or `style_scale` not the
                number of styles, or `init` not the setting or the content.
        """
        height, width, _ = content.shape
        try:
            levels = prepare(content, styles, settings, self._device, init)
            if not all(inputs.plans for inputs in levels):
                raise self._out_of_memory(width, height, settings)
            objective, read_seconds = self._objective(settings), self._device.read_seconds
            job = Optimization(objective, levels, self._kept_pairs, read_seconds)
            del content, styles, init, levels  # free them: they can be much larger than the result
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
        """Return the objective for these layers and network; earlier jobs' traces are reused."""
        layers = tuple(component.key for component in components(self._terms, settings))
        variant = (settings.padding, settings.pooling)  # of the network
        key = (*variant, *layers)
        known = self._objectives.pop(key, None)
        while len(self._objectives) >= MAX_OBJECTIVES:
            self._objectives.popitem(last=False)
        if known is None:
            chosen = network.variant(self._network, settings.padding, settings.pooling)
            known = self._build(chosen, settings, self._terms)
        if self._style_cache is not None:
            basis = (self.weights_sha256, self._device.precision, *variant)
            known.keep_statistics_in(self._style_cache, basis)
        self._objectives[key] = known
        return known
