"""A running job is paused with a checkpoint, or stopped with the pixels that it has."""

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from shared.errors import StoreUnavailable
from shared.job import JobState
from shared.job_store import Change, Claim, JobChanges, JobStore
from shared.job_store.connection import Connection
from shared.metadata import Metadata
from shared.object_store import ObjectStore
from shared.pictures import decode
from shared.provenance import Provenance
from tests.worker.job.scripted import ROOMY, claimed, painter, progress
from tests.worker.job.test_runner_and_engine import yielding
from worker.job.checkpoints import load
from worker.job.runner import Runner

PAUSE, RESUME = Change(paused=True), Change(paused=False)


@pytest.fixture
def changes(redis: Connection) -> JobChanges:
    return JobChanges(redis)


def _before(evaluation: int, act: Callable[[], object]) -> Callable[[int], None]:
    """Return what an engine calls ahead of each evaluation; reports are at least 0.2 s apart."""

    def before(current: int) -> None:
        if current == evaluation:
            act()
            time.sleep(0.25)

    return before


def _again(jobs: JobStore) -> Claim:
    claim = jobs.claim_next(ROOMY, 10)
    assert claim is not None
    return claim


def test_a_paused_job_goes_on_after_its_last_evaluation(
    jobs: JobStore, objects: ObjectStore, changes: JobChanges
) -> None:
    claim = claimed(jobs, objects)
    pause = _before(3, lambda: changes.change(claim.job_id, PAUSE))
    assert Runner(jobs, objects, painter(6, pause)).run(claim) is None
    job = jobs.get(claim.job_id)
    assert (job.is_paused, job.attempt, job.progress and job.progress.evaluation) == (True, 1, 3)
    assert job.checkpoint
    snapshot = load(job.checkpoint, objects)
    assert snapshot is not None
    assert snapshot.evaluation == 3
    assert jobs.claim_next(ROOMY, 10) is None
    changes.change(claim.job_id, RESUME)
    evaluations: list[int] = []
    Runner(jobs, objects, painter(6, evaluations.append)).run(_again(jobs))
    assert evaluations == [4, 5, 6]
    job = jobs.get(claim.job_id)
    assert (job.state, job.stopped_after) == (JobState.SUCCEEDED, None)
    assert {stored.key for stored in objects.stored("jobs")} == job.files


def test_a_pause_is_heard_with_the_lease_if_nothing_is_reported(
    jobs: JobStore, objects: ObjectStore, changes: JobChanges
) -> None:
    class Mute(JobStore):
        """Its reports fail."""

        def report(self, *_: object) -> None:
            raise StoreUnavailable(store="redis", reason="unplugged")

    claim = claimed(jobs, objects)
    changes.change(claim.job_id, PAUSE)
    pause = _before(2, lambda: time.sleep(3.5))  # a third of a lease
    Runner(Mute(jobs._connection), objects, painter(3, pause)).run(claim)
    assert jobs.get(claim.job_id).is_paused


@pytest.mark.parametrize("change", [PAUSE, None])
def test_what_is_asked_during_the_last_evaluation_comes_too_late(
    jobs: JobStore, objects: ObjectStore, changes: JobChanges, change: Change | None
) -> None:
    claim = claimed(jobs, objects)

    def ask() -> None:
        changes.change(claim.job_id, change) if change else changes.stop(claim.job_id)

    Runner(jobs, objects, painter(3, _before(3, ask))).run(claim)
    job = jobs.get(claim.job_id)
    assert (job.state, job.stopped_after, job.pending) == (JobState.SUCCEEDED, None, None)


def test_a_job_pauses_with_its_older_checkpoint_if_none_can_be_stored(
    jobs: JobStore, objects: ObjectStore, changes: JobChanges
) -> None:
    claim = claimed(jobs, objects)

    class Full(ObjectStore):
        """Refuses checkpoints once the pause is pending."""

        def put(self, key: str, data: bytes) -> None:
            if key.endswith("checkpoint.npz") and jobs.get(claim.job_id).pending:
                raise StoreUnavailable(store="images", reason="no space left on device")
            super().put(key, data)

    pause = _before(3, lambda: changes.change(claim.job_id, PAUSE))
    full = Full(str(objects.folder))
    runner = Runner(jobs, full, painter(6, pause), checkpoint_seconds=0, object_store_seconds=0.3)
    with pytest.raises(StoreUnavailable):
        runner.run(claim)
    job = jobs.get(claim.job_id)
    assert job.is_paused
    assert job.checkpoint
    snapshot = load(job.checkpoint, objects)
    assert snapshot is not None
    assert snapshot.evaluation < 3


