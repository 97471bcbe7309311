"""The client sends pictures as files, as URLs, or by the hash of what it uploaded before."""

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from gramworks import Client, Picture, UploadedImage
from tests.gramworks.fake_server import FakeServer, as_json, hang_up, image_json, job_json, problem

PAINTING = b"the painting"
HASH = sha256(PAINTING).hexdigest()
SUBMIT, GET, PUT = "POST /api/v1/jobs", f"GET /api/v1/images/{HASH}", f"PUT /api/v1/images/{HASH}"


@pytest.fixture(autouse=True)
def accepting(server: FakeServer) -> None:
    server.answer(SUBMIT, as_json(job_json("queued"), 202))


def test_urls_and_hashes_are_fields_of_the_form(server: FakeServer, client: Client) -> None:
    uploaded = UploadedImage(HASH, 4, 3, None)
    styles: list[Picture] = ["https://a.example/1.jpg", uploaded, "HTTP://a.example/2.jpg"]
    client.submit("http://a.example/x.jpg", styles, init=uploaded)
    fields = parse_qs(server.requests(SUBMIT)[0].body.decode())
    assert fields["content_url"] == ["http://a.example/x.jpg"]
    assert fields["style_url"] == ["https://a.example/1.jpg", "HTTP://a.example/2.jpg"]
    assert fields["style_sha256"] == fields["init_sha256"] == [HASH]
    assert fields["settings"] == ["{}"]


def test_a_file_can_be_sent_beside_a_url(server: FakeServer, client: Client) -> None:
    client.submit(b"the photo", ["https://a.example/1.jpg", "https://a.example/2.jpg"])
    body = server.requests(SUBMIT)[0].body
    assert b'name="content"; filename="content"' in body
    assert body.count(b'name="style_url"') == 2


def test_a_picture_is_uploaded_once(server: FakeServer, client: Client, tmp_path: Path) -> None:
    (tmp_path / "painting.jpg").write_bytes(PAINTING)
    server.answer(GET, problem(404, "It is not here."), as_json(image_json(PAINTING)))
    server.answer(PUT, hang_up(), as_json(image_json(PAINTING), 201))
    first = client.upload(tmp_path / "painting.jpg")
    assert first == client.upload(PAINTING)
    assert (first.sha256, first.width, first.height) == (HASH, 4, 3)
    assert first.kept_until == datetime(2026, 1, 2, 12, tzinfo=UTC)
    assert [each.body for each in server.requests(PUT)] == [PAINTING] * 2  # the first was lost
    assert client.upload(first) is first
