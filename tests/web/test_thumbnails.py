"""Thumbnails: right-sized, upright, in sRGB, made once, and kept as long as the job lives."""

import io
from dataclasses import replace

import numpy as np
import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from shared import paths
from shared.job import InputImage, Job, JobInputs, JobOptions
from shared.job_store import JobStore, NewJob, new_id
from shared.object_store import ObjectStore
from shared.pictures import encode
from shared.settings import StyleSettings
from tests.parts import redis_of, trash_of
from tests.shared.job_store.transitions import claimed, queued, running
from tests.web.batch_requests import new_batch
from tests.web.conftest import services_of
from tests.web.finished_job import finish, finished
from tests.web.pictures import CORNERS, cornered, encoded, swapping_profile
from web.thumbnails import Thumbnails, fitted
from worker.maintenance.garbage import delete_orphans, empty_trash

KEPT = "private, max-age=31536000, immutable"


def painted(rows: int, columns: int) -> np.ndarray:
    ramp = np.linspace(0, 255, rows * columns, dtype=np.uint8).reshape(rows, columns)
    return np.dstack([ramp, ramp[::-1], ramp])


def succeeded(jobs: JobStore, objects: ObjectStore, rows: int = 900, columns: int = 1200) -> str:
    """Return the id of a job whose result has this size."""
    claim = running(jobs)
    key = paths.result_key(claim.job_id, claim.attempt)
    objects.put(key, encode(painted(rows, columns), "png"))
    jobs.succeed(claim, key)
    return claim.job_id


def with_content(jobs: JobStore, objects: ObjectStore, data: bytes, orientation: int = 1) -> str:
    """Return the id of a job with this content image, as it is stored."""
    job_id = new_id()
    with Image.open(io.BytesIO(data)) as image:
        width, height = image.size[:: -1 if orientation > 4 else 1]
        key = paths.content_key(job_id, str(image.format).lower())
    objects.put(key, data)
    content = InputImage(
        key=key, width=width, height=height, bytes=len(data), orientation=orientation
    )
    inputs = JobInputs(content=content, styles=[content])
    return jobs.create(job_id, NewJob(StyleSettings(size=64), JobOptions(), inputs)).id


def get(client: FlaskClient, job_id: str, query: str) -> Image.Image:
    response = client.get(f"/jobs/{job_id}/thumbnail?{query}")
    assert (response.status_code, response.mimetype) == (200, "image/webp"), response.text
    return Image.open(io.BytesIO(response.data))


