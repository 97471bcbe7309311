"""A broken worker costs attempts, not jobs: it is avoided, then suspended."""

import json
from collections.abc import Callable

import pytest

from shared.errors import OutOfMemory
from shared.job import JobState
from shared.job_store import Capability, Claim, JobStore, Worker, Workers
from shared.job_store.connection import Connection
from tests.shared.job_store.transitions import claimed, progress, queued

PIXELS = 10**9
JOB_PIXELS = 64 * 85  # of the jobs here
BROKEN, HEALTHY = Capability("broken", PIXELS), Capability("healthy", PIXELS)
COUNTED = ["error", "hung", "killed"]


@pytest.fixture(autouse=True)
def workers(redis: Connection) -> Workers:
    """Return the list of workers, in which the broken one is online."""
    workers = Workers(redis)
    _online(workers, BROKEN.worker)
    return workers


def _online(workers: Workers, name: str, pixels: int = PIXELS) -> None:
    workers.describe(Worker(name=name, pixels=pixels))
    workers.heartbeat(name)


def _break(jobs: JobStore, by: Capability = BROKEN, reason: str = "error") -> Claim:
    """Let a worker claim a job and lose it."""
    claim = claimed(jobs, by)
    jobs.lose(claim, reason, detail="RuntimeError: CUDA context lost")
    return claim


def _ago(redis: Connection, job_id: str, seconds: float) -> None:
    """Move the time at which a job was lost into the past."""
    redis.hincrby(f"gw:job:{job_id}", "failed_at", -round(seconds * 1000))


def _end_suspension(redis: Connection, worker: str = BROKEN.worker) -> None:
    """Move the end of a worker's suspension into the past, and what it just lost as well."""
    failures = json.loads(str(redis.get(f"gw:failures:{worker}")))
    redis.set(f"gw:failures:{worker}", json.dumps({**failures, "suspended_until": 1}))
    for key in redis.keys("gw:job:*"):
        redis.hdel(key, "failed_at", "failed_on")


def _lost(jobs: JobStore, redis: Connection, job_id: str) -> int:
    assert jobs.get(job_id)
    return redis.llen(f"gw:lost:{job_id}")


# The job that was just lost


def test_a_lost_job_is_requeued_at_its_old_place_with_the_reason(jobs: JobStore) -> None:
    first, second = queued(jobs), queued(jobs)
    assert _break(jobs).job_id == first
    job = jobs.get(first)
    assert (job.state, job.position) == (JobState.QUEUED, 1)
    assert (job.log[-1].reason, job.log[-1].worker) == ("error", BROKEN.worker)
    assert jobs.get(second).position == 2


@pytest.mark.parametrize("reason", ["error", "hung"])
def test_the_worker_leaves_the_job_to_others_for_ten_seconds(
    jobs: JobStore, workers: Workers, redis: Connection, reason: str
) -> None:
    _online(workers, HEALTHY.worker)
    job_id = queued(jobs)
    _break(jobs, reason=reason)
    assert jobs.claim_next(BROKEN, 30) is None
    _ago(redis, job_id, 9.5)
    assert jobs.claim_next(BROKEN, 30) is None
    _ago(redis, job_id, 0.6)
    assert claimed(jobs, BROKEN) == Claim(job_id, 2)


def test_a_worker_whose_process_was_killed_may_claim_the_job_again(
    jobs: JobStore, workers: Workers
) -> None:
    _online(workers, HEALTHY.worker)
    job_id = queued(jobs)
    _break(jobs, reason="killed")
    assert claimed(jobs, BROKEN) == Claim(job_id, 2)


def test_another_worker_takes_the_job_at_once(jobs: JobStore, workers: Workers) -> None:
    _online(workers, HEALTHY.worker)
    job_id = queued(jobs)
    _break(jobs)
    assert claimed(jobs, HEALTHY) == Claim(job_id, 2)


def _suspend(jobs: JobStore, worker: Capability) -> None:
    ids = [queued(jobs) for _ in range(3)]
    for _ in ids:
        _break(jobs, worker)
    for job_id in ids:
        jobs.cancel(job_id)


OTHERS: dict[str, Callable[[JobStore, Workers, Connection], object]] = {
    "too small": lambda _, workers, __: _online(workers, HEALTHY.worker, JOB_PIXELS - 1),
    "silent": lambda _, __, redis: redis.zincrby("gw:worker-names", -21, HEALTHY.worker),
    "draining": lambda _, workers, __: workers.drain(HEALTHY.worker),
    "gone": lambda _, workers, __: workers.leave(HEALTHY.worker),
    "suspended": lambda jobs, _, __: _suspend(jobs, HEALTHY),
}