def test_a_worker_that_dies_while_it_pauses_loses_neither_job_nor_pause(
    jobs: JobStore, objects: ObjectStore, changes: JobChanges
) -> None:
    """It dies between its two steps: the checkpoint is recorded, and the job is not released."""

    class Dead(BaseException):
        """The process is gone."""

    class Dying(JobStore):
        """Dies instead of releasing a job."""

        def release(self, *_: object) -> None:
            raise Dead

    claim = claimed(jobs, objects, lease_seconds=0.0)
    pause = _before(3, lambda: changes.change(claim.job_id, PAUSE))
    with pytest.raises(Dead):
        Runner(Dying(jobs._connection), objects, painter(6, pause)).run(claim)
    assert jobs.get(claim.job_id).state is JobState.RUNNING
    jobs._connection.zadd("gw:leases", {claim.job_id: 0})  # ten seconds pass
    assert jobs.requeue_expired() == 1
    job = jobs.get(claim.job_id)
    assert (job.is_paused, job.log[-1].reason) == (True, "lapsed")
    changes.change(claim.job_id, RESUME)
    evaluations: list[int] = []
    Runner(jobs, objects, painter(6, evaluations.append)).run(_again(jobs))
    assert evaluations == [4, 5, 6]


def test_a_stopped_job_ends_with_its_last_pixels(
    jobs: JobStore, objects: ObjectStore, changes: JobChanges
) -> None:
    claim = claimed(jobs, objects)
    evaluations: list[int] = []

    def before(evaluation: int) -> None:
        evaluations.append(evaluation)
        _before(4, lambda: changes.stop(claim.job_id))(evaluation)

    assert Runner(jobs, objects, painter(9, before)).run(claim) is None  # it measures no speed
    job = jobs.get(claim.job_id)
    assert evaluations == [1, 2, 3, 4]
    assert (job.state, job.stopped_after) == (JobState.SUCCEEDED, 4)
    assert job.progress is not None
    assert (job.progress.evaluation, job.progress.evaluations) == (4, 9)
    assert job.result
    data = objects.get(job.result)
    assert decode(data).shape == (32, 40, 3)
    packet = Metadata.of_file(data).xmp
    assert packet
    found = Provenance.from_packet(packet)
    assert found is not None
    assert (found.stopped_after, found.losses["style"]) == (4, 0.75)
    assert {stored.key for stored in objects.stored("jobs")} == job.files


def test_a_job_that_is_stopped_at_a_coarse_level_has_a_result_of_its_full_size(
    jobs: JobStore, objects: ObjectStore, changes: JobChanges
) -> None:
    claim = claimed(jobs, objects)
    small, whole = (
        np.zeros((rows, columns, 3), np.float32) for rows, columns in ((16, 20), (32, 40))
    )
    steps = [
        replace(progress(number, 2), pixels=lambda: small, result=lambda: whole)
        for number in (1, 2)
    ]
    changes.stop(claim.job_id)
    Runner(jobs, objects, yielding(steps)).run(claim)
    job = jobs.get(claim.job_id)
    assert job.stopped_after == 1
    assert job.result
    assert decode(objects.get(job.result)).shape == (32, 40, 3)


def test_a_stop_that_outlived_its_worker_ends_the_next_attempt_at_once(
    jobs: JobStore, objects: ObjectStore, changes: JobChanges
) -> None:
    claim = claimed(jobs, objects)

    class Dead(BaseException):
        """The process is gone."""

    def die() -> None:
        changes.stop(claim.job_id)
        raise Dead

    with pytest.raises(Dead):
        Runner(jobs, objects, painter(9, _before(5, die)), checkpoint_seconds=0).run(claim)
    jobs.lose(claim, "killed")
    evaluations: list[int] = []
    Runner(jobs, objects, painter(9, evaluations.append)).run(_again(jobs))
    job = jobs.get(claim.job_id)
    assert len(evaluations) == 1
    assert (job.state, job.stopped_after) == (JobState.SUCCEEDED, evaluations[0])
