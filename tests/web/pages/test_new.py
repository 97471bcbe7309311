"""The page for a new picture: the form, its errors, and the latest jobs."""

import html
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from shared.job import Job
from shared.job_store import JobStore
from shared.object_store import ObjectStore
from shared.pictures import encode
from shared.settings import DEFAULT_PRESET, DEPROCESS_MEANS, PRESETS, StyleSettings
from tests.shared.job_store.transitions import queued, running
from tests.web.api_requests import upload
from tests.web.pictures import cornered, white

BALANCED = StyleSettings(**PRESETS["balanced"])


def _post(client: FlaskClient, **fields: str) -> TestResponse:
    return client.post("/", data=upload() | fields)


def test_the_form_offers_files_presets_and_bounds(client: FlaskClient) -> None:
    page = client.get("/").text
    for name in ("content", "style"):
        assert f'type="file" name="{name}"' in page
    for name in PRESETS:
        card = re.search(rf'<input type="radio" name="preset" value="{name}"[^>]*>', page)
        assert card is not None
        assert ("checked" in card[0]) is (name == DEFAULT_PRESET)
    schema = StyleSettings.model_json_schema()["properties"]
    for name, field in schema.items():
        assert re.search(rf'<(input|select)[^>]* name="{name}"', page)
        assert field["title"] in page
        text = re.sub("`([^`]*)`", r"<code>\1</code>", html.escape(field["description"]))
        assert text.replace("&#x27;", "&#39;") in page
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
    assert client.get(response.headers["Location"]).status_code == 200


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
    field = re.search(r'<input[^>]* name="deprocess_means"[^>]*>', response.text)
    assert field is not None
    assert f'value="{means}"' in field[0]
    assert "Choose them again" in response.text  # for browsers without JavaScript
    assert jobs.page(1).jobs == []


@pytest.mark.parametrize(
    ("chosen", "is_open"),
    [({"iterations": "0", "seed": ""}, False), ({"iterations": "0", "seed": "1"}, True)],
)
def test_an_error_opens_the_groups_of_the_chosen_settings(
    client: FlaskClient, chosen: dict[str, str], is_open: bool
) -> None:
    page = _post(client, **chosen).text
    details = re.search(r"<details ?(open)?>\s*<summary>Starting image", page)
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
