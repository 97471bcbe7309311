"""Leases: who may write, and what happens to a job whose worker is lost."""

from typing import Any

import pytest

from shared.errors import OutOfMemory, Superseded
from shared.job import JobState
from shared.job_store import Claim, JobStore
from shared.job_store.connection import Connection
from shared.job_store.scripts import Scripts
from tests.parts import queue_of
from tests.shared.job_store.test_transitions import FENCED
from tests.shared.job_store.transitions import ANOTHER, ANY, claimed, progress, queued, running


def _lose(jobs: JobStore) -> Claim:
    """Let a worker claim the next job and die."""
    claim = claimed(jobs, lease=0)
    jobs.requeue_expired()
    return claim


@pytest.mark.parametrize("write", FENCED)
def test_a_write_of_an_older_attempt_is_refused_while_another_runs(
    jobs: JobStore, write: str
) -> None:
    older = running(jobs, lease=0)
    jobs.requeue_expired()
    newer = claimed(jobs, ANOTHER)
    with pytest.raises(Superseded) as refused:
        FENCED[write](jobs, older)
    assert refused.value.parameters == {"id": older.job_id, "attempt": 1}
    assert newer == Claim(older.job_id, 2)
    assert jobs.get(newer.job_id).state is JobState.RUNNING


@pytest.mark.parametrize("write", FENCED)
def test_a_write_for_a_job_that_was_deleted_is_refused(jobs: JobStore, write: str) -> None:
    claim = running(jobs)
    jobs.cancel(claim.job_id)
    jobs.delete(claim.job_id)
    with pytest.raises(Superseded):
        FENCED[write](jobs, claim)
    assert jobs.page(10).jobs == []


def test_a_renewed_lease_does_not_expire(jobs: JobStore) -> None:
    claim = running(jobs, lease=0)
    jobs.renew(claim)
    assert jobs.requeue_expired() == 0
    assert queue_of(jobs).running_count() == 1


def test_a_lease_expires_by_the_clock_of_redis(jobs: JobStore, redis: Connection) -> None:
    running(jobs, lease=30)
    held: Any = redis.zrange("gw:leases", 0, -1, withscores=True)
    until = held[0][1]
    seconds, microseconds = redis.time()
    assert float(until) / 1000 - (seconds + microseconds / 1e6) == pytest.approx(30, abs=5)


def test_a_job_that_lost_its_worker_returns_to_its_old_place(jobs: JobStore) -> None:
    first, second, third = queued(jobs), queued(jobs), queued(jobs)
    assert _lose(jobs).job_id == first
    assert [jobs.get(job).position for job in (first, second, third)] == [1, 2, 3]
    assert claimed(jobs) == Claim(first, 2)


def test_a_requeued_job_shows_no_progress_and_keeps_its_first_start(
    jobs: JobStore,
) -> None:
    claim = running(jobs, lease=0)
    jobs.report(claim, progress(5), 20.0)
    started = jobs.get(claim.job_id).started_at
    jobs.requeue_expired()
    job = jobs.get(claim.job_id)
    assert (job.progress, job.eta_seconds, job.started_at) == (None, None, started)


def test_a_requeued_job_with_a_checkpoint_keeps_its_progress(jobs: JobStore) -> None:
    claim = running(jobs)
    jobs.report(claim, progress(5), 20.0)
    jobs.save_checkpoint(claim, "key")
    jobs.lose(claim, "killed")
    job = jobs.get(claim.job_id)
    assert (job.state, job.progress, job.eta_seconds) == (JobState.QUEUED, progress(5), None)


def test_the_third_lost_worker_fails_the_job_with_the_reason_of_each_loss(jobs: JobStore) -> None:
    job_id = queued(jobs)
    states = []
    for _ in range(3):
        _lose(jobs)
        states.append(jobs.get(job_id).state)
    assert states == [JobState.QUEUED, JobState.QUEUED, JobState.FAILED]
    error = jobs.get(job_id).error
    assert error is not None
    assert (error.code, error.parameters["attempts"]) == ("workers_lost", 3)
    known = {"worker": ANY.worker, "reason": "lapsed", "seconds": 0}
    assert error.parameters["lost"] == [{"attempt": number, **known} for number in (1, 2, 3)]
    assert jobs.claim_next(ANY, 1) is None


def test_three_losses_do_not_fail_a_job_if_each_attempt_made_progress(jobs: JobStore) -> None:
    job_id = queued(jobs)
    for number in range(1, 6):
        claim = claimed(jobs, lease=0)
        jobs.save_checkpoint(claim, f"jobs/{job_id}/{number}/checkpoint.npz")
        jobs.requeue_expired()
    job = jobs.get(job_id)
    assert (job.state, job.checkpoint) == (JobState.QUEUED, f"jobs/{job_id}/5/checkpoint.npz")


@pytest.mark.parametrize("write", FENCED)
def test_an_attempt_resumes_its_expired_lease_if_no_other_attempt_began(
    jobs: JobStore, write: str
) -> None:
    queued(jobs)
    claim = _lose(jobs)
    FENCED[write](jobs, claim)
    job = jobs.get(claim.job_id)
    assert job.attempt == claim.attempt
    assert [line.reason for line in job.log[2:4]] == ["lapsed", "taken up again"]
    assert job.state is not JobState.QUEUED
    assert queue_of(jobs).load().jobs == 0


