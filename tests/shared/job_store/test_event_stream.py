"""The events of a job: in order, resumable, limited in number, and deleted in time."""

from itertools import islice

from shared.job_store import Event, JobStore
from shared.job_store.connection import Connection
from shared.job_store.events import BEGINNING
from tests.parts import events_of
from tests.shared.job_store.transitions import progress, queued, running


def _events_of_job(jobs: JobStore, job_id: str, after: str = BEGINNING) -> list[Event]:
    """Return what is in the stream after an event, without waiting for more."""
    reported: list[Event] = []
    for event in events_of(jobs).follow(job_id, after, silence=0.01):
        if event is None:
            return reported
        reported.append(event)
    raise AssertionError("the events of a job do not end by themselves")


def test_a_stream_has_every_state_in_order(jobs: JobStore) -> None:
    claim = running(jobs)
    jobs.report(claim, progress(), None)
    jobs.show_preview(claim, "key", 4)
    jobs.succeed(claim, "result")
    reported = [(event.kind, event.data) for event in _events_of_job(jobs, claim.job_id)]
    assert reported[:2] == [("state", "queued"), ("state", "running")]
    assert [kind for kind, _ in reported[2:]] == ["progress", "preview", "state"]
    assert reported[3:] == [("preview", "4"), ("state", "succeeded")]


def test_a_reader_resumes_after_the_last_event_it_read(jobs: JobStore) -> None:
    claim = running(jobs)
    for evaluation in range(1, 6):
        jobs.report(claim, progress(evaluation), None)
    all_events = _events_of_job(jobs, claim.job_id)
    for seen, event in enumerate(all_events, start=1):
        assert _events_of_job(jobs, claim.job_id, event.id) == all_events[seen:]


def test_each_period_without_events_yields_none(jobs: JobStore) -> None:
    job_id = queued(jobs)
    silence = events_of(jobs).follow(job_id, events_of(jobs).last_id(job_id), silence=0.01)
    assert list(islice(silence, 3)) == [None, None, None]


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
