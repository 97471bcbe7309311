"""The client's methods for batches, over real HTTP."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from gramworks import Client, ServerUnreachable, UnexpectedAnswer, UploadedImage
from tests.gramworks.fake_server import (
    DROP,
    Answer,
    FakeServer,
    as_json,
    hang_up,
    job_json,
    stream,
)

SUBMIT, BATCH = "POST /api/v1/batches", "GET /api/v1/batches/b1"
RESULTS = f"{BATCH}/results.zip"


def batch_json(**changes: Any) -> dict[str, Any]:
    counts = {"planned": 0, "queued": 4, "running": 1, "succeeded": 1, "failed": 0}
    batch = {
        "id": "b1", "created_at": "2026-01-01T12:00:00Z", "total": 6, "counts": counts,
        "progress": 0.25, "eta_seconds": 90.0, "ended": False, "contents": 3, "styles": 2,
        "settings": [{"size": 64}], "options": {"priority": "normal"},
        "links": {"self": "/api/v1/batches/b1", "results": "/api/v1/batches/b1/results.zip"},
    }  # fmt: skip # a row
    return {**batch, **changes}


def ended_json(**changes: Any) -> dict[str, Any]:
    return batch_json(counts={"succeeded": 6}, progress=1, ended=True, eta_seconds=None, **changes)


def row_json(number: int, state: str = "succeeded", **changes: Any) -> dict[str, Any]:
    job = job_json(state, id=f"j{number}")
    return {
        "content": number // 2, "style": number % 2, "settings": 0,
        "id": f"j{number}", "state": state, "job": job, **changes,
    }  # fmt: skip # a row


def archive(**pictures: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name, picture in pictures.items():
            made.writestr(f"{name}.png", picture)
        made.writestr("manifest.json", json.dumps({"jobs": [{}] * 6}))
    return buffer.getvalue()


def test_all_pictures_and_settings_are_sent_in_one_request(
    server: FakeServer, client: Client, tmp_path: Path
) -> None:
    server.answer(SUBMIT, as_json(batch_json(), 202))
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(b"the photo")
    batch = client.submit_batch(
        [photo, b"other"], b"the painting", [{"size": 64}, {"size": 96}], {"priority": "low"}
    )
    assert (batch.id, batch.total, batch.count("queued", "running")) == ("b1", 6, 5)
    assert (batch.progress, batch.eta_seconds, batch.ended) == (0.25, 90.0, False)
    (sent,) = server.requests(SUBMIT)
    assert sent.body.count(b'name="content"; filename=') == 2
    assert sent.body.count(b'name="style"; filename=') == 1
    for part in (b"the photo", b"other", b"the painting", b'[{"size": 64}, {"size": 96}]'):
        assert part in sent.body
    assert b'{"priority": "low"}' in sent.body


@pytest.mark.parametrize(
    "picture", ["https://x.example/a.jpg", UploadedImage("0" * 64, 1, 1, None)]
)
def test_what_the_server_would_have_to_fetch_is_refused(
    server: FakeServer, client: Client, picture: str | UploadedImage
) -> None:
    with pytest.raises(TypeError, match="style: a batch takes files"):
        client.submit_batch(b"photo", [b"painting", picture])
    assert server.requests(SUBMIT) == []


def test_one_object_of_settings_is_a_list_of_one(server: FakeServer, client: Client) -> None:
    server.answer(SUBMIT, as_json(batch_json(), 202))
    client.submit_batch(b"a", b"b", {"size": 64})
    client.submit_batch(b"a", b"b")
    bodies = [each.body for each in server.requests(SUBMIT)]
    assert b'[{"size": 64}]' in bodies[0]
    assert b"[{}]" in bodies[1]


def test_a_lost_answer_repeats_the_request_with_its_key(server: FakeServer, client: Client) -> None:
    server.answer(SUBMIT, hang_up(), as_json(batch_json(), 202))
    assert client.submit_batch(b"a", b"b").id == "b1"
    first, second = (each.headers["idempotency-key"] for each in server.requests(SUBMIT))
    assert first == second
    assert len(first) == 32


def test_a_batch_is_read_without_its_jobs(server: FakeServer, client: Client) -> None:
    server.answer(BATCH, as_json(ended_json(jobs=[], next=None)))
    batch = client.batch("b1")
    assert (batch.ended, batch.eta_seconds, batch.count("succeeded")) == (True, None, 6)
    assert server.requests(BATCH)[0].query == "limit=0"


def test_its_jobs_are_fetched_in_pages(server: FakeServer, client: Client) -> None:
    pages = [[row_json(0), row_json(1, "deleted", job=None)], [row_json(2, "planned", job=None)]]
    first = batch_json(jobs=pages[0], next="/api/v1/batches/b1?limit=100&cursor=2")
    server.answer(BATCH, as_json(first), as_json(batch_json(jobs=pages[1], next=None)))
    jobs = list(client.batch_jobs("b1"))
    assert [(job.content, job.style, job.settings, job.state) for job in jobs] == [
        (0, 0, 0, "succeeded"),
        (0, 1, 0, "deleted"),
        (1, 0, 0, "planned"),
    ]
    assert [job.job and job.job.id for job in jobs] == ["j0", None, None]
    queries = [each.query for each in server.requests(BATCH)]
    assert queries == ["limit=100&cursor=0", "limit=100&cursor=2"]


def test_all_batches_are_listed_page_by_page(server: FakeServer, client: Client) -> None:
    pages = [
        {"batches": [batch_json()], "next": "/api/v1/batches?limit=20&cursor=7"},
        {"batches": [batch_json(id="b0")], "next": None},
    ]
    server.answer("GET /api/v1/batches", *map(as_json, pages))
    assert [batch.id for batch in client.all_batches()] == ["b1", "b0"]
    assert [each.query for each in server.requests("GET /api/v1/batches")] == [
        "limit=20",
        "limit=20&cursor=7",
    ]


def test_watching_ends_with_the_batch(server: FakeServer, client: Client) -> None:
    server.answer(
        BATCH, as_json(batch_json()), as_json(batch_json(progress=0.5)), as_json(ended_json())
    )
    seen = [batch.progress for batch in client.watch_batch("b1", seconds=0.01)]
    assert seen == [0.25, 0.5, 1]


def test_cancelling_says_how_many(server: FakeServer, client: Client) -> None:
    server.answer("DELETE /api/v1/batches/b1", as_json(ended_json(cancelled=5)))
    assert client.cancel_batch("b1").cancelled == 5


def test_the_archive_is_saved_whole(server: FakeServer, client: Client, tmp_path: Path) -> None:
    data = archive(picture=b"painted")
    server.answer(RESULTS, Answer(body=data))
    path = client.download_batch("b1", tmp_path / "all.zip", "jpeg")
    assert path.read_bytes() == data
    assert server.requests(RESULTS)[0].query == "format=jpeg"


def test_a_download_that_breaks_begins_again(
    server: FakeServer, client: Client, tmp_path: Path
) -> None:
    data = archive(picture=b"painted")
    server.answer(RESULTS, stream(data[:40], DROP), Answer(body=data))
    assert client.download_batch("b1", tmp_path / "all.zip").read_bytes() == data


@pytest.mark.parametrize(
    ("broken", "error"),
    [(Answer(body=archive()[:-9]), UnexpectedAnswer), (stream(archive(), DROP), ServerUnreachable)],
)
def test_half_an_archive_is_not_saved(
    server: FakeServer, client: Client, tmp_path: Path, broken: Answer, error: type[Exception]
) -> None:
    server.answer(RESULTS, broken)
    with pytest.raises(error):
        client.download_batch("b1", tmp_path / "all.zip")
    assert list(tmp_path.iterdir()) == []
