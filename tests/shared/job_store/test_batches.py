"""A batch is accepted whole or not at all, and its jobs are made exactly once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.errors import (
    BatchNotFound,
    IdempotencyKeyReused,
    OutOfMemory,
    OwnerQuotaReached,
    QueueFull,
    StoreUnavailable,
)
from shared.job import JobState
from shared.job_store import (
    UNBOUNDED,
    Batches,
    JobStore,
    KeyedRequest,
    Load,
    Workers,
    connect,
    new_id,
)
from shared.job_store.connection import Connection
from shared.job_store.workers import Worker
from tests.own_redis import OwnRedis
from tests.parts import queue_of
from tests.shared.job_store.new_batches import accepted, batches_of, interrupted, new_batch
from tests.shared.job_store.online_workers import announce
from tests.shared.job_store.transitions import claimed, progress, queued

REQUEST = KeyedRequest("alice:key", "content")
PIXELS = 64 * 85  # of each result
KEPT = 1500 + 10 * PIXELS  # bytes that each job keeps


@pytest.fixture
def batches(jobs: JobStore) -> Batches:
    return batches_of(jobs)


def usage(redis: Connection, owner: str = "alice") -> tuple[int, int, int]:
    """Return an owner's live jobs, planned jobs and kept bytes."""
    kept, planned = redis.hget("gw:kept", owner), redis.hget("gw:planned", owner)
    return redis.scard(f"gw:live:{owner}"), int(planned or 0), int(kept or 0)


def test_each_job_is_an_ordinary_one_in_the_batch_s_order(jobs: JobStore, batches: Batches) -> None:
    batch_id = accepted(jobs, 2, 2, sizes=(64, 96), priority="high")
    batch = batches.get(batch_id)
    assert queue_of(jobs).order() == [each.id for each in batch.jobs]
    made = [jobs.get(each.id) for each in batch.jobs]
    assert {(job.batch, job.owner, job.options.priority) for job in made} == {
        (batch_id, "alice", "high")
    }
    keys = [(job.inputs.content.key[-5:], job.inputs.styles[0].key[-5:]) for job in made[::2]]
    assert keys == [
        (content, style) for content in ("0.png", "1.png") for style in ("2.png", "3.png")
    ]
    assert [job.settings.size for job in made] == [64, 96] * 4
    assert batch.numbers(5) == {"content": 1, "style": 0, "settings": 1}


def test_its_jobs_count_for_the_queue_and_the_owner_as_any_do(
    jobs: JobStore, redis: Connection
) -> None:
    accepted(jobs)
    assert queue_of(jobs).load() == Load(6, 6 * 1500)
    assert usage(redis) == (6, 0, 6 * KEPT)


FULL = {  # a batch of six jobs, where two are queued
    "queued jobs": (Load(7, 10**9), UNBOUNDED, QueueFull, "jobs", 7, 6),
    "queued bytes": (Load(9, 10_000), UNBOUNDED, QueueFull, "bytes", 10_000, 9000),
    "live jobs": (UNBOUNDED, Load(7, 10**9), OwnerQuotaReached, "jobs", 7, 6),
    "kept bytes": (UNBOUNDED, Load(9, 6 * KEPT), OwnerQuotaReached, "bytes", 6 * KEPT, 6 * KEPT),
}


@pytest.mark.parametrize("bound", FULL)
def test_a_batch_that_has_no_room_leaves_nothing_behind(
    jobs: JobStore, batches: Batches, redis: Connection, bound: str
) -> None:
    bounds, of_owner, error, *said = FULL[bound]
    for job in new_batch("x").jobs[:2]:
        jobs.create(new_id(), job)
    before = sorted(redis.keys("*"))
    batch_id = new_id()
    with pytest.raises(error) as refused:
        batches.create(batch_id, new_batch(batch_id), bounds, of_owner)
    assert list(refused.value.parameters.values()) == said
    assert sorted(redis.keys("*")) == before
    assert (queue_of(jobs).load().jobs, usage(redis)[:2]) == (2, (2, 0))


def test_a_batch_that_just_has_room_is_accepted(jobs: JobStore, batches: Batches) -> None:
    batch_id = new_id()
    bounds, of_owner = Load(6, 9000), Load(6, 6 * KEPT)
    batches.create(batch_id, new_batch(batch_id), bounds, of_owner)
    assert queue_of(jobs).load().jobs == 6


