"""A job's server-sent events: complete, in order, resumable, ended with the job."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from shared.job import ENDED, Job, JobState
from shared.job_store import JobStore, UnreadableJob
from shared.job_store.connection import Connection
from tests.parts import events_of
from tests.shared.job_store.transitions import claimed, in_state, progress, queued, running
from tests.web.api_requests import IN_TILES, JOBS, Message, messages
from tests.web.conftest import services_of


@contextmanager
def _following(
    client: FlaskClient, job_id: str, after: str | None = None
) -> Iterator[Iterator[Message | None]]:
    headers = {"Last-Event-ID": after} if after is not None else {}
    with client.get(f"{JOBS}/{job_id}/events", headers=headers) as response:
        assert (response.status_code, response.mimetype) == (200, "text/event-stream")
        assert response.headers["Cache-Control"] == "no-cache"
        assert isinstance(response, TestResponse)
        yield messages(response)


def _next(reported: Iterator[Message | None]) -> Message:
    """Return the next message; at most one comment may come before it."""
    return next(message for message in islice(reported, 2) if message)


def test_events_are_sent_as_they_happen_from_the_job_to_its_end(
    client: FlaskClient, jobs: JobStore
) -> None:
    job_id = queued(jobs)
    with _following(client, job_id) as reported:
        first = _next(reported)
        assert (first.event, first.data["state"], first.data["position"]) == ("job", "queued", 1)
        claim = claimed(jobs)
        assert _next(reported).data["state"] == "running"
        jobs.report(claim, progress(4), 1.5)
        event, _, data = _next(reported)
        assert (event, data["eta_seconds"]) == ("progress", 1.5)
        assert (data["progress"]["evaluation"], data["progress"]["loss"]["total"]) == (4, 6.0)
        jobs.show_preview(claim, "jobs/secret/key.jpg", 4)
        event, _, data = _next(reported)
        assert (event, data) == ("preview", {"href": f"{JOBS}/{job_id}/preview?evaluation=4"})
        jobs.succeed(claim, "key")
        last = _next(reported)
        assert (last.event, last.data) == ("job", client.get(f"{JOBS}/{job_id}").get_json())
        assert list(reported) == []


def test_an_event_while_the_job_is_read_is_sent_too(
    app: Flask, client: FlaskClient, redis: Connection, jobs: JobStore
) -> None:
    claim = running(jobs)

    class Late(JobStore):
        """Reads a job, and right after that the job makes progress."""

        reads = 0

        def find(self, job_id: str) -> Job | UnreadableJob:
            job = super().find(job_id)
            self.reads += 1
            self.report(claim, progress(self.reads), None)
            return job

    services = services_of(app)
    late = Late(redis)
    app.extensions["gramworks"] = replace(services, jobs=late)
    try:
        with _following(client, claim.job_id) as reported:
            first, second = _next(reported), _next(reported)
    finally:
        app.extensions["gramworks"] = services
    assert late.reads == 2  # once to check that the job exists, once for its state
    assert first.data["progress"]["evaluation"] == 1
    assert second.data["progress"]["evaluation"] == 2


def test_an_unknown_kind_of_event_is_ignored(
    client: FlaskClient, jobs: JobStore, redis: Connection
) -> None:
    claim = running(jobs)
    with _following(client, claim.job_id) as reported:
        _next(reported)
        redis.xadd(f"gw:events:{claim.job_id}", {"kind": "confetti", "data": "{}"})
        jobs.report(claim, progress(4), None)
        assert _next(reported).event == "progress"


def test_a_fallback_sends_the_whole_job_at_once(client: FlaskClient, jobs: JobStore) -> None:
    claim = running(jobs)
    with _following(client, claim.job_id) as reported:
        assert _next(reported).data["fallbacks"] == []
        jobs.record_fallbacks(claim, 1, [IN_TILES])
        event, _, data = _next(reported)
        assert (event, data) == ("job", client.get(f"{JOBS}/{claim.job_id}").get_json())
        assert data["fallbacks"][0]["tile"] == 512


def test_every_event_has_an_id_greater_than_the_one_before(
    client: FlaskClient, jobs: JobStore
) -> None:
    claim = running(jobs)
    with _following(client, claim.job_id) as reported:
        ids = [_next(reported).id]
        for evaluation in range(1, 6):
            jobs.report(claim, progress(evaluation), None)
            ids.append(_next(reported).id)
        jobs.cancel(claim.job_id)
        ids += [message.id for message in reported if message]
    keys = [tuple(map(int, each.split("-"))) for each in ids]
    assert len(keys) == 7
    assert keys == sorted(set(keys))


def _all_messages(client: FlaskClient, jobs: JobStore) -> tuple[str, list[Message]]:
    """Return a running job's id, and its messages except the first."""
    claim = running(jobs)
    with _following(client, claim.job_id) as reported:
        sent = [_next(reported)]
        for evaluation in range(1, 6):
            jobs.report(claim, progress(evaluation), None)
            sent.append(_next(reported))
        return claim.job_id, sent


