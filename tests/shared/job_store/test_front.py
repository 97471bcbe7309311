"""A job that moves to the front passes its owner's other jobs, and nobody else's."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.job_store import Change, JobChanges, JobStore
from shared.job_store.connection import Connection
from shared.job_store.keys import LIMITS
from tests.parts import queue_of
from tests.shared.job_store.transitions import claimed, queued, someone

FRONT = Change(front=True)


@pytest.fixture
def changes(redis: Connection) -> JobChanges:
    return JobChanges(redis)


def _own(jobs: JobStore, ids: list[str]) -> list[str]:
    """Return some jobs in the order in which they will start."""
    return [job_id for job_id in queue_of(jobs).order() if job_id in ids]


def test_it_comes_before_its_owner_s_other_jobs_which_keep_their_order(
    jobs: JobStore, changes: JobChanges
) -> None:
    ids = [queued(jobs) for _ in range(6)]
    for _ in range(2):  # the second time changes nothing
        changes.change(ids[4], FRONT)
        assert _own(jobs, ids) == [ids[4], *ids[:4], ids[5]]
    assert [claimed(jobs, someone()).job_id for _ in range(3)] == [ids[4], ids[0], ids[1]]


def test_other_owners_jobs_keep_their_places(jobs: JobStore, changes: JobChanges) -> None:
    mine = [queued(jobs, owner="a") for _ in range(8)]
    others = [queued(jobs, owner=owner) for owner in "bc" * 6]
    places = {each: jobs.get(each).position for each in others}
    for job_id in (mine[7], mine[3], mine[5], mine[3]):
        changes.change(job_id, FRONT)
    assert {each: jobs.get(each).position for each in others} == places
    assert _own(jobs, mine)[:3] == [mine[3], mine[5], mine[7]]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sizes=st.lists(st.sampled_from([64, 96, 128, 256]), min_size=2, max_size=9),
    moves=st.lists(st.integers(0, 8), max_size=6),
    started=st.integers(0, 3),
)
def test_no_owner_gets_more_than_a_share_by_moving_large_jobs_before_small_ones(
    jobs: JobStore, changes: JobChanges, sizes: list[int], moves: list[int], started: int
) -> None:
    """In start-time fair queueing, each job's tag is at least the one before plus its work."""
    jobs._connection.flushdb()
    mine = [queued(jobs, owner="a", size=size) for size in sizes]
    for _ in range(9):
        queued(jobs, owner="b")
    for _ in range(started):
        claimed(jobs, someone())
    earliest = min(_tags(jobs, _own(jobs, mine)), default=0)
    for move in moves:
        waiting = _own(jobs, mine)
        if waiting:
            changes.change(waiting[move % len(waiting)], FRONT)
            assert _own(jobs, mine)[0] == waiting[move % len(waiting)]
    waiting = _own(jobs, mine)
    works = [jobs.get(each).work for each in waiting]
    tags = _tags(jobs, waiting)
    assert min(tags, default=0) == earliest
    for index in range(1, len(waiting)):
        assert tags[index] >= tags[index - 1] + works[index - 1] - 1e-6


def _tags(jobs: JobStore, ids: list[str]) -> list[float]:
    return [float(str(jobs._connection.hget(f"gw:job:{each}", "tag"))) for each in ids]


def test_with_many_to_pass_the_last_of_them_changes_places(
    jobs: JobStore, changes: JobChanges, redis: Connection
) -> None:
    most = LIMITS.passed_jobs
    mine = [queued(jobs, owner="a") for _ in range(most + 20)]
    others = [queued(jobs, owner="b") for _ in range(most)]
    places = [jobs.get(each).position for each in others]
    changes.change(mine[most + 9], FRONT)
    order = _own(jobs, mine)
    assert order[:most] == [mine[most + 9], *mine[: most - 1]]
    assert order[most + 9] == mine[most - 1]
    assert [jobs.get(each).position for each in others] == places
    assert redis.zcard("gw:own:normal:a") == len(mine)


def test_jobs_that_an_earlier_version_queued_are_passed_too(
    jobs: JobStore, changes: JobChanges, redis: Connection
) -> None:
    ids = [queued(jobs, owner="a") for _ in range(3)]
    queued(jobs, owner="b")
    redis.delete("gw:own:normal:a")  # it does not keep the list
    changes.change(ids[2], FRONT)
    assert _own(jobs, ids) == [ids[2], ids[0], ids[1]]
    assert redis.zcard("gw:own:normal:a") == 3


def test_the_list_of_an_owner_s_jobs_is_exact(
    jobs: JobStore, changes: JobChanges, redis: Connection
) -> None:
    ids = [queued(jobs, owner="a") for _ in range(4)]
    jobs.cancel(ids[0])
    changes.change(ids[1], Change(paused=True))
    changes.change(ids[2], Change(priority="high"))
    jobs.release(claimed(jobs), "stopped")  # the one of high priority
    members = {name: redis.zrange(f"gw:own:{name}:a", 0, -1) for name in ("high", "normal")}
    found = {name: [str(each)[16:] for each in of] for name, of in members.items()}
    assert found == {"high": [ids[2]], "normal": [ids[3]]}
