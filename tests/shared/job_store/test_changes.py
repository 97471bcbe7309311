"""What a user changes of a job on its way: pausing, resuming, stopping, its priority."""

from collections.abc import Callable

import pytest

from shared.errors import (
    Diverged,
    JobNotFound,
    JobPaused,
    NotLive,
    NotQueued,
    NotRunning,
    OwnerQuotaReached,
    QueueFull,
    Superseded,
)
from shared.job import ENDED, JobState, Priority
from shared.job_store import UNBOUNDED, Change, Claim, JobChanges, JobStore, Load
from shared.job_store.connection import Connection
from shared.job_store.scripts import Scripts
from tests.parts import events_after, queue_of
from tests.shared.job_store.transitions import (
    ANOTHER,
    ANY,
    LEASE,
    claimed,
    in_state,
    progress,
    queued,
    running,
    someone,
)

PAUSE, RESUME, FRONT = Change(paused=True), Change(paused=False), Change(front=True)


@pytest.fixture
def changes(redis: Connection) -> JobChanges:
    return JobChanges(redis)


def _reasons(jobs: JobStore, job_id: str) -> list[tuple[str, str | None]]:
    return [(line.state, line.reason) for line in jobs.get(job_id).log]


def _live(redis: Connection, owner: str = "") -> int:
    return int(redis.scard(f"gw:live:{owner}"))


def test_a_paused_job_is_not_claimed_until_it_is_resumed(
    jobs: JobStore, changes: JobChanges
) -> None:
    job_id = queued(jobs)
    changes.change(job_id, PAUSE)
    job = jobs.get(job_id)
    assert (job.state, job.is_paused, job.position) == (JobState.QUEUED, True, None)
    assert jobs.claim_next(ANY, LEASE) is None
    changes.change(job_id, RESUME)
    job = jobs.get(job_id)
    assert (job.state, job.is_paused, job.position) == (JobState.QUEUED, False, 1)
    assert claimed(jobs).job_id == job_id
    resumed = [("queued", None), ("queued", "paused"), ("queued", "resumed"), ("running", None)]
    assert _reasons(jobs, job_id) == resumed


def test_a_paused_job_counts_as_kept_and_not_as_queued(
    jobs: JobStore, changes: JobChanges, redis: Connection
) -> None:
    job_id = queued(jobs)
    kept = redis.hget("gw:kept", "")
    for _ in range(2):  # the second time changes nothing
        changes.change(job_id, PAUSE)
        assert (queue_of(jobs).load(), _live(redis), redis.hget("gw:kept", "")) == ((0, 0), 0, kept)
    assert len(jobs.get(job_id).log) == 2
    for _ in range(2):
        changes.change(job_id, RESUME)
        assert (queue_of(jobs).load(), _live(redis)) == ((1, 1500), 1)


def test_watchers_hear_at_once_that_a_queued_job_is_paused(
    jobs: JobStore, changes: JobChanges
) -> None:
    job_id = queued(jobs)
    changes.change(job_id, PAUSE)
    assert [(event.kind, event.data) for event in events_after(jobs, job_id)] == [
        ("state", "queued")
    ]


def test_a_job_is_resumed_within_the_bounds_of_queue_and_owner(
    jobs: JobStore, changes: JobChanges, redis: Connection
) -> None:
    job_id = queued(jobs, owner="a")
    changes.change(job_id, PAUSE)
    queued(jobs, owner="a")
    before = redis.hgetall(f"gw:job:{job_id}")
    with pytest.raises(QueueFull):
        changes.change(job_id, RESUME, Load(1, 10**9))
    with pytest.raises(OwnerQuotaReached):
        changes.change(job_id, Change(priority="high", paused=False), UNBOUNDED, Load(1, 10**9))
    assert redis.hgetall(f"gw:job:{job_id}") == before
    changes.change(job_id, RESUME, Load(2, 10**9), Load(2, 10**9))


def test_paused_jobs_store_up_no_share(jobs: JobStore, changes: JobChanges) -> None:
    hoarded = [queued(jobs, owner="hoarder") for _ in range(3)]
    for job_id in hoarded:
        changes.change(job_id, PAUSE)
    for _ in range(4):
        queued(jobs, owner="other")
        claimed(jobs, someone())
    others = [queued(jobs, owner="other") for _ in range(3)]
    for job_id in hoarded:
        changes.change(job_id, RESUME)
    order = queue_of(jobs).order()
    owners = [job_id in hoarded for job_id in order]
    assert sum(owners[:4]) == 2  # they take turns, as if the jobs had been submitted now
    assert set(order) == {*hoarded, *others}


