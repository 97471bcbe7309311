"""The image to start from: sent if a setting asks for it, with the content's proportions."""

import io
import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from shared import paths
from shared.job import Job
from shared.job_store import JobStore
from shared.object_store import ObjectStore
from tests.web.api_requests import JOBS, accepted, problem, submit, upload
from tests.web.pictures import SIZE, plain

GREEN = (10, 200, 30)
HALF = plain(GREEN, (SIZE[0] // 2, SIZE[1] // 2))


def _sent(client: FlaskClient, *files: bytes, **settings: Any) -> TestResponse:
    form = upload() | {"settings": json.dumps(settings)}
    form["init"] = [(io.BytesIO(file), "own.png") for file in files]
    return client.post(JOBS, data=form)


def test_it_is_stored_with_the_other_inputs(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    job = jobs.get(accepted(_sent(client, HALF, init="image"))["id"])
    assert job.inputs.init is not None
    assert job.inputs.init.key in job.files
    assert {stored.key for stored in objects.stored(paths.job_folder(job.id))} == job.files
    kept = Image.open(io.BytesIO(objects.get(job.inputs.init.key)))
    assert (kept.size, kept.getpixel((0, 0))) == ((SIZE[0] // 2, SIZE[1] // 2), GREEN)


@pytest.mark.parametrize("init", ["style_colors", "content", "noise"])
def test_a_job_that_starts_otherwise_has_no_such_input(
    client: FlaskClient, jobs: JobStore, init: str
) -> None:
    job_id = accepted(submit(client, settings=json.dumps({"init": init})))["id"]
    assert jobs.get(job_id).inputs.init is None


def test_a_missing_file_is_refused_with_the_way_out(client: FlaskClient) -> None:
    body = problem(submit(client, settings='{"init": "image"}'), 422, "init_missing")
    assert body["field"] == "init"
    assert "settings.init" in body["detail"]


@pytest.mark.parametrize("settings", [{}, {"init": "noise"}])
def test_a_file_that_would_not_be_used_is_refused(
    client: FlaskClient, settings: dict[str, str]
) -> None:
    body = problem(_sent(client, HALF, **settings), 422, "init_unused")
    assert body["field"] == "init"
    assert "'image' for 'settings.init'" in body["detail"]
    assert settings.get("init", "style_colors") in body["detail"]


@pytest.mark.parametrize(
    ("size", "fits"),
    [((64, 48), True), ((640, 480), True), ((33, 25), True), ((66, 48), False), ((48, 64), False)],
)
def test_another_shape_than_the_content_s_is_refused(
    client: FlaskClient, size: tuple[int, int], fits: bool
) -> None:
    sent = _sent(client, plain(GREEN, size), init="image")
    if fits:
        accepted(sent)
        return
    body = problem(sent, 422, "init_of_other_shape")
    assert body["field"] == "init"
    assert (body["width"], body["height"]) == size
    assert f"{SIZE[0]} × {SIZE[1]}" in body["detail"]


def test_only_one_readable_picture_is_accepted(client: FlaskClient) -> None:
    body = problem(_sent(client, HALF, HALF, init="image"), 422, "too_many_files")
    assert (body["field"], body["maximum"]) == ("init", 1)
    assert problem(_sent(client, b"no", init="image"), 422, "not_an_image")["field"] == "init"


def test_a_text_in_place_of_the_file_is_refused(client: FlaskClient) -> None:
    body = problem(client.post(JOBS, data=upload() | {"init": "noise"}), 422, "missing_file")
    assert body["field"] == "init"


def test_the_form_sends_it_too(client: FlaskClient, jobs: JobStore) -> None:
    page = client.get("/").text
    assert 'type="file" name="init"' in page
    form = upload() | {"init": [(io.BytesIO(HALF), "own.png")]}
    refused = client.post("/", data=form)
    assert refused.status_code == 422
    assert "Image to start from" in refused.text
    form = upload() | {"init": [(io.BytesIO(HALF), "own.png"), "image"]}  # the file and the setting
    assert client.post("/", data=form).status_code == 303
    [job] = jobs.page(2).jobs
    assert isinstance(job, Job)
    assert job.inputs.init is not None