@pytest.mark.parametrize("seen", range(6))
def test_a_reader_resumes_with_the_newest_progress_and_without_duplicates(
    client: FlaskClient, jobs: JobStore, seen: int
) -> None:
    job_id, sent = _all_messages(client, jobs)
    with _following(client, job_id, after=sent[seen].id) as reported:
        if seen < 5:
            assert _next(reported) == sent[-1]
        jobs.cancel(job_id)
        assert _next(reported).data["state"] == "cancelled"
        assert list(reported) == []


@pytest.mark.parametrize(
    "after", ["", "0-0", "1-1", "9999999999999999-0", "rubbish", "0", "٣-٣", "$", "-", "9" * 40]
)
def test_a_reader_with_an_unknown_event_id_starts_with_the_job(
    client: FlaskClient, jobs: JobStore, after: str
) -> None:
    claim = running(jobs)
    headers = after.encode().decode("latin-1")
    with _following(client, claim.job_id, headers) as reported:
        assert _next(reported).data["state"] == "running"
        jobs.report(claim, progress(7), None)
        assert _next(reported).data["progress"]["evaluation"] == 7
        jobs.cancel(claim.job_id)
        assert _next(reported).data["state"] == "cancelled"
        assert list(reported) == []


def test_a_reader_whose_last_event_is_gone_starts_with_the_job(
    client: FlaskClient, jobs: JobStore
) -> None:
    job_id = queued(jobs)
    seen = events_of(jobs).last_id(job_id)
    claim = claimed(jobs)
    for evaluation in range(1, 301):
        jobs.report(claim, progress(evaluation, 300), None)
    with _following(client, job_id, after=seen) as reported:
        event, _, data = _next(reported)
        assert (event, data["state"]) == ("job", "running")
        assert data["progress"]["evaluation"] == 300


@pytest.mark.parametrize("after", [None, "1-1"])
@pytest.mark.parametrize("state", sorted(ENDED))
def test_an_ended_job_is_sent_at_once_even_if_its_stream_is_gone(
    client: FlaskClient, jobs: JobStore, redis: Connection, state: JobState, after: str | None
) -> None:
    job_id = in_state(jobs, state).job_id
    redis.delete(f"gw:events:{job_id}")
    with _following(client, job_id, after) as reported:
        [message] = reported
    assert message is not None
    assert (message.event, message.data["state"]) == ("job", state)


def test_the_stream_of_a_job_that_lost_its_worker_continues(
    client: FlaskClient, jobs: JobStore
) -> None:
    claim = running(jobs, lease=0)
    with _following(client, claim.job_id) as reported:
        _next(reported)
        jobs.requeue_expired()
        assert _next(reported).data["state"] == "queued"
        claimed(jobs)
        assert _next(reported).data["attempt"] == 2


def test_the_stream_ends_when_its_job_is_deleted(client: FlaskClient, jobs: JobStore) -> None:
    claim = running(jobs)
    with _following(client, claim.job_id) as reported:
        _next(reported)
        jobs.report(claim, progress(), None)
        _next(reported)
        jobs.cancel(claim.job_id)
        stream = list(reported)
    assert [message.data["state"] for message in stream if message] == ["cancelled"]


def test_a_resuming_reader_gets_an_answer_before_the_next_event(
    client: FlaskClient, jobs: JobStore
) -> None:
    job_id = running(jobs).job_id
    began = time.monotonic()
    with _following(client, job_id, after=events_of(jobs).last_id(job_id)) as reported:
        assert next(reported) is None
    assert time.monotonic() - began < 1


def test_comments_keep_a_silent_connection_open(client: FlaskClient, jobs: JobStore) -> None:
    with _following(client, queued(jobs)) as reported:
        assert _next(reported).event == "job"
        assert [next(reported), next(reported)] == [None, None]  # at once, and after five seconds


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
def test_head_and_options_of_a_stream_do_not_wait(
    client: FlaskClient, jobs: JobStore, method: str
) -> None:
    with client.open(f"{JOBS}/{queued(jobs)}/events", method=method) as response:
        assert (response.status_code, response.data) == (200, b"")