def test_pausing_and_resuming_costs_the_owner_s_other_jobs_nothing(
    jobs: JobStore, changes: JobChanges, redis: Connection
) -> None:
    job_id = queued(jobs, owner="a")
    finish = redis.zscore("gw:finish:normal", "a")
    for _ in range(5):
        changes.change(job_id, PAUSE)
        changes.change(job_id, RESUME)
    assert redis.zscore("gw:finish:normal", "a") == pytest.approx(finish)
    changes.change(job_id, PAUSE)
    jobs.cancel(job_id)
    assert redis.zscore("gw:finish:normal", "a") == pytest.approx(0)


def test_a_running_job_is_asked_to_pause_and_pauses_with_its_checkpoint(
    jobs: JobStore, changes: JobChanges
) -> None:
    claim = running(jobs)
    changes.change(claim.job_id, PAUSE)
    job = jobs.get(claim.job_id)
    assert (job.state, job.pending, job.is_paused) == (JobState.RUNNING, "pause", False)
    assert jobs.renew(claim) == "pause"
    assert jobs.report(claim, progress(4), 9.0) == "pause"
    jobs.save_checkpoint(claim, "checkpoint")
    jobs.release(claim, "paused")
    job = jobs.get(claim.job_id)
    assert (job.is_paused, job.pending, job.progress) == (True, None, progress(4))
    assert jobs.claim_next(ANY, LEASE) is None
    with pytest.raises(Superseded):
        jobs.renew(claim)
    changes.change(claim.job_id, RESUME)
    again = claimed(jobs, ANOTHER)
    assert (again.attempt, jobs.get(claim.job_id).checkpoint) == (2, "checkpoint")


def test_pausing_does_not_count_as_a_lost_attempt(
    jobs: JobStore, changes: JobChanges, redis: Connection
) -> None:
    job_id = queued(jobs)
    for _ in range(5):
        claim = claimed(jobs)
        changes.change(job_id, PAUSE)
        jobs.release(claim, "paused")
        changes.change(job_id, RESUME)
    assert jobs.get(job_id).state is JobState.QUEUED
    assert not redis.exists(f"gw:lost:{job_id}", f"gw:failures:{ANY.worker}")


def test_a_resumed_job_is_charged_for_the_work_that_is_left(
    jobs: JobStore, changes: JobChanges, redis: Connection
) -> None:
    claim = running(jobs)
    work = jobs.get(claim.job_id).work
    finish = redis.zscore("gw:finish:normal", "")
    assert finish is not None
    jobs.report(claim, progress(9), None)  # of 10
    jobs.save_checkpoint(claim, "checkpoint")
    changes.change(claim.job_id, PAUSE)
    jobs.release(claim, "paused")
    assert redis.zscore("gw:finish:normal", "") == pytest.approx(finish - 0.1 * work)
    changes.change(claim.job_id, RESUME)
    assert redis.zscore("gw:finish:normal", "") == pytest.approx(finish)


def test_a_pause_can_be_taken_back_before_the_worker_hears_of_it(
    jobs: JobStore, changes: JobChanges
) -> None:
    claim = running(jobs)
    changes.change(claim.job_id, PAUSE)
    changes.change(claim.job_id, RESUME)
    assert jobs.renew(claim) is None
    jobs.succeed(claim, "result")


def test_a_pause_that_is_taken_back_while_the_worker_saves_requeues_the_job(
    jobs: JobStore, changes: JobChanges
) -> None:
    claim = running(jobs)
    changes.change(claim.job_id, PAUSE)
    assert jobs.renew(claim) == "pause"
    jobs.save_checkpoint(claim, "checkpoint")
    changes.change(claim.job_id, RESUME)
    jobs.release(claim, "paused")
    job = jobs.get(claim.job_id)
    assert (job.is_paused, job.position, job.log[-1].reason) == (False, 1, "resumed")


LOSSES: dict[str, Callable[[JobStore, Claim], object]] = {
    "the lease expires": lambda jobs, _: jobs.requeue_expired(),
    "the process is killed": lambda jobs, claim: jobs.lose(claim, "killed"),
    "the worker is stopped": lambda jobs, _: jobs.release_worker(ANY.worker),
    "the store is away": lambda jobs, claim: jobs.release(claim, "store away"),
    "the worker claims another": lambda jobs, _: jobs.claim_next(ANY, LEASE),
}


