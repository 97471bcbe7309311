"""An image that was uploaded by its hash is painted as if it came with the job."""

import io
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from shared.job_store import JobStore
from shared.object_store import ObjectStore
from tests.web.api_requests import JOBS, PLAIN, accepted, problem, stored_input, submit, upload
from tests.web.conftest import Serve
from tests.web.identity.requests import bearer
from tests.web.pictures import (
    SIZE,
    cornered,
    encoded,
    header_only_png,
    noise,
    plain,
    swapping_profile,
)

IMAGES = "/api/v1/images"
OTHER = plain((1, 2, 3))
SETTINGS = ('{"size": 64}', '{"size": 64, "color_profile": "photograph"}')


def digest(data: bytes) -> str:
    return sha256(data).hexdigest()


def put(client: FlaskClient, data: bytes, name: str | None = None, **options: Any) -> TestResponse:
    return client.put(f"{IMAGES}/{name or digest(data)}", data=data, **options)


def _translucent() -> bytes:
    image = cornered().convert("RGBA")
    image.putalpha(
        Image.fromarray(np.tile(np.linspace(0, 255, SIZE[0]), (SIZE[1], 1)).astype("u1"))
    )
    return encoded(image, icc_profile=swapping_profile())


def _turned() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return encoded(cornered(), "JPEG", exif=exif, quality=95, comment=b"secret")


KINDS = {
    "PNG": noise("PNG"),
    "JPEG": noise("JPEG"),
    "WebP": noise("WEBP"),
    "turned JPEG": _turned(),
    "JPEG with a profile": encoded(cornered(), "JPEG", icc_profile=swapping_profile()),
    "PNG with a profile": encoded(cornered(), icc_profile=swapping_profile()),
    "translucent": _translucent(),
    "grey": encoded(cornered().convert("L"), "JPEG"),
}


def pictures(jobs: JobStore, objects: ObjectStore, job_id: str) -> list[Image.Image]:
    """Return what a worker paints of a job's content and style."""
    inputs = jobs.get(job_id).inputs
    content = stored_input(objects, inputs.content)
    return [content, stored_input(objects, inputs.styles[0], content.info.get("icc_profile"))]


def off(one: Image.Image, other: Image.Image) -> int:
    """Return by how much two pictures differ, in grey levels."""
    return int(np.abs(np.asarray(one, int) - np.asarray(other, int)).max())


def by_hash(client: FlaskClient, content: bytes, style: bytes, **form: str) -> TestResponse:
    hashes = {"content_sha256": digest(content), "style_sha256": digest(style)}
    return client.post(JOBS, data={**hashes, **form})


@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("kind", KINDS)
def test_it_is_painted_as_if_it_came_with_the_job(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore, kind: str, settings: str
) -> None:
    data, other = KINDS[kind], KINDS["PNG with a profile"]
    for content, style in ((data, other), (other, data)):
        for each in (content, style):
            assert put(client, each).status_code in (200, 201)
        direct = accepted(submit(client, [content], [style], settings=settings))
        later = accepted(by_hash(client, content, style, settings=settings))
        assert later["inputs"] == direct["inputs"]
        expected = pictures(jobs, objects, direct["id"])
        got = pictures(jobs, objects, later["id"])
        assert (got[0].mode, got[0].info) == (expected[0].mode, expected[0].info)
        assert off(got[0], expected[0]) <= 1
        assert off(got[1].convert("RGB"), expected[1].convert("RGB")) <= 1  # a style has no alpha


def test_what_is_stored_has_no_metadata(client: FlaskClient, objects: ObjectStore) -> None:
    put(client, KINDS["turned JPEG"])
    found = [objects.get(each.key) for each in objects.stored("images")]
    assert found
    assert not any(b"secret" in data or b"Exif" in data for data in found)


def test_an_upload_is_described_and_repeated_without_effect(
    client: FlaskClient, objects: ObjectStore
) -> None:
    before = len(list(objects.stored("images")))
    assert client.head(f"{IMAGES}/{digest(PLAIN)}").status_code == 404
    first = put(client, PLAIN)
    assert first.status_code == 201
    assert first.headers["Location"] == f"{IMAGES}/{digest(PLAIN)}"
    body = first.get_json()
    assert (body["sha256"], body["width"], body["height"]) == (digest(PLAIN), *SIZE)
    again = put(client, PLAIN, digest(PLAIN).upper())
    assert (again.status_code, again.get_json()["bytes"]) == (200, body["bytes"])
    assert client.head(f"{IMAGES}/{digest(PLAIN)}").status_code == 200
    assert client.get(f"{IMAGES}/{digest(PLAIN)}").get_json().keys() == body.keys()
    assert len(list(objects.stored("images"))) == before + 1
    assert client.delete(f"{IMAGES}/{digest(PLAIN)}").status_code == 204
    problem(client.delete(f"{IMAGES}/{digest(PLAIN)}"), 404, "image_not_found")
    assert len(list(objects.stored("images"))) == before


