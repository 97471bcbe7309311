"""A running job is saved as often as it should be, and never for a large part of its time."""

import time
from pathlib import Path

import pytest

from shared.errors import Superseded
from shared.job_store import JobStore
from shared.object_store import ObjectStore
from tests.worker.job.scripted import claimed, progress
from worker.job.checkpoints import Checkpoints, load


class SlowStore(ObjectStore):
    """Stores checkpoints slowly, and counts them."""

    seconds = 0.0
    saved = 0

    def put(self, key: str, data: bytes) -> None:
        if key.endswith("checkpoint.npz"):
            self.saved += 1
            time.sleep(self.seconds)
        super().put(key, data)


@pytest.fixture
def objects(tmp_path: Path) -> SlowStore:
    return SlowStore(str(tmp_path))


def evaluate_for(seconds: float, checkpoints: Checkpoints) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        checkpoints.save_if_due(progress(3, 9))
        time.sleep(0.01)


def test_the_first_checkpoint_is_saved_after_the_interval(
    jobs: JobStore, objects: SlowStore
) -> None:
    claim = claimed(jobs, objects)
    checkpoints = Checkpoints(claim, jobs, objects, 0.5)
    evaluate_for(0.3, checkpoints)
    assert objects.saved == 0
    evaluate_for(0.5, checkpoints)
    assert objects.saved == 1


def test_saving_to_a_slow_store_takes_at_most_a_fiftieth_of_the_time(
    jobs: JobStore, objects: SlowStore
) -> None:
    objects.seconds = 0.05
    checkpoints = Checkpoints(claimed(jobs, objects), jobs, objects, 0.0)
    begin = time.monotonic()
    checkpoints.save_if_due(progress(3, 9))
    saved = time.monotonic()
    assert objects.saved == 1
    while objects.saved == 1:
        evaluate_for(0.1, checkpoints)
    paused = time.monotonic() - saved
    assert 49 * objects.seconds < paused < 50 * (saved - begin) + 1


def test_the_next_attempt_resumes_from_the_saved_checkpoint(
    jobs: JobStore, objects: SlowStore
) -> None:
    claim = claimed(jobs, objects)
    Checkpoints(claim, jobs, objects, 0.0).save_if_due(progress(4, 9))
    key = jobs.get(claim.job_id).checkpoint
    assert key == f"jobs/{claim.job_id}/1/checkpoint.npz"
    saved = load(key, objects)
    assert saved is not None
    assert saved.evaluation == 4


def test_the_last_evaluation_is_not_saved_since_its_picture_is(
    jobs: JobStore, objects: SlowStore
) -> None:
    Checkpoints(claimed(jobs, objects), jobs, objects, 0.0).save_if_due(progress(9, 9))
    assert objects.saved == 0


def test_an_attempt_that_lost_its_job_records_no_checkpoint(
    jobs: JobStore, objects: SlowStore
) -> None:
    claim = claimed(jobs, objects)
    jobs.release_worker("test-worker")
    with pytest.raises(Superseded):
        Checkpoints(claim, jobs, objects, 0.0).save_if_due(progress(4, 9))
    assert jobs.get(claim.job_id).checkpoint is None