@pytest.mark.parametrize("other", OTHERS)
def test_the_worker_does_not_wait_for_others_that_cannot_take_the_job(
    jobs: JobStore, workers: Workers, redis: Connection, other: str
) -> None:
    _online(workers, HEALTHY.worker)
    OTHERS[other](jobs, workers, redis)
    job_id = queued(jobs)
    _break(jobs)
    assert claimed(jobs, BROKEN) == Claim(job_id, 2)


def test_the_worker_leaves_the_job_to_a_worker_of_exactly_its_size(
    jobs: JobStore, workers: Workers
) -> None:
    _online(workers, HEALTHY.worker, JOB_PIXELS)
    assert jobs.get(queued(jobs)).pixels == JOB_PIXELS
    _break(jobs)
    assert jobs.claim_next(BROKEN, 30) is None


def test_a_worker_whose_drain_is_over_can_take_the_job(
    jobs: JobStore, workers: Workers, redis: Connection
) -> None:
    _online(workers, HEALTHY.worker)
    redis.zadd("gw:draining", {HEALTHY.worker: redis.clock() - 1})
    queued(jobs)
    _break(jobs)
    assert jobs.claim_next(BROKEN, 30) is None


def test_the_worker_does_not_wait_after_another_attempt_began(
    jobs: JobStore, workers: Workers
) -> None:
    _online(workers, HEALTHY.worker)
    job_id = queued(jobs)
    _break(jobs)
    jobs.release(claimed(jobs, HEALTHY), "store away")
    assert claimed(jobs, BROKEN) == Claim(job_id, 3)


def test_a_worker_prefers_jobs_that_it_did_not_lose(jobs: JobStore) -> None:
    first, second = queued(jobs), queued(jobs)
    _break(jobs)
    claim = claimed(jobs, BROKEN)
    assert claim.job_id == second
    jobs.release(claim, "for the test")
    jobs.cancel(second)
    assert claimed(jobs, BROKEN).job_id == first


# Suspension


@pytest.mark.parametrize("reason", COUNTED)
def test_three_different_jobs_in_a_row_suspend_the_worker(
    jobs: JobStore, workers: Workers, redis: Connection, reason: str
) -> None:
    ids = [queued(jobs) for _ in range(4)]
    for _ in range(2):
        _break(jobs, reason=reason)
        assert workers.suspension(BROKEN.worker) is None
    third = _break(jobs, reason=reason)
    suspension = workers.suspension(BROKEN.worker)
    assert suspension is not None
    seconds, why = suspension
    assert 29 < seconds <= 30
    assert why == "RuntimeError: CUDA context lost"
    assert jobs.claim_next(BROKEN, 30) is None
    assert [jobs.get(job_id).state for job_id in ids] == [JobState.QUEUED] * 4
    assert [_lost(jobs, redis, job_id) for job_id in ids] == [1, 1, 0, 0]
    assert third.job_id == ids[2]


def test_the_list_of_workers_shows_the_end_and_the_reason_of_a_suspension(
    jobs: JobStore, workers: Workers, redis: Connection
) -> None:
    _online(workers, HEALTHY.worker)
    for _ in range(3):
        queued(jobs)
    before = redis.clock()
    for _ in range(3):
        _break(jobs)
    broken, healthy = workers.live()
    assert broken.suspended_until == pytest.approx(before + 30, abs=1)
    assert broken.suspended_reason == "RuntimeError: CUDA context lost"
    assert (healthy.suspended_until, healthy.suspended_reason) == (None, None)
    workers.describe(broken)  # an announcement of the pool process does not change it
    _end_suspension(redis)
    assert [worker.suspended_until for worker in workers.live()] == [None, None]


def test_without_details_the_reason_is_that_of_the_loss(jobs: JobStore, workers: Workers) -> None:
    for _ in range(3):
        queued(jobs)
    for _ in range(3):
        jobs.lose(claimed(jobs, BROKEN), "hung")
    suspension = workers.suspension(BROKEN.worker)
    assert suspension is not None
    assert suspension[1] == "hung"


def test_each_further_loss_suspends_for_twice_as_long_and_fails_no_job(
    jobs: JobStore, workers: Workers, redis: Connection
) -> None:
    ids = [queued(jobs) for _ in range(3)]
    pauses = []
    for number in range(10):
        _break(jobs)
        if number >= 2:
            suspension = workers.suspension(BROKEN.worker)
            assert suspension is not None
            pauses.append(suspension[0])
            _end_suspension(redis)
    assert pauses == pytest.approx([30, 60, 120, 240, 480, 600, 600, 600], abs=1)
    assert [jobs.get(job_id).state for job_id in ids] == [JobState.QUEUED] * 3
    assert [_lost(jobs, redis, job_id) for job_id in ids] == [1, 1, 0]