def test_a_job_keeps_its_copy_when_the_image_is_deleted(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    put(client, PLAIN)
    job_id = accepted(by_hash(client, PLAIN, PLAIN))["id"]
    client.delete(f"{IMAGES}/{digest(PLAIN)}")
    assert pictures(jobs, objects, job_id)
    accepted(by_hash(client, PLAIN, PLAIN))  # from the job


def test_an_image_that_nobody_keeps_must_be_uploaded(client: FlaskClient) -> None:
    body = problem(by_hash(client, PLAIN, PLAIN), 422, "image_not_uploaded")
    assert (body["field"], body["sha256"]) == ("content_sha256", digest(PLAIN))
    assert f"PUT /api/v1/images/{digest(PLAIN)}" in body["detail"]


def test_an_image_whose_object_is_gone_can_be_uploaded_again(
    client: FlaskClient, objects: ObjectStore
) -> None:
    put(client, OTHER)
    objects.delete_folder("images")
    problem(by_hash(client, OTHER, OTHER), 422, "image_not_uploaded")
    assert put(client, OTHER).status_code == 201
    accepted(by_hash(client, OTHER, OTHER))


@pytest.mark.parametrize("name", ["abc", "g" * 64, "a" * 63, "a" * 65])
def test_what_is_not_a_hash_is_refused(client: FlaskClient, name: str) -> None:
    for method in ("PUT", "GET", "DELETE"):
        body = problem(client.open(f"{IMAGES}/{name}", method=method), 422, "invalid_hash")
        assert body["field"] == "sha256"
    form = upload(style=[]) | {"style_sha256": name}
    body = problem(client.post(JOBS, data=form), 422, "invalid_hash")
    assert body["field"] == "style_sha256"


def test_a_file_with_another_hash_is_refused(client: FlaskClient) -> None:
    body = problem(put(client, PLAIN, digest(OTHER)), 422, "hash_mismatch")
    assert (body["field"], body["sha256"]) == ("sha256", digest(PLAIN))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"no image", "not_an_image"),
        (b"", "not_an_image"),
        (noise("PNG")[:500], "truncated_image"),
        (header_only_png(20_000, 20_000), "image_too_large"),
        (plain(size=(3, 3)), "image_too_small"),
    ],
)
def test_an_upload_has_the_bounds_of_a_submission(
    client: FlaskClient, data: bytes, code: str
) -> None:
    assert problem(put(client, data), 422, code)["field"] == "file"


def test_an_upload_that_is_too_large_is_refused(serve: Serve) -> None:
    client = serve(GRAMWORKS_MAX_UPLOAD_MB=1).test_client()
    problem(put(client, bytes(1_000_001)), 413, "upload_too_large")
    chunked = {
        "input_stream": io.BytesIO(bytes(1_000_001)),
        "headers": {"Transfer-Encoding": "chunked"},
        "environ_overrides": {"wsgi.input_terminated": True},  # as gunicorn says
    }
    assert client.put(f"{IMAGES}/{digest(b'')}", **chunked).status_code == 413


def test_a_full_store_accepts_no_upload(serve: Serve) -> None:
    client = serve(GRAMWORKS_MIN_FREE_MB=10**9).test_client()
    problem(put(client, PLAIN), 503, "storage_full")


def test_a_hash_that_comes_as_a_file_is_refused(client: FlaskClient) -> None:
    form = upload() | {"style_sha256": [(io.BytesIO(b"x"), "hash.txt")]}
    assert problem(client.post(JOBS, data=form), 422, "invalid_hash")["field"] == "style_sha256"


def test_files_and_hashes_count_together(client: FlaskClient) -> None:
    put(client, OTHER)
    form = upload() | {"content_sha256": digest(OTHER)}
    body = problem(client.post(JOBS, data=form), 422, "too_many_files")
    assert (body["field"], body["maximum"], body["count"]) == ("content", 1, 2)
    form = upload(settings=json.dumps({"size": 64})) | {"style_sha256": digest(OTHER)}
    job = accepted(client.post(JOBS, data=form))
    assert [each["sha256"] for each in job["inputs"]["styles"]] == [digest(PLAIN), digest(OTHER)]


def test_an_image_is_its_owner_s_alone(serve: Serve, tmp_path: Path) -> None:
    tokens = tmp_path / "tokens"
    ann, bob = "1" * 32, "2" * 32
    tokens.write_text(f"ann submit,read {ann}\nbob submit,read,operate {bob}\n")
    client = serve(GRAMWORKS_AUTH="token", GRAMWORKS_TOKENS_FILE=tokens).test_client()
    assert put(client, PLAIN, headers=bearer(ann)).status_code == 201
    path = f"{IMAGES}/{digest(PLAIN)}"
    assert client.get(path, headers=bearer(ann)).status_code == 200
    problem(client.get(path, headers=bearer(bob)), 404, "image_not_found")
    problem(client.delete(path, headers=bearer(bob)), 404, "image_not_found")
    form = {"content_sha256": digest(PLAIN), "style_sha256": digest(PLAIN)}
    problem(client.post(JOBS, data=form, headers=bearer(bob)), 422, "image_not_uploaded")
    accepted(client.post(JOBS, data=form, headers=bearer(ann)))


def test_uploads_count_with_the_owner_s_bytes(serve: Serve, tmp_path: Path) -> None:
    tokens, ann = tmp_path / "tokens", "1" * 32
    tokens.write_text(f"ann submit,read {ann}\n")
    settings = {"GRAMWORKS_TOKENS_FILE": tokens, "GRAMWORKS_OWNER_MB": 1}
    client = serve(GRAMWORKS_AUTH="token", **settings).test_client()
    pixels = np.random.default_rng(1).integers(0, 256, (600, 600, 3), dtype=np.uint8)
    assert put(client, encoded(Image.fromarray(pixels)), headers=bearer(ann)).status_code == 201
    body = problem(put(client, PLAIN, headers=bearer(ann)), 429, "owner_quota_reached")
    assert body["bound"] == "bytes"
    client.delete(f"{IMAGES}/{digest(encoded(Image.fromarray(pixels)))}", headers=bearer(ann))
    assert put(client, PLAIN, headers=bearer(ann)).status_code == 201