def test_planned_jobs_count_before_they_are_made(jobs: JobStore, redis: Connection) -> None:
    interrupted(jobs)
    assert queue_of(jobs).load() == Load(6, 6 * 1500)
    assert usage(redis) == (2, 4, 6 * KEPT)
    new = new_batch("x").jobs[0]
    with pytest.raises(QueueFull):
        jobs.create(new_id(), new, Load(6, 10**9))
    with pytest.raises(OwnerQuotaReached):
        jobs.create(new_id(), new, UNBOUNDED, Load(6, 10**9))
    with pytest.raises(OwnerQuotaReached):
        jobs.check_owner("alice", Load(7, 10**9), 2)
    jobs.check_owner("alice", Load(7, 10**9))


def test_what_was_interrupted_is_completed_without_doubles(
    jobs: JobStore, batches: Batches, redis: Connection
) -> None:
    batch_id = interrupted(jobs)
    counts = batches.get(batch_id).counts
    assert (counts["queued"], counts["planned"]) == (2, 4)
    claim = claimed(jobs)  # what was made is painted, and may be deleted, meanwhile
    jobs.succeed(claim, "key")
    jobs.delete(claim.job_id)
    assert batches.planned() == [batch_id]
    for _ in range(2):
        batches.create_planned(batch_id)
    counts = batches.get(batch_id).counts
    assert (counts["queued"], counts["deleted"], counts["planned"]) == (5, 1, 0)
    assert batches.planned() == []
    assert queue_of(jobs).load() == Load(5, 5 * 1500)
    assert usage(redis) == (5, 0, 5 * KEPT)


def test_many_complete_a_batch_at_once_and_each_job_is_made_once(
    jobs: JobStore, batches: Batches, redis: Connection
) -> None:
    batch_id = interrupted(jobs, 30, 4)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: batches_of(jobs).create_planned(batch_id), range(8)))
    assert queue_of(jobs).order() == [job.id for job in batches.get(batch_id).jobs]
    assert usage(redis) == (120, 0, 120 * KEPT)


def test_the_same_request_gets_the_same_batch(jobs: JobStore, batches: Batches) -> None:
    ids = [new_id() for _ in range(2)]
    made = [batches.create(each, new_batch(each), request=REQUEST) for each in ids]
    assert made == [ids[0], ids[0]]
    other = REQUEST._replace(content="other")
    with pytest.raises(IdempotencyKeyReused) as error:
        batches.create(new_id(), new_batch("x"), request=other)
    assert error.value.parameters["id"] == ids[0]
    assert queue_of(jobs).load().jobs == 6


def test_an_answer_that_is_lost_makes_no_second_batch(jobs: JobStore, batches: Batches) -> None:
    batch_id = new_id()
    for _ in range(2):  # redis-py sends the script again
        batches.create(batch_id, new_batch(batch_id))
    assert queue_of(jobs).load().jobs == 6
    assert len(batches.page(10).batches) == 1


def test_cancelling_ends_what_is_live_and_says_how_many(jobs: JobStore, batches: Batches) -> None:
    batch_id = accepted(jobs)
    jobs.succeed(claimed(jobs), "key")
    jobs.fail(claimed(jobs), OutOfMemory(width=1, height=1))
    deleted = claimed(jobs).job_id
    jobs.cancel(deleted)
    jobs.delete(deleted)
    claimed(jobs)
    other = queued(jobs)
    assert batches.cancel(batch_id) == 3
    batch = batches.get(batch_id)
    assert {state: count for state, count in batch.counts.items() if count} == {
        "succeeded": 1, "failed": 1, "cancelled": 3, "deleted": 1,
    }  # fmt: skip # a row
    assert batch.is_over
    assert batches.cancel(batch_id) == 0
    assert jobs.get(other).state is JobState.QUEUED


def test_a_batch_that_was_interrupted_can_be_cancelled(
    jobs: JobStore, batches: Batches, redis: Connection
) -> None:
    batch_id = interrupted(jobs)
    assert batches.cancel(batch_id) == 6
    assert batches.get(batch_id).counts["cancelled"] == 6
    assert queue_of(jobs).load() == Load(0, 0)
    assert usage(redis) == (0, 0, 6 * KEPT)


