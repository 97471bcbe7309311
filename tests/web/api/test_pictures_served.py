"""Results and previews: served when they exist, in the requested format."""

import io

import numpy as np
import pytest
from flask.testing import FlaskClient
from PIL import Image

from shared.job import JobState
from shared.job_store import JobStore
from shared.metadata import Metadata
from shared.object_store import ObjectStore
from shared.pictures import FORMATS, encode
from shared.provenance import Provenance
from tests.shared.job_store.transitions import in_state, running
from tests.web.api_requests import JOBS, problem
from tests.web.pictures import RED, SIZE, cornered, encoded


@pytest.fixture
def finished(jobs: JobStore, objects: ObjectStore) -> str:
    """Return the path of a job that has a result."""
    claim = running(jobs)
    key = f"jobs/{claim.job_id}/1/result.png"
    objects.put(key, encode(np.asarray(cornered()), "png"))
    jobs.succeed(claim, key)
    return f"{JOBS}/{claim.job_id}"


@pytest.mark.parametrize("name", ["png", "jpeg", "webp", "tiff", "PNG", "Jpeg"])
def test_a_result_is_served_in_the_requested_format(
    client: FlaskClient, finished: str, name: str
) -> None:
    response = client.get(f"{finished}/result?format={name}")
    assert response.status_code == 200
    assert response.mimetype == FORMATS[name.lower()].mimetype
    assert response.headers["Content-Disposition"].endswith(f'.{name.lower()}"')
    with Image.open(io.BytesIO(response.data)) as image:
        assert (image.format, image.size) == (name.upper(), SIZE)
        corner = np.asarray(image.convert("RGB"))[3, 3].astype(int)
    assert np.abs(corner - RED).max() <= 6


@pytest.mark.parametrize("name", ["png", "jpeg", "webp", "tiff"])
def test_every_format_carries_the_result_s_provenance(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore, name: str
) -> None:
    claim = running(jobs)
    key = f"jobs/{claim.job_id}/1/result.png"
    written = Provenance.of(jobs.get(claim.job_id), "ab", {"total": 1.5})
    objects.put(key, encode(np.asarray(cornered()), "png", Metadata(xmp=written.packet())))
    jobs.succeed(claim, key)
    data = client.get(f"{JOBS}/{claim.job_id}/result?format={name}").data
    packet = Metadata.of_file(data).xmp
    assert packet is not None
    assert Provenance.from_packet(packet) == written


def test_a_result_is_an_exact_png_by_default(client: FlaskClient, finished: str) -> None:
    with Image.open(io.BytesIO(client.get(f"{finished}/result").data)) as image:
        assert image.format == "PNG"
        assert np.array_equal(np.asarray(image), np.asarray(cornered()))


@pytest.mark.parametrize("name", ["gif", "", "../png", "png%00", "jpg"])
def test_an_unknown_format_is_refused_with_the_known_ones(
    client: FlaskClient, finished: str, name: str
) -> None:
    body = problem(client.get(f"{finished}/result?format={name}"), 422, "invalid_setting")
    assert body["field"] == "format"
    assert "'png', 'jpeg', 'webp', 'tiff', 'png16' or 'tiff16'" in body["detail"]


def test_a_result_that_is_too_long_for_a_format_is_refused_with_one_that_holds_it(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    claim = running(jobs)
    key = f"jobs/{claim.job_id}/1/result.png"
    objects.put(key, encode(np.zeros((32, 16_384, 3), np.uint8), "png"))
    jobs.succeed(claim, key)
    path = f"{JOBS}/{claim.job_id}/result"
    body = problem(client.get(f"{path}?format=webp"), 422, "too_long_for_format")
    assert (body["field"], body["maximum"]) == ("format", 16_383)
    for name in ("png", "jpeg", "tiff"):
        assert client.get(f"{path}?format={name}").status_code == 200


@pytest.mark.parametrize("what", ["result", "preview"])
@pytest.mark.parametrize("state", sorted(set(JobState) - {JobState.SUCCEEDED}))
def test_a_picture_that_does_not_exist_yet_is_a_conflict_with_the_state(
    client: FlaskClient, jobs: JobStore, state: JobState, what: str
) -> None:
    job_id = in_state(jobs, state).job_id
    body = problem(client.get(f"{JOBS}/{job_id}/{what}"), 409, "not_ready")
    assert (body["state"], body["what"]) == (state, what)
    assert str(state) in body["detail"]
    assert ("yet" in body["detail"]) is (state in (JobState.QUEUED, JobState.RUNNING))


def test_a_result_is_cached_for_an_hour_by_its_client_only(
    client: FlaskClient, finished: str
) -> None:
    control = client.get(f"{finished}/result").cache_control
    assert (control.private, control.max_age) == (True, 3600)


def test_a_picture_that_is_gone_from_the_store_is_not_found(
    client: FlaskClient, jobs: JobStore
) -> None:
    job_id = in_state(jobs, JobState.SUCCEEDED).job_id
    problem(client.get(f"{JOBS}/{job_id}/result"), 404, "object_not_found")


def test_the_newest_preview_is_served_and_not_cached(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    claim = running(jobs)
    key = f"jobs/{claim.job_id}/1/preview.jpg"
    for number in (1, 2):
        data = encoded(Image.new("RGB", SIZE, (number * 100, 0, 0)), "JPEG")
        objects.put(key, data)
        jobs.show_preview(claim, key, number)
        response = client.get(f"{JOBS}/{claim.job_id}/preview?evaluation={number}")
        assert (response.data, response.mimetype) == (data, "image/jpeg")
        assert response.cache_control.no_cache


@pytest.mark.parametrize("header", ["If-None-Match", "If-Modified-Since", "Range", "If-Match"])
def test_a_conditional_request_gets_the_whole_picture(
    client: FlaskClient, finished: str, header: str
) -> None:
    whole = client.get(f"{finished}/result")
    again = client.get(f"{finished}/result", headers={header: "bytes=0-3"})
    assert (again.status_code, again.data) == (200, whole.data)


def test_the_head_of_a_result_has_its_type_and_length_and_no_body(
    client: FlaskClient, finished: str
) -> None:
    whole, head = client.get(f"{finished}/result"), client.head(f"{finished}/result")
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Length"] == str(len(whole.data))
