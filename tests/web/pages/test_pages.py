"""The pages for people: the form with its errors, and the page of a job."""

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from shared.errors import StoreUnavailable
from shared.job import ENDED, JobState
from shared.job_store import JobStore
from shared.job_store.connection import Connection
from shared.job_store.workers import Worker, Workers
from shared.object_store import ObjectStore
from shared.settings import PRESETS, StyleSettings
from tests.shared.job_store.online_workers import announce
from tests.shared.job_store.transitions import claimed, in_state, progress, queued, running
from tests.web.api_requests import IN_TILES, upload
from tests.web.finished_job import finish

BALANCED = StyleSettings(**PRESETS["balanced"])


def _post(client: FlaskClient, **fields: str) -> TestResponse:
    return client.post("/", data=upload() | fields)


def _page(client: FlaskClient, job_id: str) -> str:
    response = client.get(f"/jobs/{job_id}")
    assert (response.status_code, response.mimetype) == (200, "text/html")
    return response.text


def test_the_url_is_escaped(client: FlaskClient) -> None:
    response = client.get("/jobs/%3Cscript%3Ealert(1)%3C%2Fscript%3E")
    assert response.status_code == 404
    response = client.get("/jobs/%3Cscript%3Ealert(1)")
    assert response.status_code == 404
    assert "<script>alert" not in response.text
    assert "&lt;script&gt;alert" in response.text


@pytest.mark.parametrize("state", JobState)
def test_a_job_has_a_page_in_every_state(
    client: FlaskClient, jobs: JobStore, state: JobState
) -> None:
    job_id = in_state(jobs, state).job_id
    page = _page(client, job_id)
    live = state not in ENDED
    assert f'data-state="{state}"' in page
    assert ('id="cancel"' in page) is live
    assert ('id="retry"' in page) is (state is JobState.FAILED)
    assert ('http-equiv="refresh"' in page) is live
    shown = re.findall(r'<img id="picture"[^>]*>', page)
    is_result = f"/api/v1/jobs/{job_id}/result" in "".join(shown)
    assert is_result is (state is JobState.SUCCEEDED)


def test_a_queued_job_shows_its_position_and_whether_a_worker_is_online(
    client: FlaskClient, jobs: JobStore, redis: Connection
) -> None:
    queued(jobs)
    page = _page(client, queued(jobs))
    assert "<dt>position</dt><dd>2</dd>" in page
    assert "No worker is online" in page
    announce(Workers(redis), Worker(name="w", pixels=10**9))
    page = _page(client, queued(jobs))
    assert "No worker is online" not in page
    assert 'id="waiting" hidden' in page


def test_a_running_job_shows_its_numbers_without_a_script(
    client: FlaskClient, jobs: JobStore
) -> None:
    claim = running(jobs)
    jobs.report(claim, progress(3), 5.0)
    page = _page(client, claim.job_id)
    assert "<dt>evaluation</dt><dd>3 of 10</dd>" in page
    assert 'value="0.3"' in page
    assert "<dt>total loss</dt><dd>6</dd>" in page


def test_a_failed_job_shows_why(client: FlaskClient, jobs: JobStore) -> None:
    page = _page(client, in_state(jobs, JobState.FAILED).job_id)
    assert "640 × 480 pixels need more memory" in page


def test_a_job_s_log_and_fallbacks_are_on_its_page(client: FlaskClient, jobs: JobStore) -> None:
    claim = running(jobs)
    assert 'id="fallbacks" hidden' in _page(client, claim.job_id)
    jobs.record_fallbacks(claim, 1, [IN_TILES])
    jobs.lose(claim, "killed")
    page = _page(client, claim.job_id)
    assert "<summary>History</summary>" in page
    assert "Queued again: its process was killed" in page
    assert "<li>Continued in tiles of 512 px" in page
    assert 'id="fallbacks" hidden' not in page


@pytest.mark.parametrize("state", JobState)
def test_a_job_is_cancelled_from_its_page_and_an_ended_one_stays(
    client: FlaskClient, jobs: JobStore, state: JobState
) -> None:
    job_id = in_state(jobs, state).job_id
    response = client.post(f"/jobs/{job_id}/cancel")
    assert (response.status_code, response.headers["Location"]) == (303, f"/jobs/{job_id}")
    assert jobs.get(job_id).state is (state if state in ENDED else JobState.CANCELLED)


@pytest.mark.parametrize("state", JobState)
def test_only_a_failed_job_is_retried_from_its_page(
    client: FlaskClient, jobs: JobStore, redis: Connection, state: JobState
) -> None:
    job_id = in_state(jobs, state).job_id
    response = client.post(f"/jobs/{job_id}/retry")
    assert (response.status_code, response.headers["Location"]) == (303, f"/jobs/{job_id}")
    assert jobs.get(job_id).state is (JobState.QUEUED if state is JobState.FAILED else state)
    assert redis.llen("gw:celery:gw:wakeups") == (state is JobState.FAILED)


def test_try_again_after_a_failed_button_links_back_to_the_page(
    client: FlaskClient, jobs: JobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = queued(jobs)

    def away(*_: object) -> None:
        raise StoreUnavailable(store="redis", reason="away")

    monkeypatch.setattr(JobStore, "cancel", away)
    page = f"http://localhost/jobs/{job_id}"
    response = client.post(f"/jobs/{job_id}/cancel", headers={"Referer": page})
    assert response.status_code == 503
    assert f'href="/jobs/{job_id}">Try again' in response.text
    elsewhere = client.post(f"/jobs/{job_id}/cancel", headers={"Referer": "http://evil.example/x"})
    assert 'href="/">Try again' in elsewhere.text


def _finished(client: FlaskClient, jobs: JobStore, objects: ObjectStore) -> str:
    location = _post(client, size="48").headers["Location"]
    claim = claimed(jobs)
    finish(claim, jobs, objects)
    return location


def test_a_finished_job_is_painted_on_from_its_page(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    location = _finished(client, jobs, objects)
    response = client.post(
        f"{location}/fork", data={"iterations": "40", "strength": "", "size": ""}
    )
    assert response.status_code == 303
    forked = jobs.get(response.headers["Location"].rpartition("/")[2])
    assert (forked.settings.iterations, forked.settings.size) == (40, 48)
    assert forked.inputs.init


def test_an_error_in_painting_on_is_shown_on_the_page(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    location = _finished(client, jobs, objects)
    response = client.post(f"{location}/fork", data={"strength": "101"})
    assert response.status_code == 422
    assert "&#39;Strength&#39; must be 100 or less" in response.text
