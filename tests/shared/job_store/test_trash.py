"""The trash: what is in it is in no list, is restored exactly, and is deleted for good in time."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from shared.errors import JobInTrash, JobNotFound
from shared.job import ENDED, JobState
from shared.job_store import JobStore, Moved, Restored
from shared.job_store.connection import Connection
from shared.job_store.keys import lua_constants
from shared.job_store.scripts import _FOLDER
from tests.parts import trash_of
from tests.shared.job_store.transitions import ANY, claimed, in_state, queued

LONG = 3600.0
TRASH_KEYS = ("KEY.TRASH", "owned_trash_key(id)")


def _dumped(redis: Connection) -> Mapping[str, object]:
    """Return all that Redis has, but for the counter and the answers to claims."""
    read: dict[str, Callable[[str], object]] = {
        "hash": redis.hgetall,
        "list": lambda key: redis.lrange(key, 0, -1),
        "set": redis.smembers,
        "stream": redis.xrange,
        "string": redis.get,
        "zset": lambda key: redis.zrange(key, 0, -1, withscores=True),
    }
    keys: Any = redis.keys("gw:*")
    kinds: dict[str, Any] = {key: redis.type(key) for key in keys if key != "gw:sequence"}
    return {key: read[kind](key) for key, kind in kinds.items()}


def _in_trash(jobs: JobStore, owner: str | None = None) -> list[str]:
    return [job.id for job in trash_of(jobs).page(100, None, owner).jobs]


def _listed(jobs: JobStore, owner: str | None = None) -> list[str]:
    return [job.id for job in jobs.page(100, None, owner).jobs]


def _ended(jobs: JobStore, owner: str = "alice") -> str:
    job_id = queued(jobs, owner=owner)
    jobs.succeed(claimed(jobs), f"jobs/{job_id}/1/result.png", f"jobs/{job_id}/1/pixels.npz")
    return job_id


@pytest.mark.parametrize("state", sorted(ENDED))
def test_a_job_in_the_trash_is_in_no_list_and_is_restored_exactly(
    jobs: JobStore, redis: Connection, state: JobState
) -> None:
    older = in_state(jobs, JobState.CANCELLED).job_id
    job_id, newer = in_state(jobs, state).job_id, queued(jobs)
    jobs.share(job_id, "hash of a link")
    before = _dumped(redis)
    for _ in range(2):  # sent again because the answer was lost
        assert trash_of(jobs).move(job_id)
    with pytest.raises(JobInTrash):
        jobs.get(job_id)
    assert jobs.find(job_id).deleted_at
    assert _in_trash(jobs) == [job_id]
    assert _listed(jobs) == [newer, older]
    for _ in range(2):
        trash_of(jobs).restore(job_id)
    assert _dumped(redis) == before
    assert _listed(jobs) == [newer, job_id, older]


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.RUNNING])
def test_a_live_job_is_not_moved(jobs: JobStore, state: JobState) -> None:
    job_id = in_state(jobs, state).job_id
    assert not trash_of(jobs).move(job_id)
    assert jobs.get(job_id).state is state


def test_an_unknown_job_is_neither_moved_nor_restored(jobs: JobStore, redis: Connection) -> None:
    assert not trash_of(jobs).move("none")
    with pytest.raises(JobNotFound):
        trash_of(jobs).restore("none")
    assert redis.keys("gw:*") == []


def test_an_unreadable_record_is_moved_and_restored(jobs: JobStore, redis: Connection) -> None:
    job_id = queued(jobs)
    redis.hset(f"gw:job:{job_id}", "state", "levitating")
    assert trash_of(jobs).move(job_id)
    with pytest.raises(JobInTrash):
        jobs.get(job_id)
    trash_of(jobs).restore(job_id)
    assert _listed(jobs) == [job_id]


def test_the_last_deleted_comes_first_and_each_owner_sees_own_jobs(jobs: JobStore) -> None:
    first, second, other = _ended(jobs), _ended(jobs), _ended(jobs, "bob")
    for job_id in (second, other, first):
        trash_of(jobs).move(job_id)
    assert _in_trash(jobs) == [first, other, second]
    assert _in_trash(jobs, "alice") == [first, second]
    page = trash_of(jobs).page(1, None, "alice")
    assert [job.id for job in trash_of(jobs).page(1, page.cursor, "alice").jobs] == [second]


def test_bytes_count_until_a_job_is_deleted_for_good(jobs: JobStore, redis: Connection) -> None:
    job_id = _ended(jobs)
    kept = redis.hget("gw:kept", "alice")
    trash_of(jobs).move(job_id)
    assert redis.hget("gw:kept", "alice") == kept
    assert jobs.delete(job_id)
    assert redis.hget("gw:kept", "alice") is None
    with pytest.raises(JobNotFound):
        trash_of(jobs).restore(job_id)


def test_a_job_in_the_trash_is_not_retried(jobs: JobStore) -> None:
    job_id = in_state(jobs, JobState.FAILED).job_id
    trash_of(jobs).move(job_id)
    with pytest.raises(JobInTrash):
        jobs.retry(job_id)
    assert jobs.claim_next(ANY, 30) is None


def test_only_what_was_deleted_long_enough_ago_is_deleted_for_good(
    jobs: JobStore, redis: Connection
) -> None:
    old, recent, kept = _ended(jobs), _ended(jobs), _ended(jobs)
    for job_id in (old, recent):
        trash_of(jobs).move(job_id)
    redis.hincrby(f"gw:job:{old}", "deleted_at", -2 * round(LONG) * 1000)
    redis.hincrby(f"gw:job:{old}", "finished_at", -2 * round(LONG) * 1000)
    assert trash_of(jobs).empty(LONG).ids == [old]
    assert trash_of(jobs).empty(LONG).ids == []
    assert (_in_trash(jobs), _listed(jobs)) == ([recent], [kept])
    trash_of(jobs).restore(recent)
    assert trash_of(jobs).empty().ids == []


def test_a_job_that_was_deleted_for_good_leaves_nothing_behind(
    jobs: JobStore, redis: Connection
) -> None:
    for state in sorted(ENDED):
        trash_of(jobs).move(in_state(jobs, state).job_id)
    assert len(trash_of(jobs).empty(owner="").ids) == 3
    of_the_queue = ("sequence", "load", "indexed", "virtual", "finish:normal")
    assert {key for key in redis.keys("gw:*") if redis.ttl(key) < 0} == {
        f"gw:{name}" for name in of_the_queue
    }


def test_all_of_an_owner_are_deleted_and_restored_in_parts(
    jobs: JobStore,
) -> None:
    earlier, other = _ended(jobs), _ended(jobs, "bob")
    trash_of(jobs).move(earlier)
    ids = [_ended(jobs) for _ in range(5)]
    since, cursor = trash_of(jobs).last_number(), None
    for moved in (2, 2, 1):
        part = trash_of(jobs).move_owned("alice", cursor, cancel=False, most=2)
        assert part.jobs == moved
        cursor = part.cursor
        late = _ended(jobs)  # submitted meanwhile
    assert cursor is None
    assert set(_in_trash(jobs)) == {*ids, earlier}
    assert late in _listed(jobs, "alice")
    restored = [trash_of(jobs).restore_owned("alice", since, most=2) for _ in range(3)]
    assert restored == [Restored(2, True), Restored(2, True), Restored(1, False)]
    assert _in_trash(jobs) == [earlier]
    assert set(ids) <= set(_listed(jobs, "alice"))
    assert other in _listed(jobs)


def test_live_jobs_stay_unless_they_are_to_be_cancelled(jobs: JobStore) -> None:
    running, waiting = queued(jobs, owner="alice"), queued(jobs, owner="alice")
    claimed(jobs)
    assert trash_of(jobs).move_owned("alice", None, cancel=False) == Moved(0, 0, None)
    assert trash_of(jobs).move_owned("alice", None, cancel=True) == Moved(2, 2, None)
    trash_of(jobs).restore_owned("alice", 0)
    assert _listed(jobs) == [waiting, running]
    assert {jobs.get(each).state for each in (running, waiting)} == {JobState.CANCELLED}
    assert jobs.claim_next(ANY, 30) is None


def test_a_clock_that_was_set_back_keeps_no_job_out_of_the_trash(
    jobs: JobStore, redis: Connection
) -> None:
    job_id = _ended(jobs)
    redis.hincrby(f"gw:job:{job_id}", "finished_at", round(LONG) * 1000)
    trash_of(jobs).move(job_id)
    assert jobs.find(job_id).deleted_at
    assert trash_of(jobs).empty(LONG).ids == []


def _older_script(name: str, *without: str) -> str:
    """Return a script as a version that does not know the trash has it."""
    common = [path.read_text() for path in sorted(_FOLDER.glob("common/*.lua"))]
    text = "".join([lua_constants(), *common, (_FOLDER / f"{name}.lua").read_text()])
    for line in without:
        assert line in text
        text = text.replace(line, "")
    return text


def _retry_by_an_older_version(redis: Connection, job_id: str) -> None:
    script = _older_script("retry", "if is_in_trash(id) then return { 'trashed' } end")
    many = 2**53
    assert redis.eval(script, 0, job_id, many, many, "", "", many) == ["failed"]


def test_a_job_that_an_older_version_retries_in_the_trash_is_not_deleted(
    jobs: JobStore, redis: Connection
) -> None:
    live, ended = (in_state(jobs, JobState.FAILED).job_id for _ in range(2))
    for job_id in (ended, live):
        trash_of(jobs).move(job_id)
        redis.hincrby(f"gw:job:{job_id}", "deleted_at", -5)
        redis.hincrby(f"gw:job:{job_id}", "finished_at", -10)
        _retry_by_an_older_version(redis, job_id)
    jobs.succeed(claimed(jobs), "result")
    assert jobs.get(live).state is JobState.QUEUED
    assert jobs.get(ended).state is JobState.SUCCEEDED
    assert trash_of(jobs).empty().ids == []
    assert set(_listed(jobs)) == {live, ended}
    assert not redis.hexists(f"gw:job:{live}", "deleted_at")


def test_what_an_older_version_deletes_from_the_trash_is_forgotten(
    jobs: JobStore, redis: Connection
) -> None:
    job_id = _ended(jobs)
    trash_of(jobs).move(job_id)
    trash_keys = [f"  redis.call('ZREM', {key}, id)\n" for key in TRASH_KEYS]
    assert redis.eval(_older_script("delete", *trash_keys), 0, job_id) == 1
    assert redis.exists("gw:trash", "gw:trash:alice") == 2
    assert _in_trash(jobs, "alice") == []
    assert trash_of(jobs).empty().ids == []
    assert trash_of(jobs).restore_owned("alice", 0) == Restored(0, False)
    assert not redis.exists("gw:trash", "gw:trash:alice", "gw:jobs", "gw:owned:alice")
