"""The events of a job: in order, resumable, limited in number, and deleted in time."""

import pytest

from shared.job_store import JobStore, is_after
from shared.job_store.connection import Connection
from shared.job_store.events import BEGINNING
from tests.parts import events_after, events_of
from tests.shared.job_store.transitions import claimed, progress, queued, running, someone


def test_a_stream_has_every_state_in_order(jobs: JobStore) -> None:
    claim = running(jobs)
    jobs.report(claim, progress(), None)
    jobs.show_preview(claim, "key", 4)
    jobs.succeed(claim, "result")
    reported = [(event.kind, event.data) for event in events_after(jobs, claim.job_id)]
    assert reported[0] == ("state", "running")
    assert [kind for kind, _ in reported[1:]] == ["progress", "preview", "state"]
    assert reported[2:] == [("preview", "4"), ("state", "succeeded")]


def test_a_job_that_never_started_has_no_stream(jobs: JobStore, redis: Connection) -> None:
    job_id = queued(jobs)
    assert not redis.exists(f"gw:events:{job_id}")
    jobs.release(claimed(jobs), "for the test")
    assert [event.data for event in events_after(jobs, job_id)] == ["running", "queued"]
    jobs.cancel(job_id)
    assert events_after(jobs, job_id)[-1].data == "cancelled"


def test_the_events_of_many_jobs_are_read_at_once(jobs: JobStore) -> None:
    first, second, silent = [running(jobs, by=someone()) for _ in range(3)]
    after = {each.job_id: events_of(jobs).last_id(each.job_id) for each in (first, second, silent)}
    assert events_of(jobs).read(after) == {}
    assert events_of(jobs).read({}) == {}
    for claim in (first, second, second):
        jobs.report(claim, progress(), None)
    found = events_of(jobs).read(after)
    assert {job_id: len(events) for job_id, events in found.items()} == {
        first.job_id: 1,
        second.job_id: 2,
    }


@pytest.mark.parametrize(
    ("event_id", "other", "later"),
    [("2-0", "1-9", True), ("1-10", "1-9", True), ("1-9", "1-9", False), ("9-0", "10-0", False)],
)
def test_ids_are_compared_as_numbers(event_id: str, other: str, later: bool) -> None:
    assert is_after(event_id, other) is later


def test_a_reader_resumes_after_the_last_event_it_read(jobs: JobStore) -> None:
    claim = running(jobs)
    for evaluation in range(1, 6):
        jobs.report(claim, progress(evaluation), None)
    all_events = events_after(jobs, claim.job_id)
    for seen, event in enumerate(all_events, start=1):
        assert events_after(jobs, claim.job_id, event.id) == all_events[seen:]


def test_a_missing_stream_starts_at_the_beginning(jobs: JobStore) -> None:
    assert events_of(jobs).last_id("none") == BEGINNING
    assert not events_of(jobs).has("none", BEGINNING)


def test_a_long_stream_keeps_only_its_newest_events(jobs: JobStore, redis: Connection) -> None:
    claim = running(jobs)
    first = events_of(jobs).last_id(claim.job_id)
    for evaluation in range(1, 301):
        jobs.report(claim, progress(evaluation, 300), None)
    assert 64 <= redis.xlen(f"gw:events:{claim.job_id}") <= 200
    assert not events_of(jobs).has(claim.job_id, first)
    assert events_of(jobs).has(claim.job_id, events_of(jobs).last_id(claim.job_id))


def test_the_stream_of_an_ended_job_expires_after_an_hour(
    jobs: JobStore, redis: Connection
) -> None:
    claim = running(jobs)
    stream = f"gw:events:{claim.job_id}"
    assert redis.ttl(stream) == -1
    jobs.succeed(claim, "key")
    assert 3500 < redis.ttl(stream) <= 3600
    assert redis.ttl(f"gw:job:{claim.job_id}") == -1


def test_losses_are_kept_from_the_first_evaluation_on_and_bounded(
    jobs: JobStore, redis: Connection
) -> None:
    claim = running(jobs)
    for evaluation in range(1, 451):
        jobs.report(claim, progress(evaluation, 450), None)
    kept = events_of(jobs).losses(claim.job_id)
    assert len(kept) == 90  # each fifth, which is the first after a hundredth of all
    assert [each.evaluation for each in kept] == list(range(1, 451, 5))
    assert kept[0].level == 1
    assert kept[0].loss == progress().loss
    jobs.succeed(claim, "result")
    assert 3500 < redis.ttl(f"gw:losses:{claim.job_id}") <= 3600


def test_an_attempt_that_continues_from_a_checkpoint_replaces_the_losses_after_it(
    jobs: JobStore,
) -> None:
    claim = running(jobs)
    for evaluation in range(1, 9):
        jobs.report(claim, progress(evaluation), None)
    jobs.release(claim, "handed back")
    again = claimed(jobs)
    for evaluation in (6, 7):
        jobs.report(again, progress(evaluation), None)
    kept = [each.evaluation for each in events_of(jobs).losses(claim.job_id)]
    assert kept == [1, 2, 3, 4, 5, 6, 7]


def test_losses_are_deleted_with_their_job(jobs: JobStore, redis: Connection) -> None:
    claim = running(jobs)
    jobs.report(claim, progress(), None)
    jobs.cancel(claim.job_id)
    jobs.delete(claim.job_id)
    assert not redis.exists(f"gw:losses:{claim.job_id}")