@pytest.mark.parametrize("end", ["succeed", "fail", "checkpoint"])
def test_a_job_that_the_worker_ends_clears_its_losses(
    jobs: JobStore, workers: Workers, redis: Connection, end: str
) -> None:
    for _ in range(6):
        queued(jobs)
    _break(jobs), _break(jobs)
    claim = claimed(jobs, BROKEN)
    if end == "succeed":
        jobs.succeed(claim, "result")
    elif end == "fail":
        jobs.fail(claim, OutOfMemory(width=1, height=1, maximum=0))
    else:
        jobs.save_checkpoint(claim, "checkpoint")
        jobs.release(claim, "for the test")
    assert not redis.exists("gw:failures:broken")
    _break(jobs), _break(jobs)
    assert workers.suspension(BROKEN.worker) is None


def test_success_after_a_suspension_resets_its_length(
    jobs: JobStore, workers: Workers, redis: Connection
) -> None:
    for _ in range(6):
        queued(jobs)
    for _ in range(3):
        _break(jobs)
    _end_suspension(redis)
    _break(jobs)
    _end_suspension(redis)
    jobs.succeed(claimed(jobs, BROKEN), "result")
    for _ in range(3):
        assert workers.suspension(BROKEN.worker) is None
        _break(jobs)
    suspension = workers.suspension(BROKEN.worker)
    assert suspension is not None
    assert 29 < suspension[0] <= 30


@pytest.mark.parametrize("end", ["cancel", "release", "supersede", "stop"])
def test_a_job_that_ends_for_other_reasons_keeps_the_losses(
    jobs: JobStore, workers: Workers, end: str
) -> None:
    for _ in range(4):
        queued(jobs)
    _break(jobs), _break(jobs)
    claim = claimed(jobs, BROKEN)
    if end == "cancel":
        jobs.cancel(claim.job_id)
    elif end == "release":
        jobs.release(claim, "store away")
    elif end == "stop":
        jobs.release_worker(BROKEN.worker)
    else:
        jobs.release(claim, "for the test")
        jobs.cancel(claim.job_id)
    _break(jobs)
    assert workers.suspension(BROKEN.worker) is not None


@pytest.mark.parametrize("reason", ["killed for its memory", "killed by signal 9", "store away"])
def test_losses_that_the_worker_did_not_cause_do_not_count(
    jobs: JobStore, redis: Connection, reason: str
) -> None:
    for _ in range(4):
        queued(jobs)
    for _ in range(4):
        _break(jobs, reason=reason)
    assert not redis.exists("gw:failures:broken")
    assert jobs.claim_next(BROKEN, 30) is not None


def test_expired_leases_do_not_count(jobs: JobStore, redis: Connection) -> None:
    for _ in range(4):
        queued(jobs)
    for _ in range(3):
        claimed(jobs, BROKEN, lease=0)
        redis.delete("gw:reconciled")
        jobs.requeue_expired()
    assert not redis.exists("gw:failures:broken")


# Which jobs fail


def test_a_broken_worker_fails_no_job_if_a_healthy_one_is_online(
    jobs: JobStore, workers: Workers, redis: Connection
) -> None:
    _online(workers, HEALTHY.worker)
    ids = [queued(jobs) for _ in range(2)]
    for _ in range(20):
        if claim := jobs.claim_next(BROKEN, 30):
            jobs.lose(claim, "error", detail="RuntimeError")
        elif redis.exists("gw:failures:broken"):
            _end_suspension(redis)
    assert [jobs.get(job_id).state for job_id in ids] == [JobState.QUEUED] * 2
    assert all(_lost(jobs, redis, job_id) <= 2 for job_id in ids)


def test_its_third_loss_of_one_job_suspends_it_instead_of_failing_the_job(
    jobs: JobStore, workers: Workers, redis: Connection
) -> None:
    _online(workers, HEALTHY.worker)
    job_id = queued(jobs)
    for _ in range(3):
        _break(jobs)
        _ago(redis, job_id, 11)
    assert workers.suspension(BROKEN.worker) is not None
    job = jobs.get(job_id)
    assert (job.state, job.log[-1].reason) == (JobState.QUEUED, "error")
    assert _lost(jobs, redis, job_id) == 2
    jobs.succeed(claimed(jobs, HEALTHY), "result")
    assert jobs.get(job_id).state is JobState.SUCCEEDED


