"""What an owner's jobs use is counted exactly, whatever happens to them."""

import pytest

from shared.errors import OutOfMemory, OwnerQuotaReached
from shared.job import JobOptions
from shared.job_store import UNBOUNDED, Claim, JobStore, Load, NewJob, new_id
from shared.job_store.connection import Connection
from shared.settings import StyleSettings
from tests.shared.job_store.transitions import claimed, inputs, queued


def _usage(redis: Connection, owner: str = "alice") -> tuple[int, int]:
    return redis.scard(f"gw:live:{owner}"), int(redis.hget("gw:kept", owner) or 0)


def _claim(jobs: JobStore) -> Claim:
    queued(jobs, owner="alice")
    return claimed(jobs)


def test_a_job_counts_until_it_ends_and_its_bytes_until_it_is_deleted(
    jobs: JobStore, redis: Connection
) -> None:
    claim = _claim(jobs)
    pixels = jobs.get(claim.job_id).pixels
    kept = 1500 + 10 * pixels
    assert _usage(redis) == (1, kept)
    jobs.release(claim, "stopped")
    assert _usage(redis) == (1, kept)
    jobs.succeed(claimed(jobs), "result")
    assert _usage(redis) == (0, kept)
    jobs.delete(claim.job_id)
    jobs.delete(claim.job_id)
    assert _usage(redis) == (0, 0)


def test_a_retried_job_counts_again(jobs: JobStore, redis: Connection) -> None:
    claim = _claim(jobs)
    jobs.fail(claim, OutOfMemory(width=1, height=1))
    assert _usage(redis)[0] == 0
    jobs.retry(claim.job_id)
    assert _usage(redis)[0] == 1
    jobs.cancel(claim.job_id)
    assert _usage(redis)[0] == 0


def test_a_retry_respects_the_owner_s_bound(jobs: JobStore) -> None:
    failed = _claim(jobs)
    jobs.fail(failed, OutOfMemory(width=1, height=1))
    queued(jobs, owner="alice")
    with pytest.raises(OwnerQuotaReached):
        jobs.retry(failed.job_id, UNBOUNDED, Load(1, 1))
    jobs.retry(failed.job_id, UNBOUNDED, Load(2, 1))  # its bytes are kept already


def test_one_owner_at_the_bound_does_not_keep_another_out(jobs: JobStore) -> None:
    def submit(owner: str) -> None:
        new = NewJob(StyleSettings(size=64), JobOptions(), inputs(), owner)
        jobs.create(new_id(), new, UNBOUNDED, Load(1, 10**9))

    submit("eager")
    with pytest.raises(OwnerQuotaReached) as error:
        submit("eager")
    assert error.value.parameters == {"bound": "jobs", "maximum": 1}
    submit("modest")


def test_jobs_that_an_older_version_ended_no_longer_count(
    jobs: JobStore, redis: Connection
) -> None:
    job_id = queued(jobs, owner="alice")
    jobs.cancel(job_id)
    redis.sadd("gw:live:alice", job_id, "deleted")
    jobs.check_owner("alice", Load(2, 10**9))
    assert _usage(redis)[0] == 0
