"""Jobs of a batch are paused, resumed and announced as any job, and count for their owner."""

import pytest

from shared.errors import OwnerQuotaReached
from shared.job import JobState
from shared.job_store import UNBOUNDED, Change, JobChanges, JobStore, Load, Outbox, Webhooks
from shared.job_store.connection import Connection
from tests.parts import queue_of
from tests.shared.job_store.new_batches import accepted, batches_of, interrupted
from tests.shared.job_store.transitions import claimed

PAUSE, RESUME = Change(paused=True), Change(paused=False)


@pytest.fixture
def changes(redis: Connection) -> JobChanges:
    return JobChanges(redis)


def test_a_paused_job_keeps_its_batch_open_without_an_expected_end(
    jobs: JobStore, changes: JobChanges
) -> None:
    batch_id = accepted(jobs)
    first = batches_of(jobs).get(batch_id).jobs[0].id
    changes.change(first, PAUSE)
    batch = batches_of(jobs).get(batch_id)
    assert (batch.counts["queued"], batch.is_over) == (6, False)
    assert [job.position for job in batch.jobs] == [None, 1, 2, 3, 4, 5]
    assert claimed(jobs).job_id == batch.jobs[1].id
    changes.change(first, RESUME)
    positions = [job.position for job in batches_of(jobs).get(batch_id).jobs]
    assert positions == [4, None, 1, 2, 3, 5]  # its share was given back, so it ties with the last


def test_jobs_that_are_planned_count_when_a_job_is_resumed(
    jobs: JobStore, changes: JobChanges
) -> None:
    paused = batches_of(jobs).get(accepted(jobs, 1, 1)).jobs[0].id
    changes.change(paused, PAUSE)
    interrupted(jobs)  # two jobs are live, and four planned
    with pytest.raises(OwnerQuotaReached) as error:
        changes.change(paused, RESUME, UNBOUNDED, Load(6, 10**9))
    assert error.value.parameters == {"bound": "jobs", "maximum": 6}
    assert jobs.get(paused).is_paused
    changes.change(paused, RESUME, UNBOUNDED, Load(7, 10**9))


def test_cancelling_a_batch_cancels_its_paused_jobs(jobs: JobStore, changes: JobChanges) -> None:
    batch_id = accepted(jobs)
    first = batches_of(jobs).get(batch_id).jobs[0].id
    changes.change(first, PAUSE)
    assert batches_of(jobs).cancel(batch_id) == 6
    assert jobs.get(first).state is JobState.CANCELLED
    assert queue_of(jobs).load() == Load(0, 0)


def test_the_end_of_a_job_is_announced_with_its_batch(jobs: JobStore, redis: Connection) -> None:
    Webhooks(redis).add("wh_1", "alice", "whsec_" + "A" * 32, "http://x/", {})
    batch_id = accepted(jobs, 1, 1)
    jobs.succeed(claimed(jobs), "jobs/x/1/result.png")
    [delivery] = Outbox(redis).claim(30, 1, 1)
    assert delivery.event == "job.succeeded"
    assert delivery.job is not None
    assert delivery.job.batch == batch_id
