"""How much is queued: the jobs that no worker has begun, and the bytes of their pictures."""

from collections.abc import Callable

import pytest

from shared.job import Job
from shared.job_store import JobQueue, JobStore
from shared.job_store.connection import Connection
from tests.shared.job_store.transitions import claimed, queued, someone

BYTES = 1500  # of the pictures of a job here


def _cancel_one(jobs: JobStore) -> None:
    ids = [job.id for job in jobs.page(10).jobs if isinstance(job, Job) and not job.ended]
    jobs.cancel(ids[0])


LEAVE: dict[str, Callable[[JobStore], object]] = {
    "claimed": lambda jobs: claimed(jobs, someone()),
    "cancelled": _cancel_one,
    "claimed and ended": lambda jobs: jobs.succeed(claimed(jobs), "result"),
}


@pytest.mark.parametrize("leave", LEAVE)
def test_a_job_that_leaves_the_queue_is_no_longer_counted(
    jobs: JobStore, redis: Connection, leave: str
) -> None:
    for _ in range(3):
        queued(jobs)
    queue = JobQueue(redis)
    assert queue.load() == (3, 3 * BYTES)
    for left in (2, 1, 0):
        LEAVE[leave](jobs)
        assert queue.load() == (left, left * BYTES)


def test_a_requeued_job_is_counted_again(jobs: JobStore, redis: Connection) -> None:
    queued(jobs), queued(jobs)
    claim = claimed(jobs)
    jobs.release(claim, "for the test")
    assert JobQueue(redis).load() == (2, 2 * BYTES)
    assert JobQueue(redis).running_count() == 0
