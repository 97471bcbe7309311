"""An engine that sleeps instead of painting, can be resumed, and does harm where it is told to."""

import os
import random
import signal
import time
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from shared.jobs import Claim
from shared.settings import StyleSettings
from tests.faults.orders import GREEDY, POISON
from tests.faults.picture import Mark, paint
from worker.engine.progress import Losses, Progress
from worker.run import Stylize

SECONDS = (0.01, 0.03)  # an evaluation takes
HARM_AT = 5  # evaluations into the job


def engine(claim: Claim) -> Stylize:
    """Return an engine whose every progress and picture tells which attempt made it."""

    def stylize(
        _: NDArray[np.float32], __: Sequence[NDArray[np.float32]], settings: StyleSettings
    ) -> Iterator[Progress]:
        start = 0
        for evaluation in range(start + 1, settings.iterations + 1):
            time.sleep(random.uniform(*SECONDS))
            if evaluation == HARM_AT:
                do_harm(settings.iterations)
            yield _progress(settings, Mark(claim.job_id, claim.attempt, start, evaluation))

    return stylize


def do_harm(evaluations: int) -> None:
    """Do what a job of so many evaluations stands for: nothing, as a rule."""
    if evaluations == POISON:
        os.kill(os.getpid(), signal.SIGKILL)
    if evaluations == GREEDY:
        raise MemoryError


def _progress(settings: StyleSettings, mark: Mark) -> Progress:
    return Progress(
        evaluation=mark.evaluation,
        evaluations=settings.iterations,
        level=1,
        levels=1,
        fraction=mark.evaluation / settings.iterations,
        losses=Losses(style=3.0 / mark.evaluation, content=2.0, tv=1.0),
        history=mark.attempt,  # so that a late write of an old attempt shows
        tile=None,
        pixels=lambda: paint(mark),
    )
