"""A claimed job, and an engine that the test controls."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from shared.job import InputImage, JobInputs, JobOptions
from shared.job_store import Capability, Claim, JobStore, NewJob, new_id
from shared.object_store import ObjectStore
from shared.pictures import encode
from shared.settings import StyleSettings
from worker.engine.progress import Progress
from worker.engine.snapshot import Packed, Snapshot
from worker.job.runner import Stylize

PICTURE = np.full((32, 40, 3), (10, 20, 30), dtype=np.uint8)
BLACK = np.full((32, 40, 3), -200, dtype=np.float32)  # centred
ROOMY = Capability("test-worker", 10**9)


def submitted(
    jobs: JobStore,
    objects: ObjectStore,
    options: JobOptions | None = None,
    content: NDArray[np.uint8] = PICTURE,
    **settings: object,
) -> str:
    """Put a job with real inputs into the queue and return its id."""
    job_id, stored = new_id(), []
    for name, picture in (("content", content), ("style-0", PICTURE)):
        key, (rows, columns, _) = f"jobs/{job_id}/{name}.png", picture.shape
        objects.put(key, encode(picture, "png"))
        stored.append(InputImage(key=key, width=columns, height=rows, bytes=100, sha256=name))
    inputs = JobInputs(content=stored[0], styles=stored[1:])
    settings_of = StyleSettings.model_validate({"size": 32, **settings})
    jobs.create(job_id, NewJob(settings_of, options or JobOptions(), inputs))
    return job_id


def claimed(jobs: JobStore, objects: ObjectStore, lease_seconds: float = 10.0) -> Claim:
    """Submit a job and claim it."""
    submitted(jobs, objects)
    claim = jobs.claim_next(ROOMY, lease_seconds)
    assert claim is not None
    return claim


def progress(evaluation: int, evaluations: int, fallback_step: int = 0) -> Progress:
    """Return an engine's progress after an evaluation; its image is black."""
    return Progress(
        evaluation=evaluation,
        evaluations=evaluations,
        level=1,
        levels=1,
        fraction=evaluation / evaluations,
        losses={"style": 3.0 / evaluation, "content": 2.0, "tv": 1.0},
        history=10,
        tile=None,
        fallback_step=fallback_step,
        pixels=lambda: BLACK,
        result=lambda: BLACK,
        snapshot=lambda: snapshot(evaluation),
    )


def snapshot(evaluation: int) -> Snapshot:
    """Return an engine's snapshot after an evaluation; its image is black."""
    nothing = Packed(np.empty((0, *BLACK.shape), np.float16), np.empty(0, np.float32))
    return Snapshot(
        level=1,
        evaluation=evaluation,
        fallback_step=0,
        losses=(3.0 / evaluation, 2.0, 1.0),
        image=BLACK,
        gradient=np.zeros_like(BLACK),
        steps=nothing,
        changes=nothing,
        scale=0.0,
    )


def painter(evaluations: int, before: Callable[[int], None] = lambda _: None) -> Stylize:
    """Return an engine that calls `before` ahead of each evaluation."""

    def stylize(
        content: NDArray[np.float32],
        styles: Sequence[NDArray[np.float32]],
        settings: StyleSettings,
        resume: Snapshot | None = None,
        fallback_step: int = 0,
        init: NDArray[np.float32] | None = None,  # noqa: ARG001 - it paints no picture
    ) -> Iterator[Progress]:
        assert content.shape == styles[0].shape == (settings.size, 40, 3)
        made = resume.evaluation if resume else 0
        for evaluation in range(made + 1, evaluations + 1):
            before(evaluation)
            yield progress(evaluation, evaluations, fallback_step)

    return stylize