@pytest.mark.parametrize("loss", LOSSES)
def test_a_pause_is_kept_whatever_happens_to_the_worker(
    jobs: JobStore, changes: JobChanges, loss: str
) -> None:
    claim = running(jobs, lease=0)
    changes.change(claim.job_id, PAUSE)
    LOSSES[loss](jobs, claim)
    job = jobs.get(claim.job_id)
    assert (job.state, job.is_paused, job.pending) == (JobState.QUEUED, True, None)
    assert jobs.claim_next(ANOTHER, LEASE) is None
    with pytest.raises(Superseded):  # it does not get its expired lease back
        jobs.renew(claim)
    assert jobs.get(claim.job_id).is_paused


def test_an_expired_attempt_does_not_get_a_job_back_that_was_paused_since(
    jobs: JobStore, changes: JobChanges
) -> None:
    claim = running(jobs, lease=0)
    jobs.requeue_expired()
    changes.change(claim.job_id, PAUSE)
    with pytest.raises(Superseded):
        jobs.save_checkpoint(claim, "checkpoint")


def test_a_job_whose_pause_comes_too_late_ends_as_it_is(
    jobs: JobStore, changes: JobChanges, redis: Connection
) -> None:
    ends: tuple[Callable[[Claim], object], ...] = (
        lambda claim: jobs.succeed(claim, "result"),
        lambda claim: jobs.fail(claim, Diverged(evaluation=3)),
        lambda claim: jobs.cancel(claim.job_id),
    )
    for end in ends:
        claim = running(jobs)
        changes.change(claim.job_id, PAUSE)
        end(claim)
        assert jobs.get(claim.job_id).ended
        assert redis.hget(f"gw:job:{claim.job_id}", "pending") is None


def test_a_paused_job_can_be_cancelled_and_deleted(
    jobs: JobStore, changes: JobChanges, redis: Connection
) -> None:
    job_id = queued(jobs, owner="a")
    changes.change(job_id, PAUSE)
    assert not jobs.delete(job_id)
    assert jobs.cancel(job_id)
    job = jobs.get(job_id)
    assert (job.state, job.is_paused) == (JobState.CANCELLED, False)
    assert queue_of(jobs).load() == (0, 0)
    assert jobs.delete(job_id)
    assert not redis.exists("gw:own:normal:a", "gw:live:a", f"gw:job:{job_id}")


def test_a_stopped_job_succeeds_with_what_it_has(jobs: JobStore, changes: JobChanges) -> None:
    claim = running(jobs)
    for _ in range(2):
        changes.stop(claim.job_id)
    assert (jobs.get(claim.job_id).pending, jobs.renew(claim)) == ("stop", "stop")
    for _ in range(2):  # sent again because the answer was lost
        jobs.succeed(claim, "result", "pixels", progress(6))
    job = jobs.get(claim.job_id)
    assert (job.state, job.stopped_after, job.pending) == (JobState.SUCCEEDED, 6, None)
    assert (job.progress, job.float_pixels) == (progress(6), "pixels")
    assert _reasons(jobs, claim.job_id)[-1] == ("succeeded", "stopped")
    changes.stop(claim.job_id)  # it has been done


@pytest.mark.parametrize("state", sorted(set(JobState) - {JobState.RUNNING}))
def test_only_a_running_job_can_be_stopped(
    jobs: JobStore, changes: JobChanges, state: JobState
) -> None:
    job_id = in_state(jobs, state).job_id
    before = jobs.get(job_id)
    with pytest.raises(NotRunning) as refused:
        changes.stop(job_id)
    assert refused.value.parameters == {"id": job_id, "state": state}
    assert jobs.get(job_id) == before


def test_a_stop_is_kept_when_the_worker_dies_if_there_is_a_checkpoint(
    jobs: JobStore, changes: JobChanges
) -> None:
    claim = running(jobs)
    jobs.save_checkpoint(claim, "checkpoint")
    changes.stop(claim.job_id)
    jobs.lose(claim, "killed")
    assert jobs.renew(claimed(jobs)) == "stop"


