"""Requests to the API, and checks that hold for every answer."""

import io
import json
from collections.abc import Generator, Sequence
from typing import Any, NamedTuple

from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from shared.input_pictures import read_input
from shared.job import Fallback, InputImage
from shared.job_store import JobStore
from shared.object_store import ObjectStore
from tests.web.pictures import plain

JOBS = "/api/v1/jobs"
PLAIN = plain()
IN_TILES = Fallback(
    attempt=1, evaluation=3, fallback_step=1, cause="memory_error", history=10, tile=512
)


def upload(
    content: Sequence[bytes] = (PLAIN,), style: Sequence[bytes] = (PLAIN,), **form: str
) -> dict[str, Any]:
    """Return the multipart form of a new job."""
    files = {"content": content, "style": style}
    return {
        **form,
        **{name: [(io.BytesIO(file), "a.bin") for file in sent] for name, sent in files.items()},
    }


def submit(
    client: FlaskClient,
    content: Sequence[bytes] = (PLAIN,),
    style: Sequence[bytes] = (PLAIN,),
    **form: str,
) -> TestResponse:
    return client.post(JOBS, data=upload(content, style, **form))


def accepted(response: TestResponse) -> dict[str, Any]:
    assert response.status_code == 202, response.text
    return dict(response.get_json())


def problem(response: TestResponse, status: int, code: str) -> dict[str, Any]:
    """Return the body of an error, a problem document (RFC 9457)."""
    assert response.status_code == status, response.text
    assert response.mimetype == "application/problem+json"
    body: dict[str, Any] = json.loads(response.text)
    assert (body["status"], body["code"]) == (status, code)
    assert body["type"] == f"urn:gramworks:error:{code}"
    assert body["title"]
    assert body["detail"][-1] in ".!"
    return body


def stored_content(jobs: JobStore, objects: ObjectStore, job_id: str) -> Image.Image:
    """Return the picture that a worker gets as the job's content; its `info` has its profile."""
    return stored_input(objects, jobs.get(job_id).inputs.content)


def stored_input(
    objects: ObjectStore, record: InputImage, of_content: bytes | None = None
) -> Image.Image:
    """Return an input picture that a worker gets; `of_content` is the content's ICC profile."""
    pixels, profile = read_input(objects.get(record.key), record, of_content)
    image = Image.fromarray(pixels)
    assert image.size == (record.width, record.height)
    if profile:
        image.info["icc_profile"] = profile
    return image


class Message(NamedTuple):
    """One server-sent event."""

    event: str
    id: str
    data: Any


def messages(response: TestResponse) -> Generator[Message | None, None, None]:
    """Yield the events of a stream as they are sent; None for a comment."""
    for chunk in response.iter_encoded():
        for block in filter(None, chunk.decode().split("\n\n")):
            yield None if block.startswith(":") else _message(block)


def _message(block: str) -> Message:
    fields = dict(line.split(": ", 1) for line in block.split("\n"))
    return Message(fields["event"], fields["id"], json.loads(fields["data"]))
