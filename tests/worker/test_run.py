"""A claimed job ends once: with its picture, with its reason, or left to its new holder."""

import time

import pytest

from shared.errors import ObjectNotFound, OutOfMemory, StoreUnavailable
from shared.finish import decode
from shared.images import ImageStore
from shared.job import JobState
from shared.jobs import Capability, JobStore
from shared.jobs.events import BEGINNING
from tests.worker.scripted import claimed, painter
from worker.lease import kept
from worker.run import run_job


def kinds(jobs: JobStore, job_id: str) -> list[str]:
    """Return the kinds of the events so far."""
    story: list[str] = []
    for event in jobs.events(job_id, BEGINNING, patience=0.01):
        if event is None:
            return story
        story.append(event.data if event.kind == "state" else event.kind)
    return story


def test_a_job_succeeds_with_its_picture(jobs: JobStore, images: ImageStore) -> None:
    claim = claimed(jobs, images)
    run_job(claim, jobs, images, painter(3))
    job = jobs.get(claim.job_id)
    assert job.state is JobState.SUCCEEDED
    assert job.result == f"jobs/{claim.job_id}/1/result.png"
    assert decode(images.get(job.result)).shape == (32, 40, 3)
    assert job.progress is not None
    assert job.progress.loss.total == pytest.approx(4.0)
    assert job.started_at
    assert job.finished_at


def test_the_story_of_a_job_is_told_in_order(jobs: JobStore, images: ImageStore) -> None:
    claim = claimed(jobs, images)
    run_job(claim, jobs, images, painter(2))
    story = kinds(jobs, claim.job_id)
    assert story == ["queued", "running", "progress", "preview", "progress", "succeeded"]


def test_at_most_five_reports_are_made_a_second(jobs: JobStore, images: ImageStore) -> None:
    claim = claimed(jobs, images)
    run_job(claim, jobs, images, painter(60, before=lambda _: time.sleep(0.01)))
    assert kinds(jobs, claim.job_id).count("progress") <= 2 + 60 * 0.02 / 0.2


def test_the_time_left_is_told_once_it_is_known(jobs: JobStore, images: ImageStore) -> None:
    claim = claimed(jobs, images)
    told = []

    def look(_: int) -> None:
        time.sleep(0.21)
        told.append(jobs.get(claim.job_id).eta_seconds)

    run_job(claim, jobs, images, painter(6, before=look))
    assert told[:3] == [None, None, None]
    assert told[3] == pytest.approx(3 * 0.21, rel=0.5)


def test_a_job_that_runs_out_of_memory_fails_with_its_reason(
    jobs: JobStore, images: ImageStore
) -> None:
    def full(_: int) -> None:
        raise OutOfMemory(width=40, height=32)

    claim = claimed(jobs, images)
    run_job(claim, jobs, images, painter(3, before=full))
    job = jobs.get(claim.job_id)
    assert job.state is JobState.FAILED
    assert job.error is not None
    assert (job.error.code, job.error.parameters) == ("out_of_memory", {"width": 40, "height": 32})


def test_an_error_that_nobody_foresaw_fails_the_job_and_says_little(
    jobs: JobStore, images: ImageStore
) -> None:
    def wrong(_: int) -> None:
        raise ZeroDivisionError("a secret path")

    claim = claimed(jobs, images)
    run_job(claim, jobs, images, painter(3, before=wrong))
    job = jobs.get(claim.job_id)
    assert job.error is not None
    assert (job.error.code, job.error.parameters) == ("worker_fault", {})


def test_a_missing_input_fails_the_job(jobs: JobStore, images: ImageStore) -> None:
    claim = claimed(jobs, images)
    images.delete_folder(f"jobs/{claim.job_id}")
    run_job(claim, jobs, images, painter(1))
    error = jobs.get(claim.job_id).error
    assert error is not None
    assert error.code == "object_not_found"


def test_a_cancelled_job_stops_within_one_report(jobs: JobStore, images: ImageStore) -> None:
    claim = claimed(jobs, images)
    evaluations = []

    def cancel_at_third(evaluation: int) -> None:
        evaluations.append(evaluation)
        time.sleep(0.25)
        if evaluation == 3:
            jobs.cancel(claim.job_id)

    run_job(claim, jobs, images, painter(50, before=cancel_at_third))
    assert evaluations == [1, 2, 3]
    job = jobs.get(claim.job_id)
    assert job.state is JobState.CANCELLED
    assert job.result is None


def test_an_attempt_that_lost_its_job_does_not_finish_it(
    jobs: JobStore, images: ImageStore
) -> None:
    claim = claimed(jobs, images, lease_seconds=0.0)

    def lose(_: int) -> None:
        jobs.put_back_lapsed()
        assert jobs.claim_next(Capability("another", 10**9), 10) is not None

    run_job(claim, jobs, images, painter(1, before=lose))
    assert jobs.get(claim.job_id).state is JobState.RUNNING
    with pytest.raises(ObjectNotFound):
        images.get(f"jobs/{claim.job_id}/1/result.png")


def test_a_store_that_is_away_leaves_the_job_to_its_lease(
    jobs: JobStore, images: ImageStore
) -> None:
    def away(_: int) -> None:
        raise StoreUnavailable(store="images", reason="unplugged")

    claim = claimed(jobs, images)
    with pytest.raises(StoreUnavailable):
        run_job(claim, jobs, images, painter(1, before=away))
    assert jobs.get(claim.job_id).state is JobState.RUNNING


def test_a_lease_is_kept_for_as_long_as_the_work_goes_on(
    jobs: JobStore, images: ImageStore
) -> None:
    claim = claimed(jobs, images, lease_seconds=1.5)
    with kept(claim, jobs, seconds=1.5):
        time.sleep(3)
        assert jobs.put_back_lapsed() == 0
    time.sleep(1.8)
    assert jobs.put_back_lapsed() == 1
    assert jobs.get(claim.job_id).state is JobState.QUEUED
