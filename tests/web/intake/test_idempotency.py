"""A request that is sent again with its Idempotency-Key makes no second job."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from shared import paths
from shared.job import JobState
from shared.job_store import JobStore
from shared.job_store.connection import Connection
from shared.object_store import ObjectStore
from tests.shared.job_store.transitions import claimed, in_state
from tests.web.api_requests import JOBS, PLAIN, accepted, problem, upload
from tests.web.pictures import plain

OTHER = plain((1, 2, 3))
ALIKE = 8  # requests at the same time


def submit(client: FlaskClient, key: str | None = "k", **changes: Any) -> TestResponse:
    headers = {} if key is None else {"Idempotency-Key": key}
    form = upload(**{"settings": '{"size": 64}', **changes})
    return client.post(JOBS, data=form, headers=headers)


def ids(jobs: JobStore) -> list[str]:
    return [job.id for job in jobs.page(100).jobs]


def folders(objects: ObjectStore) -> set[str]:
    """Return the ids of the jobs that have objects."""
    assert objects.folder is not None
    return {path.name for path in (objects.folder / "jobs").iterdir() if any(path.iterdir())}


def test_the_same_request_again_gets_the_same_job(client: FlaskClient, jobs: JobStore) -> None:
    first, second = submit(client), submit(client)
    assert accepted(first)["id"] == accepted(second)["id"]
    assert first.headers["Location"] == second.headers["Location"]
    assert len(ids(jobs)) == 1


def test_the_job_is_answered_as_it_is_now(client: FlaskClient, jobs: JobStore) -> None:
    job_id = accepted(submit(client))["id"]
    jobs.succeed(claimed(jobs), paths.content_key(job_id))
    assert accepted(submit(client))["state"] == "succeeded"


@pytest.mark.parametrize(
    "changes",
    [
        {"content": [OTHER]},
        {"style": [OTHER]},
        {"style": [PLAIN, OTHER]},
        {"settings": '{"size": 65}'},
        {"options": '{"priority": "low"}'},
    ],
)
def test_the_same_key_with_other_content_is_refused(
    client: FlaskClient, jobs: JobStore, changes: dict[str, Any]
) -> None:
    job_id = accepted(submit(client))["id"]
    body = problem(submit(client, **changes), 422, "idempotency_key_reused")
    assert (body["field"], body["id"]) == ("Idempotency-Key", job_id)
    assert ids(jobs) == [job_id]


@pytest.mark.parametrize("key", ["other", None])
def test_another_key_gets_another_job(client: FlaskClient, jobs: JobStore, key: str | None) -> None:
    submit(client)
    accepted(submit(client, key))
    assert len(ids(jobs)) == 2


def test_parallel_requests_make_one_job_and_leave_nothing_behind(
    app: Flask, client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    del client  # Redis is emptied first
    before, together = folders(objects), threading.Barrier(ALIKE)

    def send(_: int) -> str:
        own = app.test_client()
        together.wait()
        return str(accepted(submit(own))["id"])

    with ThreadPoolExecutor(ALIKE) as pool:
        answered = set(pool.map(send, range(ALIKE)))

    assert len(answered) == 1
    assert set(ids(jobs)) == answered
    assert folders(objects) - before == answered


def test_parallel_requests_with_one_key_and_other_content_make_one_job(
    app: Flask, client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    del client
    before, together = folders(objects), threading.Barrier(ALIKE)

    def send(size: int) -> int:
        own = app.test_client()
        together.wait()
        return submit(own, settings=f'{{"size": {64 + size}}}').status_code

    with ThreadPoolExecutor(ALIKE) as pool:
        statuses = sorted(pool.map(send, range(ALIKE)))

    assert statuses == [202] + [422] * (ALIKE - 1)
    assert folders(objects) - before == set(ids(jobs))
    assert len(ids(jobs)) == 1


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "x" * 256, "a\tb"])
def test_a_key_that_is_none_is_refused(client: FlaskClient, jobs: JobStore, key: str) -> None:
    body = problem(submit(client, key), 422, "invalid_idempotency_key")
    assert (body["field"], body["maximum"]) == ("Idempotency-Key", 255)
    assert ids(jobs) == []


def test_a_key_is_remembered_for_a_day(client: FlaskClient, redis: Connection) -> None:
    submit(client, "x" * 255)
    (name,) = redis.keys("gw:request:*")
    assert 86_300 < redis.ttl(name) <= 86_400
    assert "xxx" not in name  # keys can be secrets of their senders


def test_a_request_that_was_refused_can_be_corrected(client: FlaskClient, jobs: JobStore) -> None:
    problem(submit(client, settings='{"size": 3}'), 422, "invalid_setting")
    accepted(submit(client))
    assert len(ids(jobs)) == 1


def test_the_key_of_a_deleted_job_makes_no_other(client: FlaskClient, jobs: JobStore) -> None:
    job_id = accepted(submit(client))["id"]
    jobs.cancel(job_id)
    jobs.delete(job_id)
    problem(submit(client), 404, "job_not_found")
    assert ids(jobs) == []


def again(client: FlaskClient, path: str, key: str = "k", **values: Any) -> TestResponse:
    return client.post(f"{JOBS}/{path}", json=values, headers={"Idempotency-Key": key})


def test_a_fork_is_made_once(client: FlaskClient, jobs: JobStore) -> None:
    parent = accepted(submit(client, None))["id"]
    other = accepted(submit(client, None))["id"]
    forked = [accepted(again(client, f"{parent}/fork", start="inputs")) for _ in range(2)]
    assert forked[0]["id"] == forked[1]["id"]
    assert len(ids(jobs)) == 3
    problem(again(client, f"{parent}/fork", start="pixels"), 422, "idempotency_key_reused")
    problem(again(client, f"{other}/fork", start="inputs"), 422, "idempotency_key_reused")


def test_a_retry_is_made_once(client: FlaskClient, jobs: JobStore) -> None:
    failed = in_state(jobs, JobState.FAILED).job_id
    accepted(again(client, f"{failed}/retry"))
    jobs.cancel(failed)
    assert accepted(again(client, f"{failed}/retry"))["state"] == "cancelled"
    problem(again(client, f"{failed}/retry", "other"), 409, "not_failed")
    another = in_state(jobs, JobState.FAILED).job_id
    problem(again(client, f"{another}/retry"), 422, "idempotency_key_reused")
