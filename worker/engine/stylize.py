"""The optimisation of Gatys, Ecker & Bethge (2015) as a generator that yields its progress."""

from collections.abc import Iterator, Sequence

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from shared.errors import OutOfMemory
from shared.settings import StyleSettings
from worker.engine import vgg
from worker.engine.architecture import Weights
from worker.engine.descent import Point, descend
from worker.engine.lag import Lagged
from worker.engine.objective import Objective
from worker.engine.pixels import centred, resize
from worker.engine.progress import Losses, Progress
from worker.engine.pyramid import Level, levels, start_of_next, style_shape
from worker.engine.start import in_their_colours


class Engine:
    """Style transfer with one set of weights; networks and traces are kept between jobs."""

    def __init__(self, weights: Weights, precision: str = "float32") -> None:
        self._weights = weights
        self._precision = precision
        self._objectives: dict[tuple[frozenset[str], str], Objective] = {}

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
            yield from self._climb(
                centred(content),
                [centred(style) for style in styles],
                levels(rows, columns, settings),
                settings,
            )
        except (MemoryError, tf.errors.ResourceExhaustedError) as error:
            raise OutOfMemory(width=columns, height=rows) from error

    def _climb(
        self,
        content: tf.Tensor,
        styles: Sequence[tf.Tensor],
        ladder: Sequence[Level],
        settings: StyleSettings,
    ) -> Iterator[Progress]:
        counter = _Counter(ladder)
        image = coarser = None
        for level in ladder:
            sized = resize(content, level.rows, level.columns, settings.geometry)
            if image is None:
                start = in_their_colours(sized, styles)
            else:
                start = start_of_next(image, (coarser, sized), settings.geometry)
            evaluate = self._evaluation(sized, styles, level, settings)
            for point in descend(evaluate, start, level.evaluations, counter.evaluation):
                yield counter.progress(level, point)
                image = point.image
            coarser = sized

    def _evaluation(
        self,
        content: tf.Tensor,
        styles: Sequence[tf.Tensor],
        level: Level,
        settings: StyleSettings,
    ) -> Lagged:
        objective = self._objective(settings)
        sized = [
            resize(style, *style_shape(style, level, settings), settings.geometry)
            for style in styles
        ]
        targets = objective.targets(content, sized, settings, level.scale)
        return Lagged(objective, targets, level.evaluations)

    def _objective(self, settings: StyleSettings) -> Objective:
        style, content = frozenset(settings.style_layers), settings.content_layer
        if (style, content) not in self._objectives:
            self._objectives.clear()  # one network at a time: the weights are 80 MB
            network = vgg.build(self._weights, style | {content}, self._precision)
            self._objectives[style, content] = Objective(network, style, content)
        return self._objectives[style, content]


OVERHEAD_PIXELS = 6000  # an evaluation costs as if it had so many more (measured at 1 to 22 k)


class _Counter:
    """Counts evaluations over all levels and weighs each by its cost."""

    def __init__(self, ladder: Sequence[Level]) -> None:
        self._ladder = ladder
        self._evaluations = sum(level.evaluations for level in ladder)
        self._work = sum(_cost(level) * level.evaluations for level in ladder)
        self.evaluation = self._done = 0

    def progress(self, level: Level, point: Point) -> Progress:
        self.evaluation += 1
        self._done += _cost(level)
        return Progress(
            evaluation=self.evaluation,
            evaluations=self._evaluations,
            level=self._ladder.index(level) + 1,
            levels=len(self._ladder),
            fraction=self._done / self._work,
            losses=Losses(*(float(loss) for loss in point.losses.numpy())),
            pixels=point.image[0].numpy,
        )


def _cost(level: Level) -> int:
    return level.pixels + OVERHEAD_PIXELS
