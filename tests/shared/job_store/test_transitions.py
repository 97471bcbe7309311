"""The states of a job: legal transitions happen, others are refused and change nothing."""

from collections.abc import Callable
from contextlib import nullcontext

import pytest

from shared.errors import Diverged, NotFailed, NotLive, NotRunning, Superseded
from shared.job import ENDED, TRANSITIONS, JobState
from shared.job_store import Change, Claim, JobChanges, JobStore
from tests.parts import queue_of
from tests.shared.job_store.transitions import ANOTHER, ANY, LEASE, in_state, progress, running

Step = Callable[[JobStore, Claim], object]
FENCED: dict[str, Step] = {
    "succeed": lambda jobs, claim: jobs.succeed(claim, "key"),
    "fail": lambda jobs, claim: jobs.fail(claim, Diverged(evaluation=3)),
    "renew": lambda jobs, claim: jobs.renew(claim),
    "report": lambda jobs, claim: jobs.report(claim, progress(), 1.0),
    "preview": lambda jobs, claim: jobs.show_preview(claim, "key", 1),
    "checkpoint": lambda jobs, claim: jobs.save_checkpoint(claim, "key"),
}
STEPS: dict[str, Step] = FENCED | {
    "claim": lambda jobs, _: jobs.claim_next(ANY, LEASE),
    "cancel": lambda jobs, claim: jobs.cancel(claim.job_id),
    "requeue expired": lambda jobs, _: jobs.requeue_expired(),
    "release worker": lambda jobs, _: jobs.release_worker(ANY.worker),
}


def _retry(jobs: JobStore, claim: Claim) -> None:
    if jobs.get(claim.job_id).state is JobState.FAILED:
        jobs.retry(claim.job_id)
    else:
        with pytest.raises(NotFailed):
            jobs.retry(claim.job_id)


STEPS["retry"] = _retry


def _change(change: Change) -> Step:
    """Return a step that no state but queued and running allows."""

    def step(jobs: JobStore, claim: Claim) -> None:
        allowed = (
            nullcontext() if jobs.get(claim.job_id).state not in ENDED else pytest.raises(NotLive)
        )
        with allowed:
            JobChanges(jobs._connection).change(claim.job_id, change)

    return step


def _stop(jobs: JobStore, claim: Claim) -> None:
    is_running = jobs.get(claim.job_id).state is JobState.RUNNING
    with nullcontext() if is_running else pytest.raises(NotRunning):
        JobChanges(jobs._connection).stop(claim.job_id)


STEPS |= {
    "pause": _change(Change(paused=True)),
    "resume": _change(Change(paused=False)),
    "stop": _stop,
}
MOVES = {
    (JobState.QUEUED, "claim"): JobState.RUNNING,
    (JobState.QUEUED, "cancel"): JobState.CANCELLED,
    (JobState.RUNNING, "succeed"): JobState.SUCCEEDED,
    (JobState.RUNNING, "fail"): JobState.FAILED,
    (JobState.RUNNING, "cancel"): JobState.CANCELLED,
    (JobState.RUNNING, "release worker"): JobState.QUEUED,
    (JobState.FAILED, "retry"): JobState.QUEUED,
}


def test_the_table_of_moves_has_every_legal_transition_and_no_other() -> None:
    made = {(before, after) for (before, _), after in MOVES.items()}
    assert made == {(before, after) for before in JobState for after in TRANSITIONS[before]}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("state", JobState)
def test_a_step_makes_only_legal_transitions(jobs: JobStore, state: JobState, step: str) -> None:
    claim = in_state(jobs, state)
    if step in FENCED and state is not JobState.RUNNING:
        with pytest.raises(Superseded):
            STEPS[step](jobs, claim)
    else:
        STEPS[step](jobs, claim)
    assert jobs.get(claim.job_id).state is MOVES.get((state, step), state)


@pytest.mark.parametrize("state", JobState)
def test_a_refused_step_does_not_change_the_record(jobs: JobStore, state: JobState) -> None:
    claim = in_state(jobs, state)
    before = jobs.get(claim.job_id)
    stale = Claim(claim.job_id, claim.attempt + 1)
    for step in FENCED.values():
        with pytest.raises(Superseded):
            step(jobs, stale)
    assert jobs.get(claim.job_id) == before


@pytest.mark.parametrize("state", JobState)
def test_only_an_ended_job_can_be_deleted(jobs: JobStore, state: JobState) -> None:
    job_id = in_state(jobs, state).job_id
    assert jobs.delete(job_id) is (state in ENDED)
    assert not jobs.delete(job_id)


def test_an_expired_lease_requeues_the_job(jobs: JobStore) -> None:
    claim = running(jobs, lease=0)
    assert jobs.requeue_expired() == 1
    assert jobs.get(claim.job_id).state is JobState.QUEUED


@pytest.mark.parametrize("state", sorted(ENDED))
def test_an_ended_job_is_neither_queued_nor_held(jobs: JobStore, state: JobState) -> None:
    in_state(jobs, state)
    assert (queue_of(jobs).load().jobs, queue_of(jobs).running_count()) == (0, 0)
    assert jobs.claim_next(ANOTHER, LEASE) is None


def test_times_are_set_at_each_transition(jobs: JobStore) -> None:
    claim = running(jobs)
    started = jobs.get(claim.job_id)
    jobs.succeed(claim, "key")
    ended = jobs.get(claim.job_id)
    assert started.started_at is not None
    assert ended.finished_at is not None
    assert started.created_at <= started.started_at <= ended.finished_at
    assert started.finished_at is None
