"""The pages for people: the form with its errors, and the page of a job."""

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from shared.errors import StoreUnavailable
from shared.job_store import JobStore
from shared.object_store import ObjectStore
from shared.settings import PRESETS, StyleSettings
from tests.shared.job_store.transitions import claimed, queued
from tests.web.api_requests import upload
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


@pytest.mark.parametrize("algorithm", ["zstd", "br", "gzip"])
def test_pages_and_their_files_are_compressed_as_the_browser_can_read(
    client: FlaskClient, algorithm: str
) -> None:
    script = re.search(r'src="(/static/[^"]+base.js)"', client.get("/").text)
    assert script
    for address in ("/", script[1]):
        response = client.get(address, headers={"Accept-Encoding": algorithm}, buffered=True)
        assert response.headers["Content-Encoding"] == algorithm, address
        assert "Accept-Encoding" in response.headers["Vary"]
