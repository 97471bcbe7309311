"""`Prefer: wait` answers with the ended job if it ends in time."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shared import paths
from shared.job import JobState
from shared.job_store import JobStore
from tests.shared.job_store.transitions import claimed, in_state, queued, running
from tests.web.api_requests import JOBS, problem, upload
from web.api import prefer
from web.streams.waiting import Places


def later(step: Callable[[], object], seconds: float = 0.3) -> threading.Timer:
    timer = threading.Timer(seconds, step)
    timer.start()
    return timer


def wait(seconds: object = 10) -> dict[str, str]:
    return {"Prefer": f"wait={seconds}"}


def test_a_submission_is_answered_with_the_ended_job(client: FlaskClient, jobs: JobStore) -> None:
    def paint() -> None:
        claim = claimed(jobs)
        jobs.succeed(claim, paths.result_key(claim.job_id, 1))

    painting = later(paint)
    begin = time.monotonic()
    response = client.post(JOBS, data=upload(), headers=wait())
    painting.join()
    assert 0.3 <= time.monotonic() - begin < 5
    assert (response.status_code, response.get_json()["state"]) == (200, "succeeded")
    assert response.headers["Preference-Applied"] == "wait=10"
    assert response.headers["Location"] == response.get_json()["links"]["self"]


def test_a_job_that_does_not_end_in_time_is_answered_as_it_is(
    client: FlaskClient, jobs: JobStore
) -> None:
    response = client.post(JOBS, data=upload(), headers=wait(1))
    assert (response.status_code, response.get_json()["state"]) == (202, "queued")
    assert response.headers["Preference-Applied"] == "wait=1"
    claim = claimed(jobs)
    response = client.get(f"{JOBS}/{claim.job_id}", headers=wait(1))
    assert (response.status_code, response.get_json()["state"]) == (200, "running")


def test_a_retry_and_a_fork_wait_too(client: FlaskClient, jobs: JobStore) -> None:
    failed = in_state(jobs, JobState.FAILED).job_id
    cancelling = later(lambda: jobs.cancel(failed))
    response = client.post(f"{JOBS}/{failed}/retry", headers=wait())
    cancelling.join()
    assert (response.status_code, response.get_json()["state"]) == (200, "cancelled")
    parent = client.post(JOBS, data=upload()).get_json()["id"]
    response = client.post(f"{JOBS}/{parent}/fork", json={"start": "inputs"}, headers=wait(1))
    assert (response.status_code, response.get_json()["state"]) == (202, "queued")
    assert response.headers["Preference-Applied"] == "wait=1"


def test_an_ended_job_is_answered_at_once(client: FlaskClient, jobs: JobStore) -> None:
    job_id = in_state(jobs, JobState.CANCELLED).job_id
    begin = time.monotonic()
    response = client.get(f"{JOBS}/{job_id}", headers=wait(30))
    assert time.monotonic() - begin < 1
    assert response.headers["Preference-Applied"] == "wait=30"


def test_a_job_that_is_deleted_meanwhile_is_not_found(client: FlaskClient, jobs: JobStore) -> None:
    job_id = queued(jobs)

    def delete() -> None:
        jobs.cancel(job_id)
        jobs.delete(job_id)

    deleting = later(delete)
    response = client.get(f"{JOBS}/{job_id}", headers=wait())
    deleting.join()
    problem(response, 404, "job_not_found")


@pytest.mark.parametrize(
    ("header", "applied"),
    [
        ("respond-async, WAIT = 1", "wait=1"),
        ('return=minimal; a=b, wait="1"; c', "wait=1"),
        ("wait=1, wait=40", "wait=1"),
        ("wait=0", None),
        ("return=representation", None),
        ("", None),
    ],
)
def test_other_preferences_are_ignored(
    client: FlaskClient, jobs: JobStore, header: str, applied: str | None
) -> None:
    job_id = running(jobs).job_id
    response = client.get(f"{JOBS}/{job_id}", headers={"Prefer": header})
    assert response.headers.get("Preference-Applied") == applied


@pytest.mark.parametrize("value", ["", "x", "-1", "1.5", "1s", "9" * 10, "\u0664"])
def test_a_wait_that_is_no_number_is_refused_before_a_job_is_made(
    client: FlaskClient, jobs: JobStore, value: str
) -> None:
    headers = {"Prefer": f"wait={value}".encode().decode("latin-1")}
    body = problem(client.post(JOBS, data=upload(), headers=headers), 422, "invalid_setting")
    assert body["field"] == "Prefer"
    assert jobs.page(9).jobs == []


def test_a_longer_wait_is_shortened(client: FlaskClient, jobs: JobStore) -> None:
    job_id = in_state(jobs, JobState.CANCELLED).job_id
    response = client.get(f"{JOBS}/{job_id}", headers=wait(3600))
    assert response.headers["Preference-Applied"] == "wait=50"


def test_beyond_the_bound_nobody_waits(app: Flask, jobs: JobStore) -> None:
    job_id = running(jobs).job_id
    before: Any = app.extensions.copy()
    prefer.install(app, Places(1))
    try:
        answers = []

        def ask(seconds: int) -> None:
            answers.append(app.test_client().get(f"{JOBS}/{job_id}", headers=wait(seconds)))

        waiting = threading.Thread(target=ask, args=(2,))
        waiting.start()
        time.sleep(0.3)
        ask(10)
        assert "Preference-Applied" not in answers[0].headers
        waiting.join()
        assert answers[1].headers["Preference-Applied"] == "wait=2"
        ask(1)
        assert answers[2].headers["Preference-Applied"] == "wait=1"
    finally:
        app.extensions.update(before)


def test_head_does_not_wait(client: FlaskClient, jobs: JobStore) -> None:
    begin = time.monotonic()
    client.head(f"{JOBS}/{running(jobs).job_id}", headers=wait())
    assert time.monotonic() - begin < 1
