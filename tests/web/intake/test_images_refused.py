"""Invalid uploads are refused with the field, the bound and the reason."""

import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image

from shared.config import Config
from shared.job_store.connection import Connection
from tests.web.api_requests import PLAIN, problem, submit
from tests.web.pictures import SIZE, encoded, header_only_png, noise, plain, white

NO_IMAGES: dict[str, bytes] = {
    "empty": b"",
    "text": b"hello, I am a picture",
    "HTML": b"<!doctype html><svg onload=alert(1)>",
    "SVG": b"<svg xmlns='http://www.w3.org/2000/svg' width='64' height='64'/>",
    "PDF": b"%PDF-1.7\n%",
    "zip": b"PK\x03\x04" + bytes(60),
    "PNG's first bytes": b"\x89PNG\r\n\x1a\n",
    "JPEG's first bytes": b"\xff\xd8\xff\xe0",
    "an unsupported format": encoded(Image.new("RGB", SIZE), "PPM"),
    "another unsupported format": encoded(Image.new("RGB", SIZE), "ICO"),
}


@pytest.mark.parametrize("kind", NO_IMAGES)
@pytest.mark.parametrize("field", ["content", "style"])
def test_a_file_that_is_not_a_picture_is_refused_with_its_field(
    client: FlaskClient, field: str, kind: str
) -> None:
    files = {"content": [PLAIN], "style": [PLAIN], field: [NO_IMAGES[kind]]}
    body = problem(submit(client, files["content"], files["style"]), 422, "not_an_image")
    assert body["field"] == field
    assert f"'{field}'" in body["detail"]
    assert "JPEG" in body["detail"]


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "GIF", "BMP", "TIFF"])
@pytest.mark.parametrize("kept", [0.5, 0.9])
def test_a_truncated_picture_is_refused(client: FlaskClient, format_name: str, kept: float) -> None:
    whole = noise(format_name)
    body = problem(submit(client, [whole[: int(len(whole) * kept)]]), 422, "truncated_image")
    assert body["field"] == "content"


@pytest.mark.parametrize("size", [(1, 1), (15, 400), (400, 15)])
def test_a_picture_too_small_is_refused_with_the_minimum(
    client: FlaskClient, size: tuple[int, int]
) -> None:
    body = problem(submit(client, style=[plain(size=size)]), 422, "image_too_small")
    assert (body["field"], body["width"], body["height"]) == ("style", *size)
    assert body["minimum"] == 16
    assert "16" in body["detail"]


@pytest.mark.parametrize(
    "data", [white(20_000, 10_000), header_only_png(20_000, 10_000)], ids=["white", "no pixels"]
)
def test_200_megapixels_are_refused_before_they_are_decoded(
    client: FlaskClient, data: bytes
) -> None:
    tracemalloc.start()
    body = problem(submit(client, [data]), 422, "image_too_large")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10_000_000
    assert (body["field"], body["maximum"]) == ("content", 64)
    assert "20000 × 10000" in body["detail"]
    assert "64" in body["detail"]


def test_a_picture_with_only_a_header_is_refused_as_truncated(client: FlaskClient) -> None:
    problem(submit(client, [header_only_png(64, 48)]), 422, "truncated_image")


@pytest.mark.parametrize("field", ["content", "style"])
def test_a_missing_file_is_named(client: FlaskClient, field: str) -> None:
    files = {"content": [PLAIN], "style": [PLAIN], field: []}
    body = problem(submit(client, files["content"], files["style"]), 422, "missing_file")
    assert body["field"] == field
    assert f"'{field}'" in body["detail"]


@pytest.mark.parametrize(("field", "count", "most"), [("content", 2, 1), ("style", 9, 8)])
def test_too_many_files_are_refused_with_the_maximum(
    client: FlaskClient, field: str, count: int, most: int
) -> None:
    files = {"content": [PLAIN], "style": [PLAIN], field: [PLAIN] * count}
    body = problem(submit(client, files["content"], files["style"]), 422, "too_many_files")
    assert (body["field"], body["maximum"], body["count"]) == (field, most, count)


REFUSED: list[dict[str, Any]] = [
    {"content": [b"no picture"]},
    {"style": [PLAIN, b"no picture"]},
    {"settings": '{"size": 1}'},
    {"content": [white(40_000, 16)]},
]


@pytest.mark.parametrize("sent", REFUSED)
def test_a_refused_upload_leaves_nothing_behind(
    client: FlaskClient, redis: Connection, web_config: Config, sent: dict[str, Any]
) -> None:
    folder = Path(web_config.object_store_url)
    kept = set(folder.rglob("*"))
    assert submit(client, **sent).status_code == 422
    assert redis.keys("gw:*") == []
    assert set(folder.rglob("*")) == kept
