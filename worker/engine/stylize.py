"""The optimisation of Gatys, Ecker & Bethge (2015) as a generator that yields its progress."""

from collections import OrderedDict, deque
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from shared.errors import OutOfMemory
from shared.settings import StyleSettings
from worker.engine import vgg
from worker.engine.architecture import Weights
from worker.engine.descent import Point, descend
from worker.engine.device import Device
from worker.engine.lag import Lagged
from worker.engine.objective import Objective
from worker.engine.pixels import centred, resize
from worker.engine.plan import Plan, plan
from worker.engine.progress import Losses, Progress
from worker.engine.pyramid import Level, levels, start_of_next, style_shape
from worker.engine.start import in_their_colours

MOST_OBJECTIVES = 4  # choices of layers whose traces are kept


class Stage(NamedTuple):
    """A level with all that its descent begins with."""

    level: Level
    plan: Plan
    content: tf.Tensor  # (1, rows, columns, 3), centred B, G, R
    styles: Sequence[tf.Tensor]  # each (1, r, c, 3)


class Engine:
    """Style transfer with one set of weights; the network and its traces are kept between jobs."""

    def __init__(self, weights: Weights, device: Device | None = None) -> None:
        """Build the network.

        Args:
            weights: of VGG19; the network has its own copy.
            device: how it is used; without one, in float32 and with all memory there is.
        """
        device = device or Device()
        self._network = vgg.build(weights, device.precision)
        self._device = device
        self._objectives: OrderedDict[tuple[frozenset[str], str], Objective] = OrderedDict()

    def stylize(
        self,
        content: NDArray[np.float32],
        styles: Sequence[NDArray[np.float32]],
        settings: StyleSettings,
    ) -> Iterator[Progress]:
        """Paint `content` in the manner of `styles`, one evaluation of the loss at a time.

        Cancelling is not asking for the next one. The last progress holds the result.

        Args:
            content: (rows, columns, 3), R, G, B from 0 to 255, at its original size.
            styles: one or more such images; they count alike.
            settings: all that is chosen about the picture.

        Raises:
            OutOfMemory: the device has too little memory for this size.
            Diverged: the loss is no finite number.
        """
        rows, columns = settings.result_shape(content.shape[1], content.shape[0])
        try:
            stages = self._stages(content, styles, levels(rows, columns, settings), settings)
            del content, styles  # they may be much larger than the result
            yield from self._climb(stages, settings)
        except (MemoryError, tf.errors.ResourceExhaustedError) as error:
            raise OutOfMemory(width=columns, height=rows) from error

    def _stages(
        self,
        content: NDArray[np.float32],
        styles: Sequence[NDArray[np.float32]],
        ladder: Sequence[Level],
        settings: StyleSettings,
    ) -> deque[Stage]:
        whole, *painted = (centred(picture) for picture in (content, *styles))

        def sized(picture: tf.Tensor, rows: int, columns: int) -> tf.Tensor:
            return resize(picture, rows, columns, settings.geometry)

        return deque(
            Stage(
                level,
                self._plan(level, settings),
                sized(whole, level.rows, level.columns),
                [sized(style, *style_shape(style, level, settings)) for style in painted],
            )
            for level in ladder
        )

    def _plan(self, level: Level, settings: StyleSettings) -> Plan:
        layers = {*settings.style_layers, settings.content_layer}
        found = plan(level.pixels, self._device.memory, self._device.precision, layers)
        if found is None:
            raise OutOfMemory(width=level.columns, height=level.rows)
        return found

    def _climb(self, stages: deque[Stage], settings: StyleSettings) -> Iterator[Progress]:
        counter = _Counter([stage.level for stage in stages])
        image = coarser = None
        while stages:
            stage = stages.popleft()
            level, chosen, content, styles = stage
            evaluate = self._evaluation(stage, settings)
            if image is None:
                image = in_their_colours(content, styles)
            else:
                image = start_of_next(image, (coarser, content))
            coarser = content
            del stage, content, styles  # what only the start needed
            numbers = range(counter.evaluation + 1, counter.evaluation + 1 + level.evaluations)
            look_seconds = self._device.look_seconds
            for point in descend(evaluate, image, numbers, chosen.history, look_seconds):
                yield counter.progress(level, chosen, point)
                image = point.image

    def _evaluation(self, stage: Stage, settings: StyleSettings) -> Lagged:
        objective = self._objective(settings).in_tiles(stage.plan.side)
        targets = objective.targets(stage.content, stage.styles, settings, stage.level.scale)
        return Lagged(objective, targets, stage.level.evaluations)

    def _objective(self, settings: StyleSettings) -> Objective:
        layers = frozenset(settings.style_layers), settings.content_layer
        known = self._objectives.pop(layers, None)
        while len(self._objectives) >= MOST_OBJECTIVES:
            self._objectives.popitem(last=False)
        self._objectives[layers] = known or Objective(self._network, *layers)  # the newest is last
        return self._objectives[layers]


OVERHEAD_PIXELS = 6000  # an evaluation costs as if it had so many more (measured at 1 to 22 k)


class _Counter:
    """Counts evaluations over all levels and weighs each by its cost."""

    def __init__(self, ladder: Sequence[Level]) -> None:
        self._ladder = ladder
        self._evaluations = sum(level.evaluations for level in ladder)
        self._work = sum(_cost(level) * level.evaluations for level in ladder)
        self.evaluation = self._done = 0

    def progress(self, level: Level, plan: Plan, point: Point) -> Progress:
        self.evaluation += 1
        self._done += _cost(level)
        return Progress(
            evaluation=self.evaluation,
            evaluations=self._evaluations,
            level=self._ladder.index(level) + 1,
            levels=len(self._ladder),
            fraction=self._done / self._work,
            losses=Losses(*point.losses),
            history=plan.history,
            tile=plan.side,
            pixels=point.image[0].numpy,
        )


def _cost(level: Level) -> int:
    return level.pixels + OVERHEAD_PIXELS