def test_the_only_worker_fails_at_most_one_job_and_the_others_wait(
    jobs: JobStore, redis: Connection
) -> None:
    first = queued(jobs)
    for _ in range(3):
        _break(jobs)
    assert jobs.get(first).state is JobState.FAILED
    others = [queued(jobs) for _ in range(3)]
    for _ in range(20):
        if claim := jobs.claim_next(BROKEN, 30):
            jobs.lose(claim, "error", detail="RuntimeError")
        else:
            _end_suspension(redis)
    assert [jobs.get(job_id).state for job_id in others] == [JobState.QUEUED] * 3


def test_the_only_worker_fails_no_second_job(
    jobs: JobStore, workers: Workers, redis: Connection
) -> None:
    first = queued(jobs)
    for _ in range(3):
        _break(jobs)
    second = queued(jobs)
    for _ in range(2):
        _break(jobs)
    assert workers.suspension(BROKEN.worker) is None
    _break(jobs)
    assert workers.suspension(BROKEN.worker) is not None
    assert jobs.get(first).state is JobState.FAILED
    assert jobs.get(second).state is JobState.QUEUED
    assert _lost(jobs, redis, second) == 2


def test_a_job_that_every_worker_loses_fails_with_the_reason_of_each_loss(
    jobs: JobStore, workers: Workers, redis: Connection
) -> None:
    _online(workers, HEALTHY.worker)
    job_id = queued(jobs)
    jobs.lose(claimed(jobs, BROKEN), "error", detail="RuntimeError: first")
    claim = claimed(jobs, HEALTHY)
    jobs.report(claim, progress(7), None)
    jobs.lose(claim, "hung")
    _ago(redis, job_id, 11)
    jobs.lose(claimed(jobs, BROKEN), "killed", detail="signal 11")
    job = jobs.get(job_id)
    assert job.state is JobState.FAILED
    assert job.error is not None
    assert job.error.code == "workers_lost"
    common = {"seconds": 0}
    assert job.error.parameters == {
        "attempts": 3,
        "lost": [
            {"attempt": 1, "worker": "broken", "reason": "error", "detail": "RuntimeError: first"}
            | common,
            {"attempt": 2, "worker": "healthy", "reason": "hung", "evaluation": 7} | common,
            {"attempt": 3, "worker": "broken", "reason": "killed", "detail": "signal 11"} | common,
        ],
    }
    assert workers.suspension(BROKEN.worker) is None


def test_a_job_lost_by_three_workers_fails_even_if_a_healthy_one_is_online(
    jobs: JobStore, workers: Workers
) -> None:
    for name in ("a", "b", "c", "d"):
        _online(workers, name)
    job_id = queued(jobs)
    for name in ("a", "b", "c"):
        _break(jobs, Capability(name, PIXELS))
    assert jobs.get(job_id).state is JobState.FAILED


# What is left in Redis


def test_a_removed_or_forgotten_worker_leaves_nothing_in_redis(
    jobs: JobStore, workers: Workers, redis: Connection
) -> None:
    for name in ("leaves", "is-forgotten"):
        _online(workers, name)
        queued(jobs)
        _break(jobs, Capability(name, PIXELS))
        workers.drain(name)
    for job in jobs.page(10).jobs:
        jobs.cancel(job.id)
        jobs.delete(job.id)
    workers.leave("leaves")
    redis.zincrby("gw:worker-names", -86_401, "is-forgotten")
    workers.heartbeat(BROKEN.worker)
    for name in ("leaves", "is-forgotten"):
        assert not [key for key in redis.keys("*") if name in key]
        for key in ("gw:workers", "gw:worker-names", "gw:draining"):
            members = redis.hkeys(key) if redis.type(key) == "hash" else redis.zrange(key, 0, -1)
            assert name not in members


def test_an_expired_drain_is_forgotten(workers: Workers, redis: Connection) -> None:
    workers.drain("stopped", 60)
    workers.drain("drained")
    redis.zincrby("gw:draining", -61, "stopped")
    assert workers.draining() == {"drained"}
    workers.heartbeat(BROKEN.worker)
    assert redis.zrange("gw:draining", 0, -1) == ["drained"]


def test_failures_of_a_worker_that_died_are_forgotten_after_a_day(
    jobs: JobStore, redis: Connection
) -> None:
    queued(jobs)
    _break(jobs)
    assert 86_000 < redis.ttl("gw:failures:broken") <= 86_400


def test_holders_are_listed_with_their_claims(jobs: JobStore) -> None:
    for _ in range(3):
        queued(jobs)
    assert jobs.holders() == {}
    first, second = claimed(jobs, BROKEN), claimed(jobs, HEALTHY)
    assert jobs.holders() == {"broken": [first], "healthy": [second]}
    jobs.lose(first, "killed")
    assert jobs.holders() == {"healthy": [second]}
