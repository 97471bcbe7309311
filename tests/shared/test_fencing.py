"""Leases: who may write, who no longer may, and what becomes of a job whose worker is lost."""

from typing import Any

import pytest

from shared.errors import Superseded
from shared.job import JobFault, JobState
from shared.jobs import Claim, JobStore
from shared.jobs.connection import Connection
from tests.shared.lives import ANOTHER, ANY, claimed, progress, queued, running
from tests.shared.test_transitions import FENCED


def _lose(jobs: JobStore) -> Claim:
    """Let a worker claim the next job and die."""
    claim = claimed(jobs, lease=0)
    jobs.put_back_lapsed()
    return claim


@pytest.mark.parametrize("write", FENCED)
def test_a_write_of_an_older_attempt_is_refused_while_another_runs(
    jobs: JobStore, write: str
) -> None:
    older = running(jobs, lease=0)
    jobs.put_back_lapsed()
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


def test_a_renewed_lease_does_not_lapse(jobs: JobStore) -> None:
    claim = running(jobs, lease=0)
    jobs.renew(claim)
    assert jobs.put_back_lapsed() == 0
    assert jobs.running() == 1


def test_a_lease_is_judged_by_redis_clock(jobs: JobStore, redis: Connection) -> None:
    running(jobs, lease=30)
    held: Any = redis.zrange("gw:leases", 0, -1, withscores=True)
    until = held[0][1]
    seconds, microseconds = redis.time()
    assert float(until) / 1000 - (seconds + microseconds / 1e6) == pytest.approx(30, abs=5)


def test_a_job_that_lost_its_worker_goes_back_to_its_old_place(jobs: JobStore) -> None:
    first, second, third = queued(jobs), queued(jobs), queued(jobs)
    assert _lose(jobs).job_id == first
    assert [jobs.get(job).position for job in (first, second, third)] == [1, 2, 3]
    assert claimed(jobs) == Claim(first, 2)


def test_a_job_that_went_back_shows_no_progress_and_keeps_when_it_was_first_started(
    jobs: JobStore,
) -> None:
    claim = running(jobs, lease=0)
    jobs.report(claim, progress(5), 20.0)
    started = jobs.get(claim.job_id).started_at
    jobs.put_back_lapsed()
    job = jobs.get(claim.job_id)
    assert (job.progress, job.eta_seconds, job.started_at) == (None, None, started)


def test_the_third_lost_worker_fails_the_job_with_the_number_of_attempts(jobs: JobStore) -> None:
    job_id = queued(jobs)
    states = []
    for _ in range(3):
        _lose(jobs)
        states.append(jobs.get(job_id).state)
    assert states == [JobState.QUEUED, JobState.QUEUED, JobState.FAILED]
    assert jobs.get(job_id).error == JobFault(code="workers_lost", parameters={"attempts": 3})
    assert jobs.claim_next(ANY, 1) is None


def test_handing_back_counts_as_no_loss(jobs: JobStore) -> None:
    job_id = queued(jobs)
    for _ in range(5):
        claimed(jobs)
        assert jobs.hand_back(ANY.worker) == 1
    for _ in range(2):
        _lose(jobs)
    assert jobs.get(job_id).state is JobState.QUEUED
    assert jobs.get(job_id).attempt == 7


def test_a_worker_hands_back_its_own_jobs_only(jobs: JobStore) -> None:
    queued(jobs), queued(jobs)
    mine, other = claimed(jobs, ANY), claimed(jobs, ANOTHER)
    assert jobs.hand_back(ANY.worker) == 1
    assert jobs.get(mine.job_id).state is JobState.QUEUED
    assert jobs.get(other.job_id).state is JobState.RUNNING
    jobs.renew(other)


def test_only_lapsed_leases_are_put_back(jobs: JobStore) -> None:
    lapsed, held = running(jobs, lease=0), running(jobs)
    assert jobs.put_back_lapsed() == 1
    assert jobs.get(lapsed.job_id).state is JobState.QUEUED
    assert jobs.get(held.job_id).state is JobState.RUNNING


def test_a_report_without_a_time_left_is_recorded_as_such(jobs: JobStore) -> None:
    claim = running(jobs)
    jobs.report(claim, progress(2), None)
    job = jobs.get(claim.job_id)
    assert (job.progress, job.eta_seconds) == (progress(2), None)
    jobs.report(claim, progress(3), 7.5)
    assert jobs.get(claim.job_id).eta_seconds == pytest.approx(7.5)
