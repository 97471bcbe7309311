"""A process of a later version and one of this version work on each other's jobs in one Redis.

The later one writes what this version does not know: a higher version, more fields, settings,
options and inputs, more parts of progress, other reasons in the log, other kinds of events.
"""

import json
from typing import Any

import pytest

from shared.errors import RecordUnreadable, Superseded
from shared.job import Job, JobOptions, JobState
from shared.job_store import (
    Capability,
    Claim,
    JobQueue,
    JobStore,
    NewJob,
    Worker,
    Workers,
    new_id,
)
from shared.job_store.connection import Connection
from shared.job_store.records import VERSION, to_fields
from shared.job_store.scripts import Scripts
from shared.settings import StyleSettings
from tests.parts import events_after
from tests.shared.job_store.online_workers import announce
from tests.shared.job_store.transitions import claimed, inputs, progress, queued

TODAY, LATER = Capability("today", 10**9), Capability("later", 10**9)
UNBOUNDED = 2**53


class LaterStore:
    """The job store of a later version: today's steps, with what today's readers do not know."""

    def __init__(self, redis: Connection) -> None:
        self._redis = redis
        self._scripts = Scripts(redis)
        self._jobs = JobStore(redis)

    def create(self) -> str:
        new, job_id = NewJob(StyleSettings(size=64), JobOptions(), inputs(), "owner"), new_id()
        fields = to_fields(new) | {"version": VERSION + 1, "mood": "calm", "masks": "[]"}
        unknown: dict[str, dict[str, object]] = {
            "settings": {"histogram_weight": 0.5, "regions": [1, 2]},
            "options": {"webhook": "https://example.org"},
            "inputs": {"mask": None},
        }
        for name, more in unknown.items():
            fields[name] = json.dumps({**json.loads(str(fields[name])), **more})
        pairs = [part for pair in fields.items() for part in pair]
        bounds = UNBOUNDED, UNBOUNDED, "", "", new.owner, UNBOUNDED, UNBOUNDED
        assert self._scripts.run("create", job_id, *bounds, *pairs) is None
        return job_id

    def claim_next(self) -> Claim:
        claim = self._jobs.claim_next(LATER, 30)
        assert claim is not None
        self._redis.hset(f"gw:job:{claim.job_id}", "version", VERSION + 1)
        return claim

    def report(self, claim: Claim) -> None:
        values: dict[str, Any] = {**json.loads(progress(5).model_dump_json()), "temperature": 7}
        values["loss"]["histogram"] = 0.5
        event = json.dumps({"progress": values, "eta_seconds": 9, "watts": 120})
        fields = ("progress", json.dumps(values), "eta_seconds", 9, "watts", 120)
        for kind, data in (("progress", event), ("heat", '"warm"')):
            assert self._scripts.run(
                "report", claim.job_id, claim.attempt, 30_000, kind, data, *fields
            )

    def release(self, claim: Claim) -> None:
        assert self._scripts.run("release", claim.job_id, claim.attempt, "moved to a cheaper GPU")

    def succeed(self, claim: Claim) -> None:
        self._jobs.succeed(claim, "result of the later version")


@pytest.fixture
def later(redis: Connection) -> LaterStore:
    """Return the store of a later version over the same Redis."""
    return LaterStore(redis)


def test_today_reads_claims_and_ends_a_job_of_a_later_version(
    jobs: JobStore, redis: Connection, later: LaterStore
) -> None:
    job_id = later.create()
    job = jobs.get(job_id)
    assert (job.settings, job.options) == (StyleSettings(size=64), JobOptions())
    assert (job.owner, job.position) == ("owner", 1)
    claim = jobs.claim_next(TODAY, 30)
    assert claim == Claim(job_id, 1)
    jobs.report(claim, progress(2), 4.0)
    jobs.save_checkpoint(claim, "checkpoint")
    jobs.succeed(claim, "result")
    assert jobs.get(job_id).state is JobState.SUCCEEDED
    assert redis.hget(f"gw:job:{job_id}", "mood") == "calm"


def test_a_later_version_claims_and_ends_a_job_of_today(jobs: JobStore, later: LaterStore) -> None:
    job_id = queued(jobs)
    claim = later.claim_next()
    later.report(claim)
    job = jobs.get(job_id)
    assert (job.state, job.worker, job.eta_seconds) == (JobState.RUNNING, "later", 9)
    assert job.progress is not None
    assert job.progress.evaluation == 5
    assert job.progress.loss == {**progress(5).loss, "histogram": 0.5}
    kinds = [event.kind for event in events_after(jobs, job_id)]
    assert kinds == ["state", "progress", "heat"]
    later.succeed(claim)
    assert jobs.get(job_id).result == "result of the later version"


def test_a_job_goes_from_one_version_to_the_other_and_back(
    jobs: JobStore, later: LaterStore
) -> None:
    for job_id in (queued(jobs), later.create()):
        theirs = later.claim_next()
        later.report(theirs)
        later.release(theirs)
        assert jobs.get(job_id).log[-1].reason == "moved to a cheaper GPU"
        ours = jobs.claim_next(TODAY, 30)
        assert ours == Claim(job_id, 2)
        jobs.report(ours, progress(6), None)
        jobs.release(ours, "for the test")
        again = later.claim_next()
        assert again == Claim(job_id, 3)
        later.succeed(again)
        assert jobs.get(job_id).state is JobState.SUCCEEDED


def test_jobs_of_both_versions_are_listed_counted_and_ordered(
    jobs: JobStore, redis: Connection, later: LaterStore
) -> None:
    ids = [later.create(), queued(jobs, owner="owner"), later.create()]
    listed = jobs.page(10).jobs
    assert all(isinstance(each, Job) for each in listed)
    assert [each.id for each in listed] == ids[::-1]
    assert JobQueue(redis).order() == ids
    assert [each.job_id for each in JobQueue(redis).workload()] == ids


