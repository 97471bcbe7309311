"""The ZIP of a batch: the finished pictures as they are, and what became of the others."""

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from shared.errors import Diverged, StoreUnavailable
from shared.job_store import JobStore
from shared.object_store import ObjectStore
from tests.shared.job_store.transitions import claimed
from tests.web.api_requests import JOBS, problem
from tests.web.batch_requests import BATCHES, CONTENTS, new_batch
from tests.web.conftest import services_of
from tests.web.finished_job import finish
from web.downloads import OF_OWNER

SUFFIXES = {"png": "PNG", "jpeg": "JPEG", "webp": "WEBP", "tiff": "TIFF", "png16": "PNG"}


def archive_of(client: FlaskClient, batch_id: str, query: str = "") -> zipfile.ZipFile:
    response = client.get(f"{BATCHES}/{batch_id}/results.zip{query}")
    assert (response.status_code, response.mimetype) == (200, "application/zip")
    assert response.headers["Content-Disposition"] == (
        f'attachment; filename="gramworks-batch-{batch_id}.zip"'
    )
    archive = zipfile.ZipFile(io.BytesIO(response.data))
    assert archive.testzip() is None
    return archive


def manifest_of(archive: zipfile.ZipFile) -> dict[str, Any]:
    return dict(json.loads(archive.read("manifest.json")))


def test_the_pictures_are_in_it_as_they_are_stored(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    batch = new_batch(client, settings=[{"size": 64}, {"size": 96}])
    for _ in batch["jobs"]:
        finish(claimed(jobs), jobs, objects)
    archive = archive_of(client, batch["id"])
    names = [f"{c}-{s}-{k}.png" for c in range(3) for s in range(2) for k in range(2)]
    assert archive.namelist() == [*names, "manifest.json"]
    for name, each in zip(names, batch["jobs"], strict=True):
        assert archive.read(name) == client.get(f"{JOBS}/{each['id']}/result").data
        assert archive.getinfo(name).compress_type == zipfile.ZIP_STORED
    manifest = manifest_of(archive)
    assert manifest["settings"] == [{"size": 64}, {"size": 96}]
    assert [each["file"] for each in manifest["jobs"]] == names
    assert {each["state"] for each in manifest["jobs"]} == {"succeeded"}
    finished = jobs.get(batch["jobs"][0]["id"]).finished_at
    assert finished is not None
    assert archive.infolist()[0].date_time[:5] == finished.timetuple()[:5]


def test_others_are_in_the_manifest_with_their_state(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    batch = new_batch(client)
    finish(claimed(jobs), jobs, objects)
    jobs.fail(claimed(jobs), Diverged(evaluation=3))
    jobs.cancel(claimed(jobs).job_id)
    deleted = claimed(jobs)
    jobs.cancel(deleted.job_id)
    jobs.delete(deleted.job_id)
    lost = claimed(jobs)
    finish(lost, jobs, objects)
    objects.delete([str(jobs.get(lost.job_id).result)])
    archive = archive_of(client, batch["id"])
    assert archive.namelist() == ["0-0-0.png", "manifest.json"]
    rows = manifest_of(archive)["jobs"]
    assert [(each["state"], (each["error"] or {}).get("code")) for each in rows] == [
        ("succeeded", None), ("failed", "diverged"), ("cancelled", None), ("deleted", None),
        ("succeeded", "object_not_found"), ("queued", None),
    ]  # fmt: skip # the jobs in their order
    assert [each["file"] for each in rows] == ["0-0-0.png", *[None] * 5]
    assert [each["job"] for each in rows] == [each["id"] for each in batch["jobs"]]


@pytest.mark.parametrize("format_name", SUFFIXES)
def test_pictures_come_in_any_format(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore, format_name: str
) -> None:
    batch = new_batch(client, contents=CONTENTS[:1])
    job_id = claimed(jobs)
    finish(job_id, jobs, objects)
    archive = archive_of(client, batch["id"], f"?format={format_name}")
    (name, _) = archive.namelist()
    assert name == f"0-0-0.{format_name.removesuffix('16')}"
    with Image.open(io.BytesIO(archive.read(name))) as picture:
        assert (picture.format, picture.size) == (SUFFIXES[format_name], (64, 48))
    one = client.get(f"{JOBS}/{job_id.job_id}/result?format={format_name}").data
    assert archive.read(name) == one
    assert manifest_of(archive)["format"] == format_name


def test_a_picture_without_float_pixels_is_left_out_where_they_are_needed(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    batch = new_batch(client, contents=CONTENTS[:1])
    for _ in range(2):
        finish(claimed(jobs), jobs, objects)
    jobs.forget_pixels(batch["jobs"][0]["id"])
    archive = archive_of(client, batch["id"], "?format=tiff16")
    assert archive.namelist() == ["0-1-0.tiff", "manifest.json"]
    assert manifest_of(archive)["jobs"][0]["error"]["code"] == "pixels_gone"


def test_names_sort_as_the_jobs_do(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    settings = [{"size": 64, "seed": seed} for seed in range(11)]
    batch = new_batch(client, contents=CONTENTS[:1], styles=CONTENTS[:1], settings=settings)
    for _ in batch["jobs"]:
        finish(claimed(jobs), jobs, objects)
    names = archive_of(client, batch["id"]).namelist()[:-1]
    assert (names[2], names[10]) == ("0-0-02.png", "0-0-10.png")
    assert names == sorted(names)


def test_without_finished_pictures_there_is_a_manifest(client: FlaskClient) -> None:
    archive = archive_of(client, new_batch(client)["id"])
    assert archive.namelist() == ["manifest.json"]


class GoesAway(ObjectStore):
    """Is not available any more when half of the second picture is read."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.streams = 0

    def stream(self, key: str, part_bytes: int) -> Iterator[bytes]:
        self.streams += 1
        parts = super().stream(key, min(part_bytes, 100))
        return self._half(parts) if self.streams == 2 else parts

    @staticmethod
    def _half(parts: Iterator[bytes]) -> Iterator[bytes]:
        yield next(parts)
        raise StoreUnavailable(store="images", reason="gone")


def test_a_store_that_goes_away_breaks_the_answer_off(
    client: FlaskClient,
    app: Flask,
    jobs: JobStore,
    objects: ObjectStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The server then closes the connection, and what a client has is not a ZIP."""
    batch = new_batch(client, contents=CONTENTS[:1])
    for _ in range(2):
        finish(claimed(jobs), jobs, objects)
    broken = replace(services_of(app), objects=GoesAway(str(objects.folder)))
    monkeypatch.setitem(app.extensions, "gramworks", broken)
    received: list[bytes] = []
    response = client.get(f"{BATCHES}/{batch['id']}/results.zip")
    with response, pytest.raises(StoreUnavailable):
        received.extend(response.iter_encoded())
    assert not zipfile.is_zipfile(io.BytesIO(b"".join(received)))
    assert len(b"".join(received)) > 100
    assert services_of(app).downloads.running == 0


def test_an_owner_has_a_few_downloads_at_a_time(client: FlaskClient, app: Flask) -> None:
    batch_id = new_batch(client)["id"]
    address = f"{BATCHES}/{batch_id}/results.zip"
    running = [client.get(address) for _ in range(OF_OWNER)]
    refused = client.get(address)
    body = problem(refused, 503, "downloads_busy")
    assert (body["maximum"], refused.headers["Retry-After"]) == (OF_OWNER, "10")
    assert client.head(address).status_code == 200
    running[0].close()
    assert client.get(address, buffered=True).status_code == 200
    running[1].close()
    assert services_of(app).downloads.running == 0
