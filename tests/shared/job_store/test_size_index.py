"""The index of the queue by size is right whatever changed the queue, also an earlier version."""

import pytest

from shared.job_store import JobStore
from shared.job_store.connection import Connection
from tests.parts import queue_of
from tests.shared.job_store.transitions import claimed, queued, someone

SMALL = 6000  # pixels, which the jobs of 64 rows have at most


def _indexed(redis: Connection) -> list[str]:
    """Return what is in the index of the normal queue, of all sizes."""
    sizes = [str(first).rpartition(":")[2] for first in redis.zrange("gw:sizes:normal", 0, -1)]
    members = [redis.zrange(f"gw:size:normal:{size}", 0, -1) for size in sizes]
    return sorted(str(member)[16:] for each in members for member in each)


def test_it_has_every_queued_job_and_no_other(jobs: JobStore, redis: Connection) -> None:
    ids = [queued(jobs, size=size, width=width) for size in (64, 96) for width in (48, 64, 80)]
    assert _indexed(redis) == sorted(ids)
    jobs.cancel(ids[0])
    taken = claimed(jobs).job_id
    assert _indexed(redis) == sorted({*ids} - {ids[0], taken})
    while jobs.claim_next(someone(), 30):
        pass
    assert _indexed(redis) == []
    assert redis.keys("gw:size*") == []


def test_an_earlier_version_s_jobs_are_claimed_in_their_order(
    jobs: JobStore, redis: Connection
) -> None:
    ids = [queued(jobs, size=size) for size in (96, 64, 96, 64)]
    redis.delete("gw:indexed", *redis.keys("gw:size*"))  # an earlier version keeps no index
    assert jobs.claim_next(someone(SMALL), 30) is not None
    assert [claimed(jobs, someone()).job_id for _ in range(3)] == [ids[0], ids[2], ids[3]]


def test_a_job_that_an_earlier_version_claimed_is_not_claimed_again(
    jobs: JobStore, redis: Connection
) -> None:
    ids = [queued(jobs) for _ in range(3)]
    first = redis.zrange("gw:queue:normal", 0, 0)[0]
    redis.zrem("gw:queue:normal", str(first))
    added = queued(jobs)  # so that the numbers agree
    redis.zrem(f"gw:size:normal:{jobs.get(added).pixels}", f"{4:016d}{added}")
    redis.hset("gw:indexed", "normal", 3)
    assert [claimed(jobs, someone()).job_id for _ in range(3)] == [*ids[1:], added]
    assert jobs.claim_next(someone(), 30) is None
    assert queue_of(jobs).order() == []


@pytest.mark.parametrize("pixels", [None, "many", "1"])
def test_a_record_whose_size_was_damaged_stops_no_other_job(
    jobs: JobStore, redis: Connection, pixels: str | None
) -> None:
    damaged, other = queued(jobs), queued(jobs)
    if pixels is None:
        redis.hdel(f"gw:job:{damaged}", "pixels")
    else:
        redis.hset(f"gw:job:{damaged}", "pixels", pixels)
    jobs.cancel(damaged)
    assert _indexed(redis) == [other]
    assert claimed(jobs).job_id == other


def test_a_job_that_a_worker_avoids_does_not_hide_those_of_other_sizes(jobs: JobStore) -> None:
    first, second, third = queued(jobs, size=96), queued(jobs, size=64), queued(jobs, size=96)
    worker = someone()
    claim = claimed(jobs, worker)
    assert claim.job_id == first
    jobs.lose(claim, "error")
    for expected in (second, third, first):  # the lost one comes first, and is left for later
        claim = claimed(jobs, worker)
        assert claim.job_id == expected
        jobs.cancel(claim.job_id)
