"""An engine that sleeps instead of painting, resumes from snapshots, and can do harm."""

import os
import random
import signal
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shared.job_store import Claim
from shared.settings import StyleSettings
from tests.faults.orders import GREEDY, POISON
from tests.faults.picture import Mark, paint
from worker.engine.progress import Progress
from worker.engine.snapshot import Packed, Snapshot

SECONDS = (0.01, 0.03)  # of an evaluation, shortest and longest
HARM_AT = 5  # evaluations into the job
BROKEN = "FAULTS_BROKEN"  # the variable that names a file; while it exists, the worker is broken
BROKEN_WORDS = "CUDA_ERROR_ILLEGAL_ADDRESS"
Pixels = NDArray[np.float32]


class ScriptedEngine:
    """Paints pictures that encode the attempt that made them, taken from `claim`."""

    def __init__(self) -> None:
        self.claim: Claim | None = None

    def stylize(
        self,
        content: Pixels,  # noqa: ARG002 - the engine ignores it
        styles: Sequence[Pixels],  # noqa: ARG002 - the same
        settings: StyleSettings,
        resume: Snapshot | None = None,
        fallback_step: int = 0,
        init: Pixels | None = None,  # noqa: ARG002 - the same
    ) -> Iterator[Progress]:
        """Sleep instead of each evaluation, then yield its progress."""
        assert self.claim is not None
        start = resume.evaluation if resume else 0
        for evaluation in range(start + 1, settings.iterations + 1):
            raise_if_broken()
            time.sleep(random.uniform(*SECONDS))
            if evaluation == HARM_AT:
                do_harm(settings.iterations)
            mark = Mark(self.claim.job_id, self.claim.attempt, start, evaluation)
            yield _progress(settings, mark, fallback_step)


def raise_if_broken() -> None:
    """Raise the error of a broken device while the file that breaks the worker exists."""
    if BROKEN in os.environ and Path(os.environ[BROKEN]).exists():
        raise RuntimeError(BROKEN_WORDS)


def do_harm(evaluations: int) -> None:
    """Do the harm that this number of evaluations means, usually none."""
    if evaluations == POISON:
        os.kill(os.getpid(), signal.SIGKILL)
    if evaluations == GREEDY:
        raise MemoryError


def _progress(settings: StyleSettings, mark: Mark, fallback_step: int) -> Progress:
    losses = {"style": 3.0 / mark.evaluation, "content": 2.0, "tv": 1.0}
    image = paint(mark)
    return Progress(
        evaluation=mark.evaluation,
        evaluations=settings.iterations,
        level=1,
        levels=1,
        fraction=mark.evaluation / settings.iterations,
        losses=losses,
        history=mark.attempt,  # so that the oracle finds late writes of old attempts
        tile=None,
        fallback_step=fallback_step,
        pixels=lambda: image,
        result=lambda: image,
        snapshot=lambda: _snapshot(mark.evaluation, image),
    )


def _snapshot(evaluation: int, image: Pixels) -> Snapshot:
    nothing = Packed(np.empty((0, *image.shape), np.float16), np.empty(0, np.float32))
    return Snapshot(
        level=1,
        evaluation=evaluation,
        fallback_step=0,
        losses=(3.0 / evaluation, 2.0, 1.0),
        image=image,
        gradient=np.zeros_like(image),
        steps=nothing,
        changes=nothing,
        scale=0.0,
    )
