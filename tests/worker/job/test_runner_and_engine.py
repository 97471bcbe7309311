"""What a runner does with its engine's progress: pictures, fallbacks, deadlines."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest

from shared.job import JobState
from shared.job_store import Claim, JobStore
from shared.object_store import ObjectStore
from shared.pictures import decode
from shared.settings import StyleSettings
from tests.worker.job.scripted import ROOMY, claimed, painter, progress, submitted
from worker.engine.progress import Progress
from worker.engine.snapshot import Snapshot
from worker.job.lease import Lease
from worker.job.runner import Pixels, Runner, Stylize

GREY = np.zeros((32, 40, 3), np.float32)  # centred: the means themselves


def yielding(steps: Sequence[Progress]) -> Stylize:
    """Return an engine that yields these steps."""

    def stylize(*_: object, **__: object) -> Iterator[Progress]:
        yield from steps

    return stylize


def claim_with(jobs: JobStore, objects: ObjectStore, **settings: object) -> Claim:
    submitted(jobs, objects, **settings)
    claim = jobs.claim_next(ROOMY, 10)
    assert claim is not None
    return claim


def test_preview_and_result_have_the_job_s_own_means(jobs: JobStore, objects: ObjectStore) -> None:
    claim = claim_with(jobs, objects, deprocess_means=[30.4, 100.0, 200.6])  # B, G, R
    steps = [replace(progress(number, 2), pixels=lambda: GREY) for number in (1, 2)]
    seen = {}

    class Kept(ObjectStore):
        """Records previews, which are deleted at the end."""

        def put(self, key: str, data: bytes) -> None:
            seen[key.rpartition("/")[2]] = decode(data)
            super().put(key, data)

    Runner(jobs, Kept(str(objects.folder)), yielding(steps)).run(claim)
    assert set(seen) == {"preview.jpg", "result.png"}
    assert (seen["result.png"] == (201, 100, 30)).all()
    np.testing.assert_allclose(seen["preview.jpg"].mean(axis=(0, 1)), (201, 100, 30), atol=2)


def test_pictures_that_do_not_fit_in_memory_fail_the_job(
    jobs: JobStore, objects: ObjectStore
) -> None:
    def full(_: int) -> None:
        raise MemoryError

    claim = claimed(jobs, objects)
    Runner(jobs, objects, painter(2, before=full)).run(claim)
    job = jobs.get(claim.job_id)
    assert job.state is JobState.FAILED
    assert job.error is not None
    assert job.error.code == "pictures_too_large"


def test_every_fallback_of_every_attempt_is_recorded(jobs: JobStore, objects: ObjectStore) -> None:
    first = claimed(jobs, objects)
    jobs.lose(first, "killed for its memory", fallback_steps=1)
    again = jobs.claim_next(ROOMY, 10)
    assert again is not None
    steps = [progress(number, 4, fallback) for number, fallback in enumerate((1, 2, 2, 3), start=1)]
    Runner(jobs, objects, yielding(steps)).run(again)
    job = jobs.get(again.job_id)
    recorded = [(each.evaluation, each.fallback_step, each.cause) for each in job.fallbacks]
    assert recorded == [(1, 1, "killed"), (2, 2, "memory_error"), (4, 3, "memory_error")]
    assert job.fallback_step == 3


def test_each_step_has_its_own_deadline(jobs: JobStore, objects: ObjectStore) -> None:
    """A level's first evaluation takes long, and so does encoding a large result."""
    claim = claim_with(jobs, objects, size=64, pyramid=2, iterations=8, coarse_iterations=2)
    lease, allowed = Lease(claim), list[float]()

    def look(*_: object) -> None:
        allowed.append(lease._deadline - time.monotonic())

    def encoded() -> Pixels:
        look()
        return GREY

    def stylize(
        content: Pixels,
        styles: Sequence[Pixels],
        settings: StyleSettings,
        resume: Snapshot | None = None,
        fallback_step: int = 0,
        init: Pixels | None = None,
    ) -> Iterator[Progress]:
        del content, styles, settings, resume, fallback_step, init
        for number in range(1, 11):  # two at the coarse level
            look()
            yield replace(progress(number, 10), pixels=encoded if number == 10 else lambda: GREY)

    Runner(jobs, objects, stylize)._paint_and_store(claim, lease, None)
    first, later, result = [120 + 0.8, 120 + 3.1], 30, 120
    expected = [first[0], later, first[1], *[later] * 7, result]
    assert allowed == pytest.approx(expected, abs=2)
