"""A draining worker finishes its job and claims no more for the given time."""

from shared.job import JobState
from shared.job_store import JobStore, Workers
from shared.job_store.connection import Connection
from tests.shared.job_store.transitions import ANOTHER, ANY, claimed, progress, queued, running


def test_it_claims_no_more_while_others_do(jobs: JobStore, redis: Connection) -> None:
    job_id = queued(jobs)
    Workers(redis).drain(ANY.worker)
    assert Workers(redis).draining() == {ANY.worker}
    assert jobs.claim_next(ANY, 30) is None
    assert jobs.get(job_id).state is JobState.QUEUED
    assert claimed(jobs, ANOTHER).job_id == job_id


def test_it_finishes_the_job_that_it_has(jobs: JobStore, redis: Connection) -> None:
    claim = running(jobs)
    Workers(redis).drain(ANY.worker)
    assert jobs.claim_next(ANY, 30) is None  # this claim does not lose the job that it holds
    jobs.report(claim, progress(), None)
    jobs.succeed(claim, "result")
    assert jobs.get(claim.job_id).state is JobState.SUCCEEDED


def test_it_claims_again_after_the_drain(jobs: JobStore, redis: Connection) -> None:
    queued(jobs), queued(jobs)
    workers = Workers(redis)
    workers.drain(ANY.worker)
    workers.undrain(ANY.worker)
    jobs.succeed(claimed(jobs, ANY), "result")
    workers.drain(ANY.worker, 60)
    assert jobs.claim_next(ANY, 30) is None
    redis.zincrby("gw:draining", -61, ANY.worker)  # a minute passes
    assert workers.draining() == set()
    claimed(jobs, ANY)
