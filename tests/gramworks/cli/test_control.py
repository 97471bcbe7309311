"""Steering jobs and workers from the command line, and estimates."""

import json

import pytest

from tests.gramworks.cli.commands import EVENTS, JOB, RESULT, SUBMIT, run
from tests.gramworks.fake_server import (
    Answer,
    FakeServer,
    as_json,
    job_json,
    problem,
    progress_json,
    sse,
    stream,
)
from tests.gramworks.test_control import CHANGE, ESTIMATE, ESTIMATED, WORKER

pytestmark = pytest.mark.usefixtures("pictures")
DRAIN = "PATCH /api/v1/workers/gramworks-1%40host"


@pytest.mark.parametrize(
    ("words", "answer", "sent", "said"),
    [
        (("pause",), {"paused": True}, {"paused": True}, "Job j1 is paused."),
        (
            ("pause",),
            {"pending": "pause"},
            {"paused": True},
            "Job j1 pauses as soon as its worker has saved it.",
        ),
        (("resume",), {"position": 3}, {"paused": False}, "Job j1 is queued at position 3."),
        (
            ("resume", "--front"),
            {"position": 1},
            {"paused": False, "front": True},
            "Job j1 is queued at position 1.",
        ),
        (("move", "--front"), {}, {"front": True}, "Job j1 is queued at position 1."),
        (
            ("move", "--priority", "high", "--front"),
            {},
            {"priority": "high", "front": True},
            "Job j1 is queued at position 1.",
        ),
        (("move", "--priority", "low"), {"paused": True}, {"priority": "low"}, "Job j1 is paused."),
    ],
)
def test_a_job_is_changed_and_the_outcome_said(
    server: FakeServer,
    words: tuple[str, ...],
    answer: dict[str, object],
    sent: dict[str, object],
    said: str,
) -> None:
    server.answer(CHANGE, as_json(job_json("queued", **answer)))
    command, *options = words
    result = run(server, command, "j1", *options)
    assert (result.exit_code, result.stdout) == (0, f"{said}\n")
    assert json.loads(server.requests(CHANGE)[0].body) == sent
    shown = run(server, command, "j1", *options, "--json")
    assert json.loads(shown.stdout)["id"] == "j1"


def test_a_move_needs_to_know_where(server: FakeServer) -> None:
    result = run(server, "move", "j1")
    assert result.exit_code == 2
    assert "Give --front, --priority, or both." in result.stderr
    assert server.requests(CHANGE) == []


def test_a_stopped_job_s_picture_is_saved(server: FakeServer) -> None:
    server.answer(CHANGE, as_json(job_json(pending="stop")))
    ended = job_json("succeeded", progress=progress_json(63), stopped_after=63)
    server.answer(JOB, as_json(job_json()))
    server.answer(EVENTS, stream(sse("job", ended, "9")))
    server.answer(RESULT, Answer(body=b"x" * 1500))
    result = run(server, "stop", "j1", "-o", "out.png")
    assert result.exit_code == 0, result.output
    assert "stopped after 63 evaluations" in result.stdout
    assert "Saved out.png" in result.stdout
    assert json.loads(server.requests(CHANGE)[0].body) == {"stop": True}


def test_a_job_that_cannot_be_stopped_is_said(server: FakeServer) -> None:
    server.answer(CHANGE, problem(409, "The job is queued. Cancel it.", code="not_running"))
    result = run(server, "stop", "j1")
    assert (result.exit_code, result.stderr) == (1, "error: The job is queued. Cancel it.\n")


def test_a_worker_is_drained_and_undrained(server: FakeServer) -> None:
    server.answer(DRAIN, as_json(WORKER), as_json({**WORKER, "job": None}), as_json(WORKER))
    drained = run(server, "drain", "gramworks-1@host")
    assert drained.stdout == "gramworks-1@host claims no more jobs. It still runs j1.\n"
    idle = run(server, "drain", "gramworks-1@host")
    assert "It runs none and can be stopped." in idle.stdout
    ready = run(server, "undrain", "gramworks-1@host")
    assert ready.stdout == "gramworks-1@host claims jobs again.\n"
    sent = [json.loads(each.body)["draining"] for each in server.requests(DRAIN)]
    assert sent == [True, True, False]


def test_workers_are_listed_with_what_they_do(server: FakeServer) -> None:
    theirs = {**WORKER, "job": {"id": None, "fraction": None}, "draining": False}
    server.answer("GET /api/v1/workers", as_json({"workers": [WORKER, theirs]}))
    narrow = run(server, "workers", COLUMNS="80").stdout
    assert narrow.count("gramworks-1@host") == 2  # whole, since `drain` needs it
    result = run(server, "workers", COLUMNS="160")
    first, second = result.stdout.splitlines()[1:]
    assert "8 GB" in first
    assert "j1 50%" in first
    assert "draining" in first
    assert "another owner's" in second
    assert "online" in second


def test_an_estimate_is_printed_and_nothing_submitted(server: FakeServer) -> None:
    server.answer(ESTIMATE, as_json(ESTIMATED))
    words = ("submit", "photo.jpg", "painting.jpg", "--estimate", "-s", "size=300")
    result = run(server, *words, COLUMNS="100")
    assert result.exit_code == 0, result.output
    for said in (
        "400 × 300 pixels",
        "about 30 s",
        "about 45 s",
        "about 1.3 GB",
        "b: Too small.",
    ):
        assert said in result.stdout
    assert "The workers are draining." in result.stdout
    assert json.loads(run(server, *words, "--json").stdout) == ESTIMATED
    assert server.requests(SUBMIT) == []


def test_an_estimate_makes_no_picture(server: FakeServer) -> None:
    result = run(server, "submit", "photo.jpg", "painting.jpg", "--estimate", "-o", "x.png")
    assert result.exit_code == 2
    assert "--estimate makes no picture" in result.stderr
