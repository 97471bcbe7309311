"""Runs a job's levels from the coarsest to the finest, as a generator of its progress."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from worker.engine.loss.deep_layer_reuse import DeepLayerReuse
from worker.engine.loss.objective import Objective
from worker.engine.loss.term import Targets
from worker.engine.memory.fallback import MemoryFallback
from worker.engine.memory.tiles import Sides
from worker.engine.multiscale.initial_image import enlarged, initial_image
from worker.engine.multiscale.level_inputs import LevelInputs
from worker.engine.multiscale.schedule import Schedule
from worker.engine.multiscale.settled import Settled
from worker.engine.optimizer.lbfgs import FIRST_STEP
from worker.engine.optimizer.minimise import Pairs, Phase, Point, minimise
from worker.engine.optimizer.point import from_snapshot, to_snapshot
from worker.engine.progress import Progress
from worker.engine.snapshot import Snapshot

PLAIN_FIRST_STEP = 0.5  # as the optimiser's FIRST_STEP: after the metric the end is near
METRIC_EVALUATIONS = 40  # of the last level, at most half; docs/decisions/0010 compares others


class Optimization:
    """Minimises level by level; when memory runs out, it continues from its point with less."""

    def __init__(
        self,
        objective: Objective,
        levels: Sequence[LevelInputs],
        kept_pairs: int,
        read_seconds: float,
    ) -> None:
        """Create it without starting.

        Args:
            objective: the objective to minimise.
            levels: the levels' inputs, coarsest first.
            kept_pairs: how many L-BFGS pairs a snapshot holds.
            read_seconds: the minimum time between two reads from the device.
        """
        self._objective = objective
        self._levels: list[LevelInputs | None] = list(levels)
        self._contents = [inputs.content for inputs in levels]
        self._kept_pairs = kept_pairs
        self._read_seconds = read_seconds
        self._method = levels[0].settings.optimizer
        self._stops_when_settled = levels[0].settings.stop_when_settled
        self._schedule = Schedule([inputs.level for inputs in levels])
        self._fallback = MemoryFallback([inputs.plans for inputs in levels])
        self._plans = [inputs.plans for inputs in levels]
        self._point: Point | None = None  # the newest

    def start_at(self, fallback_step: int) -> None:
        """Skip the plans before `fallback_step`."""
        self._fallback.skip_to(fallback_step)

    def resume(self, snapshot: Snapshot) -> None:
        """Continue from a snapshot.

        Raises:
            ValueError: the snapshot does not fit this job.
        """
        if len(snapshot.losses) != len(self._objective.names):
            raise ValueError("a snapshot of a job with other terms of the loss")
        if (snapshot.moments is not None) != (self._method == "adam"):
            raise ValueError("a snapshot of a job with another optimizer")
        self._schedule.resume_after(snapshot)
        self._fallback.skip_to(snapshot.fallback_step)
        self._point = from_snapshot(snapshot)

    def run(self) -> Iterator[Progress]:
        """Yield after each evaluation that is left; if none is left, yield the last one again.

        Raises:
            MemoryError, ResourceExhaustedError: memory ran out at a level's last fallback step.
        """
        coarser_content = None
        if self._point and self._schedule.done == self._schedule.evaluations:
            yield self._progress(len(self._levels) - 1, self._point)
        for index in range(len(self._levels)):
            inputs, self._levels[index] = self._levels[index], None  # freed after its level
            assert inputs is not None  # noqa: S101 - each is used once
            if self._schedule.left(index):
                targets, start = self._begin(inputs, coarser_content)
                inputs = inputs._replace(styles=(), init=None)  # free them
                yield from self._minimise(index, targets, start)
            coarser_content = inputs.content

    def _begin(
        self, inputs: LevelInputs, coarser_content: tf.Tensor | None
    ) -> tuple[Targets, tf.Tensor | Point]:
        while True:
            with self._fallback.attempt(inputs.plans) as plan:
                content, styles = inputs.content, inputs.styles
                sides = Sides(plan.side, plan.side or inputs.style_side)
                targets = self._objective.targets(
                    content, styles, inputs.settings, inputs.scale, sides
                )
                if self._point is None:
                    return targets, initial_image(inputs)
                if self._point.image.shape == content.shape:  # resumed
                    return targets, self._point
                return targets, enlarged(self._point.image, coarser_content, content)

    def _minimise(
        self, index: int, targets: Targets, start: tf.Tensor | Point
    ) -> Iterator[Progress]:
        settled, steady = Settled(), self._steady_from(index, targets)
        while left := self._schedule.left(index):
            with self._fallback.attempt(self._plans[index]) as plan:
                phases = self._phases(index, targets, left, plan.side)
                pairs = Pairs(plan.history, self._kept_pairs)
                for point in minimise(phases, start, pairs, self._read_seconds, self._method):
                    is_read = point is not self._point
                    self._point = start = point
                    self._schedule.done += 1
                    yield self._progress(index, point)
                    if is_read and self._schedule.done >= steady and self._has_settled(settled):
                        self._schedule.skip_to_last(index)  # which is a full evaluation
                        break

    def _has_settled(self, settled: Settled) -> bool:
        if not self._stops_when_settled or self._point is None:
            return False
        return settled.add(self._schedule.done, sum(self._point.losses))

    def _change(self, index: int, targets: Targets) -> int:
        """Return the first evaluation of a level whose gradient is that of the losses.

        A coarser level with a metric has none: the next level moves on from its image, so it need
        not end at its own minimum.
        """
        numbers = self._schedule.numbers(index)
        if self._objective.plain(targets) is targets:
            return numbers.start
        if index < len(self._levels) - 1:
            return numbers.stop
        return numbers.start + min(METRIC_EVALUATIONS, len(numbers) // 2)

    def _steady_from(self, index: int, targets: Targets) -> int:
        """Return the first evaluation since which a level's gradient is of one kind."""
        numbers, change = self._schedule.numbers(index), self._change(index, targets)
        return change if change in numbers else numbers.start

    def _phases(self, index: int, targets: Targets, left: range, side: int | None) -> list[Phase]:
        """Return the phases of a level: with the style's metric; in the last, then without."""
        plain = self._objective.plain(targets)
        if plain is targets:
            return [Phase(DeepLayerReuse(self._objective, targets, len(left), side), left)]
        change = self._change(index, targets)
        before, after = range(left.start, change), range(max(left.start, change), left.stop)
        return [
            Phase(
                DeepLayerReuse(self._objective, aims, len(numbers), side),
                numbers,
                first_step,
                is_new=numbers.start == change,
            )
            for aims, numbers, first_step in (
                (targets, before, FIRST_STEP),
                (plain, after, PLAIN_FIRST_STEP),
            )
            if numbers
        ]

    def _enlarged(self, image: tf.Tensor, index: int) -> NDArray[np.float32]:
        """Return a level's image (rows, columns, 3) as the last level would start from it."""
        for coarse, fine in pairwise(self._contents[index:]):
            image = enlarged(image, coarse, fine)
        return np.asarray(image[0])

    def _progress(self, index: int, point: Point) -> Progress:
        plan, step = self._fallback.plan(self._plans[index]), self._fallback.step
        level, evaluation = index + 1, self._schedule.done
        return Progress(
            evaluation=evaluation,
            evaluations=self._schedule.evaluations,
            level=level,
            levels=self._schedule.level_count,
            fraction=self._schedule.fraction,
            losses=dict(zip(self._objective.names, point.losses, strict=True)),
            history=plan.history if self._method == "lbfgs" else 0,
            tile=plan.side,
            fallback_step=step,
            pixels=point.image[0].numpy,
            result=partial(self._enlarged, point.image, index),
            snapshot=partial(to_snapshot, point, level, evaluation, step),
        )