@pytest.mark.parametrize("width", paths.THUMBNAIL_WIDTHS)
@pytest.mark.parametrize(("rows", "columns"), [(900, 1800), (1800, 900)])
def test_a_thumbnail_fits_its_box_and_keeps_the_pictures_shape(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore, width: int, rows: int, columns: int
) -> None:
    job_id = succeeded(jobs, objects, rows, columns)
    small = get(client, job_id, f"width={width}")
    assert small.size == ((width, width // 2) if columns > rows else (width // 2, width))
    expected = Image.fromarray(painted(rows, columns)).resize(small.size)
    difference = np.asarray(small.convert("RGB"), float) - np.asarray(expected, float)
    assert np.abs(difference).mean() < 3


def test_a_small_picture_is_not_enlarged(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    assert get(client, succeeded(jobs, objects, 100, 150), "width=320").size == (150, 100)
    assert fitted(10_000, 3, 320) == (320, 1)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format_name", ["PNG", "JPEG"])
def test_input_pictures_are_upright(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore, orientation: int, format_name: str
) -> None:
    turns = {
        1: None, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_270,
    }  # fmt: skip # the inverse of what makes each upright
    large = cornered().resize((1280, 960), Image.Resampling.NEAREST)
    turn = turns[orientation]
    stored = large if turn is None else large.transpose(turn)
    data = encoded(stored, format_name)
    small = get(client, with_content(jobs, objects, data, orientation), "name=content&width=320")
    assert small.size == (320, 240)
    places = {"top left": (20, 20), "top right": (300, 20), "bottom left": (20, 220)}
    for corner, place in places.items():
        shown = np.array(small.convert("RGB").getpixel(place), float)
        assert np.abs(shown - CORNERS[corner]).max() < 12, corner


def test_colours_of_a_profile_become_srgb(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    """The profile swaps red and green."""
    green = encoded(Image.new("RGB", (400, 300), (0, 200, 0)), icc_profile=swapping_profile())
    small = get(client, with_content(jobs, objects, green), "name=content")
    red, green_shown, _ = np.array(small.convert("RGB"))[150, 200]
    assert (red > 150, green_shown < 50) == (True, True)
    assert "icc_profile" not in small.info


def test_transparency_stays(client: FlaskClient, jobs: JobStore, objects: ObjectStore) -> None:
    data = encoded(Image.new("RGBA", (400, 300), (200, 30, 60, 0)))
    small = get(client, with_content(jobs, objects, data), "name=content&width=320")
    assert small.mode == "RGBA"
    assert np.array(small)[100, 100, 3] == 0


class Counted(ObjectStore):
    """Counts what is read and written."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.read: list[str] = []
        self.written: list[str] = []

    def get(self, key: str) -> bytes:
        self.read.append(key)
        return super().get(key)

    def put(self, key: str, data: bytes) -> None:
        self.written.append(key)
        super().put(key, data)


@pytest.fixture
def counted(app: Flask, objects: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> Counted:
    """Count what the application's thumbnails read and write."""
    services = services_of(app)
    store = Counted(str(objects.folder))
    thumbnails = Thumbnails(store, services.renderer)
    monkeypatch.setitem(app.extensions, "gramworks", replace(services, thumbnails=thumbnails))
    return store


def test_a_thumbnail_is_made_once(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore, counted: Counted
) -> None:
    job_id = succeeded(jobs, objects)
    first = client.get(f"/jobs/{job_id}/thumbnail?width=320").data
    for _ in range(5):
        assert client.get(f"/jobs/{job_id}/thumbnail?width=320").data == first
    result = str(jobs.get(job_id).result)
    assert counted.written == [paths.thumbnail_key(result, 320)]
    assert counted.read.count(result) == 1


def test_jobs_of_a_batch_share_the_thumbnails_of_their_inputs(
    client: FlaskClient, counted: Counted
) -> None:
    batch = new_batch(client)
    for each in batch["jobs"]:
        get(client, each["id"], "name=content")
        get(client, each["id"], "name=style-0")
    inputs = {key for key in counted.read if not key.endswith(".webp")}
    assert len(counted.written) == len(inputs) < len(batch["jobs"])


def test_browsers_keep_it_and_are_answered_without_it(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore, counted: Counted
) -> None:
    job_id = succeeded(jobs, objects)
    address = f"/jobs/{job_id}/thumbnail?width=320&attempt=1"
    first = client.get(address)
    assert first.headers["Cache-Control"] == KEPT
    reads = len(counted.read)
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Cache-Control"] == KEPT
    assert len(counted.read) == reads
    other = client.get(f"/jobs/{job_id}/thumbnail?width=640")
    assert other.headers["ETag"] != first.headers["ETag"]


def assert_not_kept(response: TestResponse, status: int) -> None:
    assert response.status_code == status
    assert "max-age" not in response.headers["Cache-Control"]


def test_a_picture_that_does_not_exist_yet_is_not_cached(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    claim = running(jobs)
    assert_not_kept(client.get(f"/jobs/{claim.job_id}/thumbnail"), 409)
    assert_not_kept(client.get(f"/jobs/{claim.job_id}/thumbnail?name=init"), 409)
    assert_not_kept(client.get(f"/jobs/{claim.job_id}/thumbnail?name=style-7"), 409)
    assert_not_kept(client.get(f"/jobs/{new_id()}/thumbnail"), 404)
    finish(claim, jobs, objects)
    assert client.get(f"/jobs/{claim.job_id}/thumbnail").headers["Cache-Control"] == KEPT
    objects.delete([str(jobs.get(claim.job_id).result)])
    assert_not_kept(client.get(f"/jobs/{claim.job_id}/thumbnail?width=1280"), 404)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("width=321", "width"),
        ("width=", "width"),
        ("name=pixels", "name"),
        ("name=style-x", "name"),
        ("attempt=-1", "attempt"),
        ("size=320", "size"),
        ("width=320&width=640", "width"),
    ],
)
def test_odd_parameters_are_refused_with_their_name(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore, query: str, field: str
) -> None:
    response = client.get(f"/jobs/{finished(jobs, objects)}/thumbnail?{query}")
    assert_not_kept(response, 422)
    assert field in response.text


def test_thumbnails_stay_as_long_as_their_job_and_go_with_it(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    job_id = succeeded(jobs, objects)
    get(client, job_id, "width=320")
    folder = paths.job_folder(job_id)
    before = {each.key for each in objects.stored(folder)}
    assert paths.thumbnail_key(str(jobs.get(job_id).result), 320) in before
    delete_orphans(jobs, objects, redis_of(jobs).clock(), 0)
    assert {each.key for each in objects.stored(folder)} == before
    trash_of(jobs).move(job_id)
    delete_orphans(jobs, objects, redis_of(jobs).clock(), 0)
    assert get(client, job_id, "width=320").size == (320, 240)
    empty_trash(trash_of(jobs), objects, 0)
    assert list(objects.stored(folder)) == []


def test_thumbnails_without_their_picture_are_collected(
    jobs: JobStore, objects: ObjectStore
) -> None:
    job_id = queued(jobs)
    kept, lost = (f"jobs/{job_id}/{attempt}/result-320.webp" for attempt in (1, 2))
    for key in (kept, lost, f"jobs/{job_id}/1/result-333.webp"):
        objects.put(key, b"x")
    jobs.succeed(claimed(jobs), f"jobs/{job_id}/1/result.png")
    delete_orphans(jobs, objects, redis_of(jobs).clock(), 0)
    assert [each.key for each in objects.stored(paths.job_folder(job_id))] == [kept]


def test_templates_get_addresses_and_sizes(
    app: Flask, client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    job = jobs.get(with_content(jobs, objects, encoded(Image.new("RGB", (1000, 500)))))
    shown = "{{ thumbnail(job, 'result', 320) }} {{ thumbnail(job.id, 'style-0', 1280) }}"
    with app.test_request_context():
        result, style = render_template_string(shown, job=job).replace("&amp;", "&").split()
        assert result == f"/jobs/{job.id}/thumbnail?name=result&width=320&attempt=0"
        assert style == f"/jobs/{job.id}/thumbnail?name=style-0&width=1280"
        json = {"id": job.id, "attempt": 0}
        assert (
            render_template_string("{{ thumbnail(job, 'result', 320) | safe }}", job=json) == result
        )
        shown = "{{ p.srcset | safe }};{{ p.width }};{{ p.height }}"
        picture = "{% set p = thumbnail_set(job, 'content') %}" + shown
        srcset, width, height = render_template_string(picture, job=job).split(";")
    assert (width, height) == ("1000", "500")
    sizes = [int(part.split()[1].removesuffix("w")) for part in srcset.split(", ")]
    assert sizes == [320, 640, 1000]
    for part in srcset.split(", "):
        address, width = part.split()
        assert get(client, job.id, address.partition("?")[2]).width == int(width.removesuffix("w"))


def test_the_record_says_the_size_of_what_a_worker_stores(jobs: JobStore) -> None:
    job = jobs.get(queued(jobs, width=96))
    assert isinstance(job, Job)
    assert job.result_shape == (64, 128)