def test_a_failed_or_cancelled_job_of_a_later_version_is_retried_and_deleted(
    jobs: JobStore, redis: Connection, later: LaterStore
) -> None:
    job_id = later.create()
    later.claim_next()
    fault = {"code": "gpu_on_fire", "parameters": {"degrees": 451}, "hint": "call somebody"}
    assert Scripts(redis).run("finish", job_id, 1, "failed", "error", json.dumps(fault))
    error = jobs.get(job_id).error
    assert error is not None
    assert (error.code, error.parameters) == ("gpu_on_fire", {"degrees": 451})
    jobs.retry(job_id)
    assert jobs.cancel(job_id)
    assert jobs.delete(job_id)
    assert [key for key in redis.keys("*") if job_id in key and redis.ttl(key) < 0] == []


def test_a_worker_of_a_later_version_is_listed(redis: Connection) -> None:
    described = {"name": "later", "pixels": 100, "device": "tpu", "watts": 120}
    redis.hset("gw:workers", "later", json.dumps(described))
    Workers(redis).heartbeat("later")
    assert Workers(redis).live() == [Worker(name="later", pixels=100, device="tpu")]


@pytest.mark.parametrize(
    "announced", ["", "{", "[]", "7", "{}", '{"name": "later", "pixels": "?"}']
)
def test_an_unreadable_announcement_of_a_worker_stops_no_other_worker(
    jobs: JobStore, redis: Connection, announced: str
) -> None:
    workers = Workers(redis)
    _online(redis, TODAY)
    redis.hset("gw:workers", "later", announced)
    workers.heartbeat("later")
    assert [worker.name for worker in workers.live()] == ["today"]
    queued(jobs)
    jobs.lose(claimed(jobs, TODAY), "error")  # no other could take it, so there is no pause
    claimed(jobs, TODAY)


SMALL = Capability("small", 100)


@pytest.fixture
def unreadable(jobs: JobStore, redis: Connection) -> str:
    """Return the id of a job that a later version can read, and today's cannot."""
    job_id = queued(jobs)
    redis.hset(f"gw:job:{job_id}", "settings", '{"size": "automatic"}')
    return job_id


def _online(redis: Connection, *capabilities: Capability) -> None:
    for each in capabilities:
        announce(Workers(redis), Worker(name=each.worker, pixels=each.pixels))


def _decline(jobs: JobStore, by: Capability = TODAY) -> Claim:
    claim = claimed(jobs, by)
    with pytest.raises(RecordUnreadable) as error:
        jobs.get(claim.job_id)
    jobs.decline(claim, error.value)
    return claim


def test_a_job_that_today_s_worker_cannot_read_is_left_to_a_later_one(
    jobs: JobStore, redis: Connection, later: LaterStore, unreadable: str
) -> None:
    _online(redis, TODAY, LATER)
    other = queued(jobs)
    assert _decline(jobs) == Claim(unreadable, 1)
    assert claimed(jobs, TODAY) == Claim(other, 1)  # not the first again
    jobs.succeed(Claim(other, 1), "result")
    assert jobs.claim_next(TODAY, 30) is None
    claim = later.claim_next()
    assert claim == Claim(unreadable, 2)
    later.succeed(claim)
    assert redis.hget(f"gw:job:{unreadable}", "state") == "succeeded"


def test_declining_counts_neither_as_a_failure_nor_as_a_loss(
    jobs: JobStore, redis: Connection, unreadable: str
) -> None:
    _online(redis, TODAY, LATER)
    _decline(jobs)
    assert not redis.exists("gw:failures:today", f"gw:lost:{unreadable}")
    assert json.loads(str(redis.lindex(f"gw:log:{unreadable}", -1)))["reason"] == "unreadable"


@pytest.mark.parametrize("others", [(), (SMALL,), (LATER,)])
def test_a_job_that_nobody_online_can_read_fails_with_the_reason(
    jobs: JobStore, redis: Connection, unreadable: str, others: tuple[Capability, ...]
) -> None:
    _online(redis, TODAY, *others)
    claim = _decline(jobs)
    if LATER in others:
        assert redis.hget(f"gw:job:{unreadable}", "state") == "queued"
        claim = _decline(jobs, LATER)
    assert redis.hget(f"gw:job:{unreadable}", "state") == "failed"
    error = json.loads(str(redis.hget(f"gw:job:{unreadable}", "error")))
    assert error["code"] == "record_unreadable"
    with pytest.raises(Superseded):
        jobs.decline(claim, RecordUnreadable(id=unreadable, reason="again"))


def test_a_retry_lets_every_worker_try_to_read_it_again(
    jobs: JobStore, redis: Connection, unreadable: str
) -> None:
    _online(redis, TODAY)
    _decline(jobs)
    jobs.retry(unreadable)
    _online(redis, LATER)
    assert claimed(jobs, TODAY) == Claim(unreadable, 2)


@pytest.mark.parametrize("damage", ["", "[", "7", "null"])
def test_a_damaged_list_of_decliners_stops_no_worker(
    jobs: JobStore, redis: Connection, damage: str
) -> None:
    _online(redis, TODAY, LATER)
    redis.hset(f"gw:job:{queued(jobs)}", "declined_by", damage)
    claimed(jobs, TODAY)


def test_every_new_record_has_a_version(jobs: JobStore, redis: Connection) -> None:
    assert redis.hget(f"gw:job:{queued(jobs)}", "version") == "1"
