"""A size that was not chosen fits the picture; a chosen one is refused with one that fits."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from shared.job_store import JobStore
from shared.job_store.connection import Connection
from shared.job_store.workers import Worker, Workers
from shared.settings import PRESETS
from tests.shared.job_store.online_workers import announce
from tests.web.api_requests import JOBS, accepted, problem, submit, upload
from tests.web.pictures import plain, white

MEGAPIXEL = 1_000_000


def _submitted(client: FlaskClient, shape: tuple[int, int], **settings: Any) -> TestResponse:
    return submit(client, [white(*shape)], settings=json.dumps(settings))


def _painted(client: FlaskClient, shape: tuple[int, int], **settings: Any) -> tuple[int, int]:
    """Return the columns and rows at which a picture is accepted."""
    width, height = shape
    rows = accepted(_submitted(client, shape, **settings))["settings"]["size"]
    return width * rows // height, rows


@pytest.mark.parametrize(
    ("shape", "size"),
    [
        ((64, 48), 60_000),
        ((48, 64), 6000),
        ((1600, 400), 2200),
        ((640, 16), 800),
        ((3001, 2003), 4000),
        ((8000, 16), 140),
    ],
)
def test_the_largest_size_named_works_and_a_larger_one_does_not(
    client: FlaskClient, shape: tuple[int, int], size: int
) -> None:
    body = problem(_submitted(client, shape, size=size), 422, "result_too_large")
    assert body["field"] == "settings.size"
    assert (body["megapixels"], body["longest"]) == (16, 65_500)
    assert f"up to {body['maximum']}" in body["detail"]
    accepted(_submitted(client, shape, size=body["maximum"]))
    beyond = body["maximum"] + 2  # one more may fit, since a width is truncated
    problem(_submitted(client, shape, size=beyond), 422, "result_too_large")


@pytest.mark.parametrize(
    ("shape", "size"), [((16, 64), 100), ((16, 500), 400), ((17, 1001), 32), ((33, 99), 95)]
)
def test_the_smallest_size_named_works_and_the_one_below_does_not(
    client: FlaskClient, shape: tuple[int, int], size: int
) -> None:
    body = problem(_submitted(client, shape, size=size), 422, "result_too_narrow")
    assert body["field"] == "settings.size"
    assert f"at least {body['minimum']}" in body["detail"]
    accepted(_submitted(client, shape, size=body["minimum"]))
    problem(_submitted(client, shape, size=body["minimum"] - 1), 422, "result_too_narrow")


@pytest.mark.parametrize("shape", [(16, 40_000), (40_000, 16)])
@pytest.mark.parametrize("chosen", [{"size": 32}, {"size": 4096}, {"size": "original"}, {}])
def test_a_picture_that_no_size_fits_is_refused_without_naming_one(
    client: FlaskClient, shape: tuple[int, int], chosen: dict[str, Any]
) -> None:
    body = problem(_submitted(client, shape, **chosen), 422, "image_too_elongated")
    assert (body["field"], body["width"], body["height"]) == ("content", *shape)
    assert "Crop it" in body["detail"]


@pytest.mark.parametrize("shape", [(1920, 1080), (3840, 2160), (4618, 3464), (3464, 4618)])
def test_full_hd_and_up_to_16_megapixels_are_accepted_by_default(
    client: FlaskClient, shape: tuple[int, int]
) -> None:
    assert _painted(client, shape, size="original") == shape
    assert _painted(client, (640, 480), size=3464) == (4618, 3464)


@pytest.mark.parametrize("shape", [(8000, 2000), (2000, 8000), (60_000, 266), (245, 65_000)])
def test_16_megapixels_can_have_any_shape(client: FlaskClient, shape: tuple[int, int]) -> None:
    assert _painted(client, shape, size="original") == shape


def test_original_is_resolved_to_rows_in_the_record(client: FlaskClient, jobs: JobStore) -> None:
    job = accepted(_submitted(client, (70, 50), size="original"))
    assert job["settings"]["size"] == 50
    record = jobs.get(job["id"])
    assert (record.settings.size, record.result_shape, record.pixels) == (50, (50, 70), 3500)


def test_original_is_refused_with_a_size_that_fits(client: FlaskClient) -> None:
    body = problem(_submitted(client, (5000, 5000), size="original"), 422, "result_too_large")
    assert (body["rows"], body["columns"], body["maximum"]) == (5000, 5000, 4000)
    accepted(_submitted(client, (5000, 5000), size=4000))
    body = problem(_submitted(client, (16, 20), size="original"), 422, "result_too_narrow")
    assert (body["field"], body["minimum"]) == ("settings.size", 40)


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("shape", [(8000, 200), (200, 8000), (5000, 100), (310, 100)])
def test_an_elongated_picture_gets_the_pixels_of_the_preset(
    client: FlaskClient, preset: str, shape: tuple[int, int]
) -> None:
    columns, rows = _painted(client, shape, preset=preset)
    usual = PRESETS[preset].get("size", 400)
    expected = usual * usual * 4 / 3
    assert columns * rows == pytest.approx(expected, rel=0.05)
    assert min(columns, rows) >= 32


@pytest.mark.parametrize(
    "shape", [(64, 48), (48, 64), (64, 64), (1920, 1080), (300, 100), (100, 300)]
)
def test_an_ordinary_picture_gets_the_rows_of_the_preset(
    client: FlaskClient, shape: tuple[int, int]
) -> None:
    assert _painted(client, shape)[1] == 400
    assert _painted(client, shape, preset="draft")[1] == 200


def test_a_size_that_was_not_chosen_is_at_least_32_pixels_wide(client: FlaskClient) -> None:
    assert _painted(client, (16, 8000)) == (32, 16_000)
    assert _painted(client, (8000, 16)) == (16_000, 32)


def test_a_chosen_size_never_changes(client: FlaskClient) -> None:
    assert _painted(client, (8000, 200), size=300)[1] == 300
    problem(_submitted(client, (200, 8000), size=400), 422, "result_too_narrow")


def test_a_size_that_was_not_chosen_fits_what_workers_can_paint(
    client: FlaskClient, redis: Connection
) -> None:
    announce(Workers(redis), Worker(name="small", pixels=100_000))
    columns, rows = _painted(client, (64, 48))
    assert 95_000 < rows * columns <= 100_000
    body = problem(_submitted(client, (640, 480), size="original"), 422, "no_worker_fits")
    assert body["maximum"] == rows


def test_what_a_worker_cannot_paint_names_a_size_that_fits_at_once(
    client: FlaskClient, redis: Connection
) -> None:
    announce(Workers(redis), Worker(name="small", pixels=3 * MEGAPIXEL))
    body = problem(_submitted(client, (64, 48), size=6000), 422, "no_worker_fits")
    accepted(_submitted(client, (64, 48), size=body["maximum"]))
    announce(Workers(redis), Worker(name="large", pixels=90 * MEGAPIXEL))
    body = problem(_submitted(client, (64, 48), size=6000), 422, "result_too_large")
    accepted(_submitted(client, (64, 48), size=body["maximum"]))


def test_the_page_accepts_original(client: FlaskClient, jobs: JobStore) -> None:
    form = upload([plain(size=(70, 50))]) | {"size": "original"}
    response = client.post("/", data=form)
    assert response.status_code == 303, response.text
    [job] = jobs.page(1).jobs
    assert jobs.get(job.id).settings.size == 50
    assert 'value="original"' in client.get("/").text


def test_a_photograph_of_more_than_16_megapixels_can_be_uploaded(client: FlaskClient) -> None:
    files = [white(6000, 4000)]
    chosen = json.dumps({"size": 400})
    assert client.post(JOBS, data=upload(files, files, settings=chosen)).status_code == 202
