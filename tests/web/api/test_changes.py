"""PATCH changes a queued or running job, and says what it cannot do."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from shared.job import JobState
from shared.job_store import JobStore, Tokens
from shared.job_store.connection import Connection
from tests.shared.job_store.transitions import claimed, in_state, progress, queued, running
from tests.web.api_requests import JOBS, messages, problem
from tests.web.conftest import Serve
from tests.web.identity.requests import bearer
from web.identity.tokens import new_token


def change(client: FlaskClient, job_id: str, **values: Any) -> TestResponse:
    return client.patch(f"{JOBS}/{job_id}", json=values)


def changed(client: FlaskClient, job_id: str, **values: Any) -> dict[str, Any]:
    response = change(client, job_id, **values)
    assert response.status_code == 200, response.text
    return dict(response.get_json())


def test_a_queued_job_is_paused_and_resumed(client: FlaskClient, jobs: JobStore) -> None:
    job_id = queued(jobs)
    job = changed(client, job_id, paused=True)
    assert (job["state"], job["paused"], job["position"]) == ("queued", True, None)
    assert job["waiting"]["code"] == "paused"
    assert job["log"][-1]["detail"] == "Taken out of the queue: it was paused."
    page = client.get(f"/jobs/{job_id}").text
    assert "The job is paused. It starts after it is resumed." in page
    job = changed(client, job_id, paused=False)
    assert (job["paused"], job["position"]) == (False, 1)
    assert job["log"][-1]["detail"] == "Queued again: it was resumed."


def test_a_running_job_says_what_its_worker_is_still_to_do(
    client: FlaskClient, jobs: JobStore
) -> None:
    claim = running(jobs)
    assert changed(client, claim.job_id, paused=True)["pending"] == "pause"
    assert changed(client, claim.job_id, paused=False)["pending"] is None
    assert changed(client, claim.job_id, stop=True)["pending"] == "stop"
    jobs.succeed(claim, "result", None, progress(4))
    job = client.get(f"{JOBS}/{claim.job_id}").get_json()
    assert (job["state"], job["stopped_after"], job["pending"]) == ("succeeded", 4, None)
    assert job["log"][-1]["detail"].startswith("Succeeded: it was stopped early")


def test_a_job_gets_another_priority_and_place(client: FlaskClient, jobs: JobStore) -> None:
    ids = [queued(jobs) for _ in range(3)]
    assert changed(client, ids[2], front=True)["position"] == 1
    job = changed(client, ids[0], priority="high", front=True)
    assert (job["options"]["priority"], job["position"]) == ("high", 1)
    assert changed(client, ids[0], priority="low")["position"] == 3


def test_watchers_hear_of_a_pause_and_of_a_pending_stop(
    client: FlaskClient, jobs: JobStore
) -> None:
    claim = running(jobs)
    stream = messages(client.get(f"{JOBS}/{claim.job_id}/events"))
    first = next(stream)
    assert first is not None
    assert first.data["pending"] is None
    change(client, claim.job_id, stop=True)
    heard = next(each for each in stream if each is not None)
    assert (heard.event, heard.data["pending"]) == ("job", "stop")
    change(client, claim.job_id, paused=True)
    jobs.release(claim, "paused")
    heard = next(each for each in stream if each is not None and each.data["paused"])
    assert heard.data["waiting"]["code"] == "paused"
    stream.close()


@pytest.mark.parametrize("state", sorted(set(JobState) - {JobState.RUNNING}))
def test_only_a_running_job_can_be_stopped(
    client: FlaskClient, jobs: JobStore, state: JobState
) -> None:
    job_id = in_state(jobs, state).job_id
    body = problem(change(client, job_id, stop=True), 409, "not_running")
    assert body["state"] == state
    assert ("Cancel it" in body["detail"]) is (state is JobState.QUEUED)


def test_what_a_state_does_not_allow_is_a_conflict(client: FlaskClient, jobs: JobStore) -> None:
    problem(change(client, running(jobs).job_id, front=True), 409, "not_queued")
    problem(change(client, in_state(jobs, JobState.FAILED).job_id, paused=True), 409, "not_live")
    paused = queued(jobs)
    change(client, paused, paused=True)
    problem(change(client, paused, front=True), 409, "job_paused")
    problem(change(client, "none", paused=True), 404, "job_not_found")


@pytest.mark.parametrize(
    ("sent", "code", "field", "words"),
    [
        ({}, "invalid_setting", "change", "it needs one of priority, front, paused and stop"),
        ({"priority": None}, "invalid_setting", "change", "it needs one of"),
        ({"priority": "urgent"}, "invalid_setting", "change.priority", "'high', 'normal' or 'low'"),
        ({"front": False}, "invalid_setting", "change.front", "must be true"),
        ({"paused": 1}, "invalid_setting", "change.paused", "must be true or false"),
        ({"stop": True, "paused": True}, "invalid_setting", "change", "stop goes with no other"),
        ({"position": 1}, "unknown_setting", "change.position", "front"),
        (["pause"], "invalid_json", "change", "it holds an array"),
    ],
)
def test_a_wrong_change_is_refused_with_its_field(
    client: FlaskClient, jobs: JobStore, sent: object, code: str, field: str, words: str
) -> None:
    job_id = queued(jobs)
    before = jobs.get(job_id)
    body = problem(client.patch(f"{JOBS}/{job_id}", json=sent), 422, code)
    assert body["field"] == field
    assert words in body["detail"]
    assert jobs.get(job_id) == before


def test_an_owner_at_the_limit_cannot_resume(
    serve: Serve, jobs: JobStore, redis: Connection
) -> None:
    text, token = new_token("of a test", "alice", frozenset({"submit", "read"}))
    Tokens(redis).add(token)
    app = serve(GRAMWORKS_AUTH="token", GRAMWORKS_OWNER_JOBS=1)
    client, headers = app.test_client(), bearer(text)
    job_id = queued(jobs, owner="alice")
    path = f"{JOBS}/{job_id}"
    assert client.patch(path, json={"paused": True}, headers=headers).status_code == 200
    queued(jobs, owner="alice")
    response = client.patch(path, json={"paused": False}, headers=headers)
    assert problem(response, 429, "owner_quota_reached")["maximum"] == 1
    assert jobs.get(job_id).is_paused
    jobs.cancel(claimed(jobs).job_id)
    assert client.patch(path, json={"paused": False}, headers=headers).status_code == 200
