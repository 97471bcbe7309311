"""`gramworks rerun`: a picture painted again from what its file says."""

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from gramworks.cli.commands import cli
from shared.metadata import Metadata
from shared.pictures import encode
from shared.provenance import Provenance
from tests.gramworks.cli.commands import fill
from tests.gramworks.fake_server import Answer, FakeServer, as_json, job_json, problem, sse, stream

pytestmark = pytest.mark.usefixtures("pictures")

OLD, FORK = "GET /api/v1/jobs/j0", "POST /api/v1/jobs/j0/fork"
JOB, EVENTS, SUBMIT = "GET /api/v1/jobs/j1", "GET /api/v1/jobs/j1/events", "POST /api/v1/jobs"
RESULT = "GET /api/v1/jobs/j1/result"
PHOTO, PAINTING = b"the photo", b"the painting"
PIXELS = np.full((8, 8, 3), 100, np.uint8)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


MADE = Provenance(
    version="0.1.0",
    job="j0",
    settings={"size": 64, "seed": 3},
    content=sha256(PHOTO),
    styles=[sha256(PAINTING)],
    weights="ab",
    losses={"total": 0.5},
)
INPUTS = {"content": {"sha256": MADE.content}, "styles": [{"sha256": MADE.styles[0]}], "init": None}


@pytest.fixture
def pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    fill(tmp_path, monkeypatch)
    (tmp_path / "out.png").write_bytes(encode(PIXELS, "png", Metadata(xmp=MADE.packet())))
    return tmp_path


def rerun(server: FakeServer, *words: str) -> Result:
    return CliRunner().invoke(cli, ["rerun", *words], env={"GRAMWORKS_URL": server.url})


def will_paint(server: FakeServer, picture: np.ndarray[Any, Any], **changes: Any) -> None:
    made = MADE.model_copy(update=changes)
    done = sse("job", job_json("succeeded"), "2")
    server.answer(JOB, as_json(job_json("queued")))
    server.answer(EVENTS, stream(sse("job", job_json(), "1"), done))
    server.answer(RESULT, Answer(body=encode(picture, "png", Metadata(xmp=made.packet()))))


def test_inputs_that_the_server_has_are_painted_again(server: FakeServer) -> None:
    server.answer(OLD, as_json(job_json("succeeded", id="j0", inputs=INPUTS)))
    server.answer(FORK, as_json(job_json("queued"), 202))
    will_paint(server, PIXELS)
    result = rerun(server, "out.png")
    assert result.exit_code == 0, result.output
    (sent,) = server.requests(FORK)
    assert json.loads(sent.body)["settings"] == MADE.settings
    assert json.loads(sent.body)["start"] == "inputs"
    assert "The pictures are identical." in result.output
    assert "Total loss: 0.5 then, 0.5 now." in result.output


def test_a_difference_is_told_with_what_has_changed(server: FakeServer) -> None:
    server.answer(OLD, as_json(job_json("succeeded", id="j0", inputs=INPUTS)))
    server.answer(FORK, as_json(job_json("queued"), 202))
    other = PIXELS.copy()
    other[0] += 4  # an eighth of the values
    will_paint(server, other, version="0.2.0", weights="cd", losses={"total": 0.75})
    output = " ".join(rerun(server, "out.png").output.split())
    assert "differ by 0.50 of 255 levels on average, by 4 at most; 88% of the values" in output
    assert "0.5 then, 0.75 now" in output
    assert "Gramworks was 0.1.0 then, and is 0.2.0 now." in output
    assert "The network has other weights now." in output


def test_if_the_job_is_gone_the_files_are_asked_for_with_their_hashes(server: FakeServer) -> None:
    server.answer(OLD, problem(404, "There is no job 'j0'."))
    result = rerun(server, "out.png")
    assert result.exit_code != 0
    assert "--content" in result.output
    assert str(MADE.content) in result.output
    assert str(MADE.styles[0]) in result.output


def test_files_are_sent_if_their_hashes_are_right(server: FakeServer, pictures: Path) -> None:
    server.answer(SUBMIT, as_json(job_json("queued"), 202))
    will_paint(server, PIXELS)
    words = ("--content", "photo.jpg", "--style", "painting.jpg", "-o", "again.png")
    result = rerun(server, "out.png", *words)
    assert result.exit_code == 0, result.output
    (sent,) = server.requests(SUBMIT)
    assert PHOTO in sent.body
    assert b'"seed": 3' in sent.body
    assert (pictures / "again.png").read_bytes().startswith(b"\x89PNG")


def test_another_file_is_refused_before_anything_is_sent(server: FakeServer) -> None:
    result = rerun(server, "out.png", "--content", "painting.jpg", "--style", "painting.jpg")
    assert result.exit_code != 0
    assert "'painting.jpg' is not the file" in result.output
    assert server.requests(SUBMIT) == []


def test_another_number_of_files_is_refused(server: FakeServer) -> None:
    result = rerun(server, "out.png", "--content", "photo.jpg")
    assert result.exit_code != 0
    assert "--content, 1 × --style" in result.output


def test_inputs_that_changed_on_the_server_are_refused(server: FakeServer) -> None:
    other = {**INPUTS, "content": {"sha256": "0" * 64}}
    server.answer(OLD, as_json(job_json("succeeded", id="j0", inputs=other)))
    result = rerun(server, "out.png")
    assert result.exit_code != 0
    assert "are not those that the file names" in " ".join(result.output.split())


def test_a_file_without_provenance_is_an_error_in_one_line(server: FakeServer) -> None:
    result = rerun(server, "photo.jpg")
    assert result.exit_code != 0
    assert "does not say how it was made" in result.output


def test_json_has_the_job_and_the_difference(server: FakeServer) -> None:
    server.answer(OLD, as_json(job_json("succeeded", id="j0", inputs=INPUTS)))
    server.answer(FORK, as_json(job_json("queued"), 202))
    will_paint(server, PIXELS)
    result = rerun(server, "out.png", "--json")
    body = json.load(io.StringIO(result.stdout))
    assert body["job"] == "j1"
    assert (body["mean_difference"], body["largest_difference"]) == (0, 0)
