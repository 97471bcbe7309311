"""The pages for people: the form with its errors, and the page of a job."""

import html
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from shared.errors import StoreUnavailable
from shared.job import ENDED, Job, JobState
from shared.job_store import JobStore
from shared.job_store.connection import Connection
from shared.job_store.workers import Worker, Workers
from shared.object_store import ObjectStore
from shared.pictures import encode
from shared.settings import DEFAULT_PRESET, DEPROCESS_MEANS, PRESETS, StyleSettings
from tests.shared.job_store.online_workers import announce
from tests.shared.job_store.transitions import claimed, in_state, progress, queued, running
from tests.web.api_requests import IN_TILES, upload
from tests.web.finished_job import finish
from tests.web.pictures import cornered, white

BALANCED = StyleSettings(**PRESETS["balanced"])


def _post(client: FlaskClient, **fields: str) -> TestResponse:
    return client.post("/", data=upload() | fields)


def _page(client: FlaskClient, job_id: str) -> str:
    response = client.get(f"/jobs/{job_id}")
    assert (response.status_code, response.mimetype) == (200, "text/html")
    return response.text


def test_the_form_offers_files_presets_and_bounds(client: FlaskClient) -> None:
    page = client.get("/").text
    for name in ("content", "style"):
        assert f'type="file" name="{name}"' in page
    assert f"<option selected>{DEFAULT_PRESET}</option>" in page
    schema = StyleSettings.model_json_schema()["properties"]
    for name, field in schema.items():
        assert re.search(rf'<(input|select)[^>]* name="{name}"', page)
        assert field["title"] in page
        assert html.escape(field["description"]).replace("&#x27;", "&#39;") in page
    size = re.search(r'<input[^>]* name="size"[^>]*>', page)
    assert size is not None
    assert 'type="text"' in size[0]  # a number, or `original`
    iterations = re.search(r'<input[^>]* name="iterations"[^>]*>', page)
    assert iterations is not None
    assert 'min="1" max="4000" step="1"' in re.sub(r"\s+", " ", iterations[0])
    for name in ("original", *DEPROCESS_MEANS):
        assert f'<option value="{name}">' in page


def test_a_sent_form_redirects_to_the_page_of_the_job(client: FlaskClient, jobs: JobStore) -> None:
    response = _post(client)
    [job] = jobs.page(2).jobs
    assert (response.status_code, response.headers["Location"]) == (303, f"/jobs/{job.id}")
    assert isinstance(job, Job)
    assert job.settings == BALANCED
    assert job.id in _page(client, job.id)


@pytest.mark.parametrize(
    ("fields", "chosen"),
    [
        ({"preset": "faithful"}, {}),
        ({"preset": "balanced", "size": "", "iterations": ""}, PRESETS["balanced"]),
        ({"preset": "faithful", "size": "96", "iterations": "7"}, {"size": 96, "iterations": 7}),
        (
            {"preset": "faithful", "deprocess_means": "shifted"},
            {"deprocess_means": DEPROCESS_MEANS["shifted"]},
        ),
        (
            {
                "preset": "faithful",
                "style_layers": '["block1_conv1"]',
                "content_weight": "1e-3",
                "deprocess_means": "[1, 2, 3]",
            },
            {
                "style_layers": {"block1_conv1": 1.0},
                "content_weight": 1e-3,
                "deprocess_means": (1.0, 2.0, 3.0),
            },
        ),
        (
            {
                "preset": "faithful",
                "style_layers": "block1_conv1: 1, block2_conv1: 0.5",
                "deprocess_means": "1.5, 2, 3",
            },
            {
                "style_layers": {"block1_conv1": 1.0, "block2_conv1": 0.5},
                "deprocess_means": (1.5, 2.0, 3.0),
            },
        ),
        (
            {"preset": "faithful", "style_layers": "block1_conv1, block2_conv1"},
            {"style_layers": {"block1_conv1": 1.0, "block2_conv1": 1.0}},
        ),
    ],
)
def test_the_job_has_the_settings_that_were_chosen_in_the_form(
    client: FlaskClient, jobs: JobStore, fields: dict[str, str], chosen: Mapping[str, Any]
) -> None:
    assert _post(client, **fields).status_code == 303
    [job] = jobs.page(1).jobs
    assert isinstance(job, Job)
    assert job.settings == StyleSettings(**chosen)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"size": "5"}, "must be 32 or more"),
        ({"size": "99999"}, "must be 65500 or less"),
        ({"size": "large"}, "not a whole number, and not &#39;original&#39;"),
        ({"size": "4e2"}, "must be a whole number"),
        ({"iterations": "9" * 5000}, "must be a whole number"),
        ({"preset": "wild"}, "must be &#39;balanced&#39;, &#39;draft&#39;"),
        ({"deprocess_means": "wild"}, "is not valid"),
        ({"style_layers": "block1_conv1: 0"}, "&#39;Style layers: block1_conv1&#39; must be more"),
    ],
)
def test_an_error_is_shown_beside_the_form_with_the_entered_values(
    client: FlaskClient, jobs: JobStore, fields: dict[str, str], words: str
) -> None:
    response = _post(client, **{"size": "64", "deprocess_means": "shifted", **fields})
    assert (response.status_code, response.mimetype) == (422, "text/html")
    assert 'role="alert"' in response.text
    assert words in response.text
    for name in ("size", "iterations"):
        assert f'value="{fields.get(name, "64" if name == "size" else "")}"' in response.text
    means = fields.get("deprocess_means", "shifted")
    assert f'name="deprocess_means" value="{means}"' in response.text
    assert jobs.page(1).jobs == []