def test_progress_is_of_the_work(jobs: JobStore, batches: Batches) -> None:
    batch = batches.get(accepted(jobs, 1, 1, sizes=(64, 128)))
    small, large = (jobs.get(job.id).work for job in batch.jobs)
    assert batch.progress == 0
    claim = claimed(jobs)
    jobs.report(claim, progress(5, 10), 3.5)
    running = batches.get(batch.id)
    assert running.progress == pytest.approx(small / 2 / (small + large))
    assert (running.jobs[0].eta_seconds, running.jobs[1].position) == (3.5, 1)
    jobs.succeed(claim, "key")
    assert batches.get(batch.id).progress == pytest.approx(small / (small + large))
    jobs.delete(claim.job_id)
    jobs.cancel(batch.jobs[1].id)
    ended = batches.get(batch.id)
    assert (ended.progress, ended.is_over) == (1, True)


def test_positions_are_those_of_the_jobs(jobs: JobStore, batches: Batches) -> None:
    queued(jobs, priority="high", owner="bob")
    batch = batches.get(accepted(jobs))
    queued(jobs, owner="bob")
    batch = batches.get(batch.id)
    assert [job.position for job in batch.jobs] == [jobs.get(job.id).position for job in batch.jobs]


def test_each_owner_has_a_list_and_an_operator_all(jobs: JobStore, batches: Batches) -> None:
    mine = [accepted(jobs, 1, 1) for _ in range(3)]
    theirs = accepted(jobs, 1, 1, owner="bob")
    page = batches.page(2, owner="alice")
    assert [each.id for each in page.batches] == [mine[2], mine[1]]
    last = batches.page(2, page.cursor, "alice")
    assert ([each.id for each in last.batches], last.cursor) == ([mine[0]], None)
    assert [each.id for each in batches.page(9).batches] == [theirs, *reversed(mine)]


def test_a_batch_without_jobs_is_deleted_and_no_other(jobs: JobStore, batches: Batches) -> None:
    empty, kept, planned = accepted(jobs, 1, 2), accepted(jobs, 1, 2), interrupted(jobs)
    for batch_id, job_ids in ((empty, slice(None)), (kept, slice(1)), (planned, slice(2))):
        for job in batches.get(batch_id).jobs[job_ids]:
            jobs.cancel(job.id)
            jobs.delete(job.id)
    assert batches.delete_empty() == [empty]
    assert [each.id for each in batches.page(9).batches] == [planned, kept]
    assert not batches.exists(empty)
    with pytest.raises(BatchNotFound):
        batches.get(empty)


def test_a_damaged_record_is_readable(jobs: JobStore, batches: Batches, redis: Connection) -> None:
    batch_id = accepted(jobs)
    batch = batches.get(batch_id)
    redis.hset(f"gw:batch:{batch_id}", mapping={"settings": "{", "options": "[]", "work": "much"})
    redis.hset(f"gw:job:{batch.jobs[0].id}", "state", "levitating")
    redis.hset(f"gw:job:{batch.jobs[1].id}", mapping={"work": "", "pixels": "x", "priority": "top"})
    damaged = batches.get(batch_id)
    assert damaged.settings == [{}]
    assert (damaged.counts["unreadable"], damaged.counts["queued"]) == (1, 5)
    assert 0 <= damaged.progress <= 1


def test_without_its_replica_a_batch_is_not_accepted(own_redis: OwnRedis) -> None:
    jobs = JobStore(connect(own_redis.url))
    batch_id = new_id()
    with pytest.raises(StoreUnavailable):
        batches_of(jobs, replicas=1).create(batch_id, new_batch(batch_id), request=REQUEST)
    assert queue_of(jobs).load() == Load(0, 0)
    other = new_id()
    assert batches_of(jobs).create(other, new_batch(other), request=REQUEST) == other
    jobs._connection.close()


def test_a_read_costs_the_same_in_a_long_queue(
    jobs: JobStore, batches: Batches, redis: Connection
) -> None:
    announce(Workers(redis), Worker(name="online", pixels=1))
    batch_id = accepted(jobs)
    batches.get(batch_id)

    def commands() -> dict[str, int]:
        redis.config_resetstat()
        batches.get(batch_id)
        counted = redis.info("commandstats")
        return {name: each["calls"] for name, each in counted.items() if "config" not in name}

    before = commands()
    for _ in range(100):
        queued(jobs)
    assert commands() == before
