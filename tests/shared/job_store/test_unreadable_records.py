"""Records that are damaged or of an unknown version are shown, can be deleted, and stop no job."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.errors import RecordUnreadable
from shared.job import Job, JobState
from shared.job_store import Claim, JobQueue, JobStore, UnreadableJob
from shared.job_store.connection import Connection
from shared.job_store.records import from_fields
from tests.shared.job_store.transitions import ANOTHER, ANY, claimed, in_state, progress, queued

PARTS = ("progress", "error", "fallbacks", "eta_seconds", "fallback_step", "finished_at")
DAMAGE: dict[str, tuple[str, str | None]] = {
    "an unknown state": ("state", "archived"),
    "no state": ("state", None),
    "settings that are not JSON": ("settings", '{"size": 4'),
    "settings that are not an object": ("settings", "[]"),
    "settings that are null": ("settings", "null"),
    "a setting of another type": ("settings", '{"size": "large"}'),
    "no settings": ("settings", None),
    "options that are not an object": ("options", "7"),
    "an unknown value of an option": ("options", '{"priority": "urgent"}'),
    "inputs without a picture": ("inputs", "{}"),
    "inputs that are not an object": ("inputs", '"a"'),
    "an attempt that is not a number": ("attempt", "one"),
    "pixels that are not a number": ("pixels", "many"),
    "no time of creation": ("created_at", None),
    "a time out of range": ("created_at", "9" * 30),
    "deep JSON": ("settings", "[" * 100_000),
}


def _damage(redis: Connection, job_id: str, field: str, value: str | None) -> None:
    if value is None:
        redis.hdel(f"gw:job:{job_id}", field)
    else:
        redis.hset(f"gw:job:{job_id}", field, value)


def _left_of(redis: Connection, job_id: str) -> list[str]:
    """Return the keys that name a job, or hold it as a member."""
    read: dict[str, Callable[[str], object]] = {
        "zset": lambda key: redis.zrange(key, 0, -1),
        "hash": redis.hgetall,
        "list": lambda key: redis.lrange(key, 0, -1),
    }
    keys = [str(key) for key in redis.keys("gw:*") if redis.ttl(key) < 0]
    values = {key: read.get(str(redis.type(key)), str)(key) for key in keys}
    return [key for key, value in values.items() if job_id in f"{key} {value}"]


@pytest.mark.parametrize("state", JobState)
@pytest.mark.parametrize("damage", DAMAGE)
def test_it_is_listed_as_unreadable_among_the_others(
    jobs: JobStore, redis: Connection, damage: str, state: JobState
) -> None:
    job_id = in_state(jobs, state).job_id
    created = jobs.get(job_id).created_at
    other = queued(jobs)
    field, value = DAMAGE[damage]
    _damage(redis, job_id, field, value)
    shown, unreadable = jobs.page(10).jobs
    assert isinstance(shown, Job)
    assert shown.id == other
    assert isinstance(unreadable, UnreadableJob)
    assert unreadable.id == job_id
    assert unreadable.reason
    assert len(unreadable.reason) < 500
    assert unreadable.created_at == (None if field == "created_at" else created)
    with pytest.raises(RecordUnreadable) as error:
        jobs.get(job_id)
    assert error.value.parameters == {"id": job_id, "reason": unreadable.reason}


@pytest.mark.parametrize("state", JobState)
@pytest.mark.parametrize("damage", DAMAGE)
def test_it_can_be_deleted_in_every_state(
    jobs: JobStore, redis: Connection, damage: str, state: JobState
) -> None:
    claim = in_state(jobs, state)
    _damage(redis, claim.job_id, *DAMAGE[damage])
    jobs.cancel(claim.job_id)  # only what is not live can be deleted
    assert jobs.delete(claim.job_id)
    assert jobs.page(10).jobs == []
    assert _left_of(redis, claim.job_id) == []
    assert JobQueue(redis).load() == (0, 0)
    assert JobQueue(redis).running_count() == 0
    assert not jobs.delete(claim.job_id)


@pytest.mark.parametrize("field", ["priority", "owner", "number", "tag", "work", "bytes", "pixels"])
@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.RUNNING])
def test_a_missing_field_that_the_queue_needs_stops_no_other_job(
    jobs: JobStore, redis: Connection, field: str, state: JobState
) -> None:
    damaged = in_state(jobs, state).job_id
    other = queued(jobs)
    _damage(redis, damaged, field, None)
    jobs.requeue_expired()
    started = [
        claim.job_id for claim in (jobs.claim_next(ANOTHER, 30), jobs.claim_next(ANY, 30)) if claim
    ]
    assert other in started
    assert jobs.requeue_expired() == 0
    jobs.cancel(damaged)
    jobs.delete(damaged)
    jobs.succeed(Claim(other, 1), "result")
    assert _left_of(redis, damaged) == []
    assert JobQueue(redis).order() == []
    assert JobQueue(redis).load().jobs == 0


@pytest.mark.parametrize("field", ["priority", "owner", "number", "tag", "work", "bytes", "pixels"])
def test_the_loss_of_a_damaged_job_s_worker_is_noticed(
    jobs: JobStore, redis: Connection, field: str
) -> None:
    queued(jobs), queued(jobs)
    damaged, other = claimed(jobs, ANY, 0), claimed(jobs, ANOTHER, 0)
    _damage(redis, damaged.job_id, field, None)
    assert jobs.requeue_expired() == 2
    assert jobs.get(other.job_id).state is JobState.QUEUED


@pytest.mark.parametrize("field", sorted(PARTS))
@pytest.mark.parametrize("value", ["", "{", "[]", "7", "null", '{"of": "later"}', "[[]]", "[7]"])
def test_an_unreadable_part_hides_only_itself(
    jobs: JobStore, redis: Connection, field: str, value: str
) -> None:
    claim = in_state(jobs, JobState.SUCCEEDED)
    _damage(redis, claim.job_id, field, value)
    assert jobs.get(claim.job_id).result == f"jobs/{claim.job_id}/1/result.png"


@pytest.mark.parametrize(
    "line",
    ["", "{", "[]", "7", "{}", '{"state": "archived", "at": 1, "attempt": 1}', '{"at": "x"}'],
)
def test_an_unreadable_log_entry_is_left_out(jobs: JobStore, redis: Connection, line: str) -> None:
    claim = in_state(jobs, JobState.SUCCEEDED)
    log = jobs.get(claim.job_id).log
    redis.lset(f"gw:log:{claim.job_id}", 1, line)
    assert jobs.get(claim.job_id).log == [log[0], log[2]]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("size", 8192),
        ("iterations", 9000),
        ("tv_weight", 2.0),
        ("pyramid", 9),
        ("size", 16),
        ("style_layers", {"block1_conv1": 2000.0}),
        ("deprocess_means", [999.0, 0.0, 0.0]),
    ],
)
def test_a_value_beyond_today_s_bounds_is_read_as_it_was_stored(
    jobs: JobStore, redis: Connection, name: str, value: object
) -> None:
    job_id = in_state(jobs, JobState.SUCCEEDED).job_id
    record = json.loads(jobs.get(job_id).settings.model_dump_json())
    redis.hset(f"gw:job:{job_id}", "settings", json.dumps({**record, name: value}))
    stored = json.loads(jobs.get(job_id).settings.model_dump_json())
    assert stored == {**record, name: value}


texts = st.one_of(
    st.text(max_size=20),
    st.integers().map(str),
    st.floats().map(str),
    st.sampled_from(["null", "[]", "{}", '{"size": null}', "nan", "inf", "-1", "true"]),
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False)
        | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    ).map(json.dumps),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_text_in_any_field_raises(
    jobs: JobStore, redis: Connection, data: st.DataObject
) -> None:
    redis.flushdb()
    claim = in_state(jobs, JobState.RUNNING)
    jobs.report(claim, progress(), 3.0)
    record: Any = redis.hgetall(f"gw:job:{claim.job_id}")
    field = data.draw(st.sampled_from(sorted({*record, "error", "fallbacks", "fallback_step"})))
    damaged = {**record, field: data.draw(texts)}
    read = from_fields(claim.job_id, damaged, [data.draw(texts)], None)
    assert isinstance(read, Job | UnreadableJob)


def test_an_unreadable_job_is_deleted_after_its_retention(
    jobs: JobStore, redis: Connection
) -> None:
    job_id = in_state(jobs, JobState.SUCCEEDED).job_id
    redis.hset(f"gw:job:{job_id}", "state", "archived")
    assert jobs.ended_before(0) == [job_id]
    assert jobs.delete(job_id)
    assert jobs.ended_before(0) == []


def test_an_id_without_a_record_is_removed_once(jobs: JobStore, redis: Connection) -> None:
    job_id = in_state(jobs, JobState.SUCCEEDED).job_id
    redis.delete(f"gw:job:{job_id}")
    assert jobs.ended_before(0) == [job_id]
    jobs.delete(job_id)
    assert jobs.ended_before(0) == []
    assert _left_of(redis, job_id) == []


def test_the_reason_names_the_field(jobs: JobStore, redis: Connection) -> None:
    job_id = queued(jobs)
    redis.hset(f"gw:job:{job_id}", "settings", '{"size": "large"}')
    unreadable = jobs.page(1).jobs[0]
    assert isinstance(unreadable, UnreadableJob)
    assert "size" in unreadable.reason
    assert unreadable.created_at is not None
    assert unreadable.created_at <= datetime.now(UTC)
