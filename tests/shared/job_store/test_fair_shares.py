"""An owner's share: the work of each job that started counts once, however it ended."""

from shared.job import JobState
from shared.job_store import JobQueue, JobStore
from shared.job_store.connection import Connection
from tests.shared.job_store.transitions import claimed, queued, someone


def _next_tag(redis: Connection, owner: str) -> float:
    return float(str(redis.zscore("gw:finish:normal", owner)))


def test_a_job_cancelled_after_its_start_counts(jobs: JobStore, redis: Connection) -> None:
    first = queued(jobs, owner="a")
    queued(jobs, owner="a")
    before = _next_tag(redis, "a")
    claim = claimed(jobs)
    assert claim.job_id == first
    jobs.release(claim, "for the test")
    assert jobs.get(first).state is JobState.QUEUED
    jobs.cancel(first)
    assert _next_tag(redis, "a") == before


def test_a_job_cancelled_before_its_start_does_not_count(jobs: JobStore, redis: Connection) -> None:
    queued(jobs, owner="a")
    before = _next_tag(redis, "a")
    jobs.cancel(queued(jobs, owner="a", size=128))
    assert _next_tag(redis, "a") == before


def test_a_requeued_job_counts_once(jobs: JobStore, redis: Connection) -> None:
    queued(jobs)
    jobs.release(claimed(jobs), "for the test")
    paid = redis.hget("gw:virtual", "normal")
    claimed(jobs)
    assert redis.hget("gw:virtual", "normal") == paid


def test_all_owners_are_forgotten_when_nothing_is_queued(jobs: JobStore, redis: Connection) -> None:
    for owner in ("a", "b", "a"):
        queued(jobs, owner=owner)
    jobs.cancel(claimed(jobs, someone()).job_id)
    assert redis.hlen("gw:owners:normal") == 2
    while claim := jobs.claim_next(someone(), 30):
        jobs.cancel(claim.job_id)
    assert not redis.exists("gw:owners:normal")
    assert JobQueue(redis).load() == (0, 0)


def test_a_new_owner_shares_from_now_on_without_credit_for_the_past(jobs: JobStore) -> None:
    for _ in range(10):
        queued(jobs, owner="old")
    for _ in range(6):
        claimed(jobs, someone())
    for _ in range(4):
        queued(jobs, owner="new")
    next_four = [jobs.get(claimed(jobs, someone()).job_id).owner for _ in range(4)]
    assert sorted(next_four) == ["new", "new", "old", "old"]