def test_a_stop_is_dropped_with_the_pixels_that_it_would_keep(
    jobs: JobStore, changes: JobChanges
) -> None:
    claim = running(jobs)
    changes.stop(claim.job_id)
    jobs.lose(claim, "killed")
    assert jobs.renew(claimed(jobs)) is None


@pytest.mark.parametrize("state", sorted(ENDED))
@pytest.mark.parametrize("change", [PAUSE, RESUME, FRONT, Change(priority="high")])
def test_an_ended_job_is_not_changed(
    jobs: JobStore, changes: JobChanges, state: JobState, change: Change
) -> None:
    job_id = in_state(jobs, state).job_id
    before = jobs.get(job_id)
    with pytest.raises(NotLive) as refused:
        changes.change(job_id, change)
    assert refused.value.parameters == {"id": job_id, "state": state}
    assert jobs.get(job_id) == before


@pytest.mark.parametrize("change", [FRONT, Change(priority="high", paused=True)])
def test_a_running_job_has_no_place(jobs: JobStore, changes: JobChanges, change: Change) -> None:
    claim = running(jobs)
    with pytest.raises(NotQueued):
        changes.change(claim.job_id, change)
    assert jobs.get(claim.job_id).pending is None


def test_a_missing_job_is_not_changed(changes: JobChanges, redis: Connection) -> None:
    with pytest.raises(JobNotFound):
        changes.change("none", PAUSE)
    with pytest.raises(JobNotFound):
        changes.stop("none")
    assert redis.keys("gw:*") == []


@pytest.mark.parametrize("priority", ["high", "low"])
def test_a_job_changes_to_another_priority(
    jobs: JobStore, changes: JobChanges, redis: Connection, priority: Priority
) -> None:
    first, second = queued(jobs), queued(jobs)
    before = redis.zscore("gw:finish:normal", "")
    changes.change(second, Change(priority=priority))
    job = jobs.get(second)
    assert (job.options.priority, job.position) == (priority, 1 if priority == "high" else 2)
    expected = [second, first] if priority == "high" else [first, second]
    assert queue_of(jobs).order() == expected
    changes.change(second, Change(priority="normal"))
    assert [jobs.get(each).position for each in (first, second)] == [1, 2]
    assert redis.zscore("gw:finish:normal", "") == pytest.approx(before)
    assert redis.keys("gw:queue:*") == ["gw:queue:normal"]
    assert redis.keys("gw:own:*") == ["gw:own:normal:"]


def test_a_paused_job_is_resumed_with_its_new_priority(jobs: JobStore, changes: JobChanges) -> None:
    job_id, _ = queued(jobs), queued(jobs)
    changes.change(job_id, PAUSE)
    changes.change(job_id, Change(priority="high"))
    assert jobs.get(job_id).is_paused
    with pytest.raises(JobPaused):
        changes.change(job_id, FRONT)
    with pytest.raises(JobPaused):
        changes.change(queued(jobs), Change(front=True, paused=True))
    changes.change(job_id, Change(front=True, paused=False))
    assert jobs.get(job_id).position == 1


def test_an_earlier_version_reads_cancels_and_deletes_a_paused_job(
    jobs: JobStore, changes: JobChanges, redis: Connection
) -> None:
    """It knows the states of today, and takes jobs from the queue alone."""
    job_id = queued(jobs)
    changes.change(job_id, PAUSE)
    assert redis.hget(f"gw:job:{job_id}", "state") == "queued"
    assert redis.hget(f"gw:job:{job_id}", "version") == "1"
    assert redis.keys("gw:queue:*") == redis.keys("gw:size*") == []
    redis.hdel(f"gw:job:{job_id}", "paused")  # which it does not know
    assert jobs.cancel(job_id)
    assert jobs.delete(job_id)
    assert queue_of(jobs).load() == (0, 0)


def test_an_earlier_version_s_worker_ends_a_job_that_it_should_have_paused(
    jobs: JobStore, changes: JobChanges, redis: Connection
) -> None:
    claim = running(jobs)
    changes.change(claim.job_id, PAUSE)
    answer = Scripts(redis).run("renew", claim.job_id, claim.attempt, 10_000)
    assert answer  # any answer but 0 lets it continue
    jobs.succeed(claim, "result")
    redis.hset(f"gw:job:{claim.job_id}", "pending", "pause")  # its script leaves it
    job = jobs.get(claim.job_id)
    assert (job.state, job.pending, job.is_paused) == (JobState.SUCCEEDED, None, False)
