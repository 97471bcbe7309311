"""One job's way from its coarsest level to its finest, as a generator of its progress."""

from collections import deque
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import tensorflow as tf

from shared.settings import StyleSettings
from worker.engine.loss.deep_layer_reuse import Lagged
from worker.engine.loss.objective import Objective
from worker.engine.loss.terms import Targets
from worker.engine.memory.fallback import Rungs
from worker.engine.multiscale.initial_image import in_their_colours
from worker.engine.multiscale.level_inputs import Stage
from worker.engine.multiscale.levels import start_of_next
from worker.engine.multiscale.schedule import Course
from worker.engine.optimizer.minimise import Pairs, Point, descend
from worker.engine.optimizer.point import restored, taken
from worker.engine.progress import Progress
from worker.engine.snapshot import Snapshot


class Climb:
    """Descends level after level; where memory runs out it goes on, thriftier, from its point."""

    def __init__(
        self,
        objective: Objective,
        settings: StyleSettings,
        stages: Sequence[Stage],
        kept_pairs: int,
        look_seconds: float,
    ) -> None:
        """Begin nothing yet.

        Args:
            objective: what is minimised.
            settings: of the picture.
            stages: the coarsest first.
            kept_pairs: of L-BFGS, that a point takes along.
            look_seconds: the least time between two looks at the device's numbers.
        """
        self._objective = objective
        self._settings = settings
        self._stages = deque(stages)
        self._kept_pairs = kept_pairs
        self._look_seconds = look_seconds
        self._course = Course([stage.level for stage in stages])
        self._fallback_steps = Rungs([stage.ladder for stage in stages])
        self._at: Any = None  # the newest point, or the image that a level starts from
        self._coarser: tf.Tensor | None = None  # the content at the level that is done

    def start_at(self, fallback_step: int) -> None:
        """Leave out the fallback_steps of the ladder of memory above `fallback_step`."""
        self._fallback_steps.skip_to(fallback_step)

    def resume(self, snapshot: Snapshot) -> None:
        """Go on from a snapshot.

        Raises:
            ValueError: it is of another job.
        """
        self._course.go_on_after(snapshot)
        self._fallback_steps.skip_to(snapshot.fallback_step)
        self._at = restored(snapshot)

    def progress(self) -> Iterator[Progress]:
        """Yield after each evaluation that is left; if none is, yield the last one again.

        Raises:
            MemoryError, ResourceExhaustedError: memory ran out on a ladder's last fallback_step.
        """
        if self._course.made == self._course.evaluations:
            yield self._told(self._stages[-1], self._at)
        while self._stages:
            stage = self._stages.popleft()
            if self._course.left(stage.level):
                targets = self._begun(stage)
                stage = stage._replace(styles=())  # what only the targets and the start needed
                yield from self._descent(stage, targets)
            self._coarser = stage.content

    def _begun(self, stage: Stage) -> Targets:
        while True:
            with self._fallback_steps.going_down(stage.ladder) as plan:
                objective = self._objective.in_tiles(plan.side)
                targets = objective.targets(
                    stage.content, stage.styles, self._settings, stage.level.scale
                )
                self._at = self._start(stage)
                return targets

    def _start(self, stage: Stage) -> tf.Tensor | Point:
        if self._at is None:
            return in_their_colours(stage.content, stage.styles)
        if self._at.image.shape == stage.content.shape:
            return self._at
        return start_of_next(self._at.image, (self._coarser, stage.content))

    def _descent(self, stage: Stage, targets: Targets) -> Iterator[Progress]:
        while left := self._course.left(stage.level):
            with self._fallback_steps.going_down(stage.ladder) as plan:
                evaluate = Lagged(self._objective.in_tiles(plan.side), targets, len(left))
                pairs = Pairs(plan.history, self._kept_pairs)
                for point in descend(evaluate, self._at, left, pairs, self._look_seconds):
                    self._at = point
                    self._course.made += 1
                    yield self._told(stage, point)

    def _told(self, stage: Stage, point: Point) -> Progress:
        plan, evaluation = self._fallback_steps.plan(stage.ladder), self._course.made
        level, fallback_step = self._course.number(stage.level), self._fallback_steps.fallback_step
        return Progress(
            evaluation=evaluation,
            evaluations=self._course.evaluations,
            level=level,
            levels=self._course.levels,
            fraction=self._course.fraction,
            losses=dict(zip(("style", "content", "tv"), point.losses, strict=True)),
            history=plan.history,
            tile=plan.side,
            fallback_step=fallback_step,
            pixels=point.image[0].numpy,
            snapshot=partial(taken, point, level, evaluation, fallback_step),
        )
