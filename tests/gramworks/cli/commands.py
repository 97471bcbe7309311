"""Runs commands as a person does, in a folder with two pictures."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gramworks.cli.commands import cli
from tests.gramworks.fake_server import (
    Answer,
    FakeServer,
    ReceivedRequest,
    as_json,
    job_json,
    progress_json,
    sse,
    stream,
)

JOB, EVENTS = "GET /api/v1/jobs/j1", "GET /api/v1/jobs/j1/events"
SUBMIT, RESULT = "POST /api/v1/jobs", "GET /api/v1/jobs/j1/result"
DONE = sse("job", job_json("succeeded", progress=progress_json(150)), "9")


def run(server: FakeServer, *words: str, typed: str | None = None, **environment: str) -> Result:
    env = {"GRAMWORKS_URL": server.url, **environment}
    return CliRunner().invoke(cli, words, input=typed, env=env)


def will_succeed(server: FakeServer) -> None:
    """Let the job j1 be submitted, painted and fetched."""
    server.answer(SUBMIT, as_json(job_json("queued"), 202))
    server.answer(JOB, as_json(job_json("queued")))
    server.answer(EVENTS, stream(sse("job", job_json(), "1"), DONE))
    server.answer(RESULT, Answer(body=b"x" * 1500))


def settings_of(request: ReceivedRequest) -> object:
    """Return the settings that a submission has."""
    _, after = request.body.split(b'name="settings"\r\n\r\n')
    return json.loads(after.split(b"\r\n")[0])


def sent_settings(server: FakeServer) -> object:
    (sent,) = server.requests(SUBMIT)
    return settings_of(sent)


def fill(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with a photograph and a painting, and with no configuration of one's own."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
    (folder / "photo.jpg").write_bytes(b"the photo")
    (folder / "painting.jpg").write_bytes(b"the painting")
    return folder
