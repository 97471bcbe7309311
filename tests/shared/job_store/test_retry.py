"""A retry resets a failed job except for its checkpoint, and respects the queue's bounds."""

import pytest

from shared.errors import JobNotFound, OutOfMemory, QueueFull
from shared.job import JobState
from shared.job_store import Claim, JobQueue, JobStore, Load
from shared.job_store.connection import Connection
from tests.shared.job_store.transitions import claimed, progress, queued, running, someone


def _failed(jobs: JobStore, owner: str = "") -> str:
    """Return the id of a job that lost three workers, after it had stored a checkpoint."""
    job_id = queued(jobs, owner=owner)
    for attempt in (1, 2, 3):
        claim = jobs.claim_next(someone(), 30)
        assert claim == Claim(job_id, attempt)
        jobs.report(claim, progress(4), 9.0)
        if attempt == 1:
            jobs.save_checkpoint(claim, f"jobs/{job_id}/1/checkpoint.npz")
        jobs.lose(claim, "hung")
    assert jobs.get(job_id).state is JobState.FAILED
    return job_id


def test_it_may_lose_as_many_workers_again(jobs: JobStore) -> None:
    job_id = _failed(jobs)
    jobs.retry(job_id)
    states = []
    for attempt in (4, 5, 6):
        claim = jobs.claim_next(someone(), 30)
        assert claim == Claim(job_id, attempt)
        jobs.lose(claim, "hung")
        states.append(jobs.get(job_id).state)
    assert states == [JobState.QUEUED, JobState.QUEUED, JobState.FAILED]
    error = jobs.get(job_id).error
    assert error is not None
    assert [each["attempt"] for each in error.parameters["lost"]] == [4, 5, 6]


def test_only_the_log_keeps_the_failure(jobs: JobStore, redis: Connection) -> None:
    job_id = _failed(jobs)
    jobs.retry(job_id)
    job = jobs.get(job_id)
    assert (job.state, job.error, job.finished_at) == (JobState.QUEUED, None, None)
    assert (job.started_at, job.worker, job.eta_seconds) == (None, None, None)
    assert (job.log[-1].reason, job.log[-1].worker) == ("retried", None)
    assert jobs.ended_before(0) == []
    assert redis.ttl(f"gw:events:{job_id}") == -1


def test_it_resumes_from_its_checkpoint(jobs: JobStore) -> None:
    job_id = _failed(jobs)
    jobs.retry(job_id)
    job = jobs.get(job_id)
    assert job.checkpoint == f"jobs/{job_id}/1/checkpoint.npz"
    assert job.progress == progress(4)


def test_its_start_is_the_start_of_the_new_attempt(jobs: JobStore, redis: Connection) -> None:
    job_id = _failed(jobs)
    first = redis.hget(f"gw:job:{job_id}", "finished_at")
    jobs.retry(job_id)
    claimed(jobs, someone())
    started = redis.hget(f"gw:job:{job_id}", "started_at")
    assert int(str(started)) >= int(str(first))


def test_it_waits_behind_its_owner_s_other_jobs(jobs: JobStore) -> None:
    job_id = _failed(jobs, owner="a")
    others = [queued(jobs, owner="a") for _ in range(2)]
    jobs.retry(job_id)
    assert [jobs.get(each).position for each in (*others, job_id)] == [1, 2, 3]


def test_it_counts_again_in_its_owner_s_share(jobs: JobStore, redis: Connection) -> None:
    before = float(str(redis.hget("gw:virtual", "normal") or 0))
    job_id = _failed(jobs)
    paid = float(str(redis.hget("gw:virtual", "normal"))) - before
    jobs.retry(job_id)
    claimed(jobs, someone())
    again = float(str(redis.hget("gw:virtual", "normal"))) - before
    assert again - paid >= paid > 0


@pytest.mark.parametrize(
    ("bounds", "refusal"),
    [
        (Load(1, 10**9), {"bound": "jobs", "maximum": 1}),
        (Load(9, 1500), {"bound": "bytes", "maximum": 1500}),
    ],
)
def test_a_full_queue_refuses_it_and_does_not_change_it(
    jobs: JobStore, redis: Connection, bounds: Load, refusal: dict[str, object]
) -> None:
    job_id = _failed(jobs)
    queued(jobs)
    before = redis.hgetall(f"gw:job:{job_id}")
    with pytest.raises(QueueFull) as refused:
        jobs.retry(job_id, bounds)
    assert refused.value.parameters == refusal
    assert redis.hgetall(f"gw:job:{job_id}") == before
    assert jobs.ended_before(0) == [job_id]
    assert redis.llen(f"gw:lost:{job_id}") == 3
    assert JobQueue(redis).load() == (1, 1500)
    jobs.retry(job_id, Load(2, 1501))
    assert JobQueue(redis).load() == (2, 3000)


def test_a_missing_job_cannot_be_retried(jobs: JobStore) -> None:
    with pytest.raises(JobNotFound):
        jobs.retry("none")


def test_a_job_that_failed_with_a_reason_keeps_its_fallbacks(jobs: JobStore) -> None:
    claim = running(jobs)
    jobs.record_fallbacks(claim, 2, [])
    jobs.fail(claim, OutOfMemory(width=8, height=8, maximum=0))
    jobs.retry(claim.job_id)
    assert jobs.get(claim.job_id).fallback_step == 2