@pytest.mark.parametrize(
    ("chosen", "is_open"),
    [({"iterations": "0", "seed": ""}, False), ({"iterations": "0", "seed": "1"}, True)],
)
def test_an_error_opens_the_further_settings_if_one_was_chosen(
    client: FlaskClient, chosen: dict[str, str], is_open: bool
) -> None:
    details = re.search(r"<details ?(open)?>\s*<summary>More", _post(client, **chosen).text)
    assert details is not None
    assert bool(details[1]) is is_open


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"content": []}, "&#39;Photograph&#39; has no file"),
        ({"style": [b"no picture"]}, "is not an image of a supported format"),
        ({"content": [white(1, 1)]}, "1 × 1 pixels"),
    ],
)
def test_an_error_in_a_file_is_shown_too(
    client: FlaskClient, files: dict[str, list[bytes]], words: str
) -> None:
    response = client.post("/", data=upload(**files) | {"size": "77"})  # type: ignore[arg-type] # files and text in one form
    assert response.status_code == 422
    assert words in response.text
    assert 'value="77"' in response.text


XSS = "\"'><script>alert(1)</script>"


@pytest.mark.parametrize("name", ["size", "iterations", "preset", "deprocess_means"])
def test_entered_values_are_escaped(client: FlaskClient, name: str) -> None:
    response = _post(client, **{name: XSS})
    assert response.status_code == 422
    assert "<script>alert" not in response.text


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


def test_the_start_page_shows_the_latest_jobs_newest_first(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    claim = running(jobs)
    objects.put("result.png", encode(np.asarray(cornered()), "png"))
    jobs.succeed(claim, "result.png")
    later = [queued(jobs) for _ in range(11)]
    page = client.get("/").text
    shown = re.findall(r'href="/jobs/(\w+)"', page)
    assert shown == [*later[::-1], claim.job_id]
    [thumbnail] = re.findall(r'<img src="(/api/[^"]+)"', page)
    assert client.get(thumbnail).mimetype == "image/jpeg"


@pytest.mark.parametrize("field", ["settings", "options", "sise"])
def test_an_unknown_field_is_refused(client: FlaskClient, jobs: JobStore, field: str) -> None:
    response = _post(client, **{field: "{}"})
    assert response.status_code == 422
    assert f"There is no field &#39;{field}&#39;" in response.text
    assert jobs.page(1).jobs == []


def test_only_chosen_settings_are_sent(client: FlaskClient, jobs: JobStore) -> None:
    untouched = dict.fromkeys(StyleSettings.model_fields, "")
    assert _post(client, preset="balanced", **untouched).status_code == 303
    [job] = jobs.page(1).jobs
    assert isinstance(job, Job)
    assert job.settings == BALANCED


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