def test_a_resumed_lease_does_not_count_as_a_loss(jobs: JobStore) -> None:
    queued(jobs)
    claim = _lose(jobs)
    for _ in range(4):
        jobs.renew(claim, 0)
        jobs.requeue_expired()
    assert jobs.get(claim.job_id).state is JobState.QUEUED


def test_a_released_attempt_cannot_resume_its_lease(jobs: JobStore) -> None:
    claim = running(jobs)
    jobs.release_worker(ANY.worker)
    with pytest.raises(Superseded):
        jobs.renew(claim)


def test_the_last_write_can_be_sent_again(jobs: JobStore) -> None:
    claim = running(jobs)
    for _ in range(3):
        jobs.succeed(claim, "key")
    assert [line.state for line in jobs.get(claim.job_id).log] == ["queued", "running", "succeeded"]
    with pytest.raises(Superseded):
        jobs.succeed(claim, "another key")


def test_a_claim_that_is_sent_again_gets_the_same_answer(redis: Connection, jobs: JobStore) -> None:
    queued(jobs), queued(jobs)

    class Repeating(Scripts):
        """Sends each script twice, as redis-py does when an answer is lost."""

        def run(self, name: str, *args: str | int | float) -> Any:
            super().run(name, *args)
            return super().run(name, *args)

    repeating = JobStore(redis)
    repeating._scripts = Repeating(redis)
    claim = repeating.claim_next(ANY, 30)
    assert (queue_of(jobs).running_count(), queue_of(jobs).load().jobs) == (1, 1)
    assert claim is not None
    assert jobs.get(claim.job_id).attempt == claim.attempt == 1


def test_a_claim_loses_the_job_that_the_worker_still_holds(jobs: JobStore) -> None:
    first = running(jobs)
    assert claimed(jobs, ANY) == Claim(first.job_id, 2)
    assert jobs.get(first.job_id).log[2].reason == "abandoned"


def test_a_noticed_loss_does_not_wait_for_the_lease(jobs: JobStore) -> None:
    claim = running(jobs)
    jobs.report(claim, progress(5), 20.0)
    jobs.lose(claim, "killed by signal 9", fallback_steps=1)
    job = jobs.get(claim.job_id)
    assert (job.state, job.fallback_step, job.log[-1].reason) == ("queued", 1, "killed by signal 9")
    with pytest.raises(Superseded):
        jobs.renew(claim)


def test_the_last_loss_fails_the_job_with_its_reason(jobs: JobStore) -> None:
    queued(jobs)
    for _ in range(3):
        claim = claimed(jobs)
        jobs.lose(claim, "killed", fault=OutOfMemory(width=640, height=480, maximum=200))
    error = jobs.get(claim.job_id).error
    assert error is not None
    assert (error.code, error.parameters["maximum"]) == ("out_of_memory", 200)


def test_leases_that_expired_while_redis_was_down_are_extended(
    jobs: JobStore, redis: Connection
) -> None:
    claim = running(jobs, lease=0)
    seconds, _ = redis.time()
    redis.set("gw:reconciled", (seconds - 60) * 1000)
    assert jobs.requeue_expired() == 0
    until = float(str(redis.zscore("gw:leases", claim.job_id))) / 1000
    assert until - redis.clock() == pytest.approx(5, abs=1)  # half a lease
    jobs.renew(claim, 0)
    assert jobs.requeue_expired() == 1


def test_an_attempt_releases_its_job_with_a_reason(jobs: JobStore) -> None:
    job_id = queued(jobs)
    for _ in range(5):
        jobs.release(claimed(jobs), "images are away")
    job = jobs.get(job_id)
    assert (job.state, job.log[-1].reason) == (JobState.QUEUED, "images are away")


def test_a_release_does_not_count_as_a_loss(jobs: JobStore) -> None:
    job_id = queued(jobs)
    for _ in range(5):
        claimed(jobs)
        assert jobs.release_worker(ANY.worker) == 1
    for _ in range(2):
        _lose(jobs)
    assert jobs.get(job_id).state is JobState.QUEUED
    assert jobs.get(job_id).attempt == 7


def test_a_worker_releases_only_its_own_jobs(jobs: JobStore) -> None:
    queued(jobs), queued(jobs)
    mine, other = claimed(jobs, ANY), claimed(jobs, ANOTHER)
    assert jobs.release_worker(ANY.worker) == 1
    assert jobs.get(mine.job_id).state is JobState.QUEUED
    assert jobs.get(other.job_id).state is JobState.RUNNING
    jobs.renew(other)


def test_only_jobs_with_expired_leases_are_requeued(jobs: JobStore) -> None:
    lapsed, held = running(jobs, lease=0), running(jobs, by=ANOTHER)
    assert jobs.requeue_expired() == 1
    assert jobs.get(lapsed.job_id).state is JobState.QUEUED
    assert jobs.get(held.job_id).state is JobState.RUNNING


def test_a_report_without_an_estimate_is_recorded_without_one(jobs: JobStore) -> None:
    claim = running(jobs)
    jobs.report(claim, progress(2), None)
    job = jobs.get(claim.job_id)
    assert (job.progress, job.eta_seconds) == (progress(2), None)
    jobs.report(claim, progress(3), 7.5)
    assert jobs.get(claim.job_id).eta_seconds == pytest.approx(7.5)
