"""The client's methods for queued and running jobs and for workers, over real HTTP."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gramworks import Client, InvalidRequest, NotReady
from gramworks.models import Job
from tests.gramworks.fake_server import FakeServer, as_json, hang_up, job_json, problem

CHANGE, ESTIMATE = "PATCH /api/v1/jobs/j1", "POST /api/v1/estimate"
WORKER: dict[str, Any] = {
    "name": "gramworks-1@host",
    "device": "GPU",
    "pixels": 9,
    "memory_bytes": 8_000_000_000,
    "speed": 5e5,
    "overhead_seconds": 1.5,
    "online_since": "2026-01-01T12:00:00+00:00",
    "job": {"id": "j1", "held_since": "2026-01-01T12:00:00+00:00", "fraction": 0.5},
    "draining": True,
    "suspended": None,
    "blocked_by": {"code": "worker_draining", "detail": "An operator drains the worker."},
}
ESTIMATED: dict[str, Any] = {
    "settings": {"size": 300},
    "result": {"width": 400, "height": 300, "pixels": 120_000},
    "work": 1e7,
    "memory_bytes": 1_300_000_000,
    "position": 3,
    "starts_in_seconds": 12.0,
    "runs_seconds": 30.5,
    "eta_seconds": 42.5,
    "refused": None,
    "waiting": {"code": "workers_draining", "detail": "The workers are draining."},
    "workers": [
        {"name": "a", "device": "GPU", "runs_seconds": 30.5, "memory_bytes": 9, "blocked_by": None},
        {"name": "b", "blocked_by": {"code": "worker_too_small", "detail": "Too small."}},
    ],
}

CHANGES: dict[str, tuple[Callable[[Client], Job], dict[str, object]]] = {
    "pause": (lambda client: client.pause("j1"), {"paused": True}),
    "resume": (lambda client: client.resume("j1"), {"paused": False}),
    "resume at the front": (
        lambda client: client.resume("j1", front=True),
        {"paused": False, "front": True},
    ),
    "stop": (lambda client: client.stop("j1"), {"stop": True}),
    "front": (lambda client: client.move_to_front("j1"), {"front": True}),
    "priority": (lambda client: client.set_priority("j1", "high"), {"priority": "high"}),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_sent_and_the_job_returned(
    server: FakeServer, client: Client, name: str
) -> None:
    change, body = CHANGES[name]
    answer = job_json("queued", paused=True, pending="pause", stopped_after=7)
    server.answer(CHANGE, hang_up(), as_json(answer))  # sent again, it changes no more
    job = change(client)
    assert (job.paused, job.pending, job.stopped_after) == (True, "pause", 7)
    assert [json.loads(sent.body) for sent in server.requests(CHANGE)] == [body, body]


def test_a_change_that_the_state_does_not_allow_is_an_error(
    server: FakeServer, client: Client
) -> None:
    server.answer(CHANGE, problem(409, "The job is queued.", code="not_running"))
    with pytest.raises(NotReady, match="The job is queued"):
        client.stop("j1")


def test_a_worker_is_drained_and_claims_again(server: FakeServer, client: Client) -> None:
    path = "PATCH /api/v1/workers/gramworks-1%40host"
    server.answer(path, as_json(WORKER), as_json({**WORKER, "draining": False, "job": None}))
    drained = client.drain("gramworks-1@host")
    assert drained.job is not None
    assert (drained.draining, drained.job.id, drained.job.fraction) == (True, "j1", 0.5)
    assert drained.blocked_by is not None
    assert drained.blocked_by.code == "worker_draining"
    assert (drained.memory_bytes, drained.speed, drained.overhead_seconds) == (8e9, 5e5, 1.5)
    assert drained.online_since is not None
    assert not client.undrain("gramworks-1@host").draining
    assert [json.loads(sent.body) for sent in server.requests(path)] == [
        {"draining": True},
        {"draining": False},
    ]


def test_an_estimate_of_sizes_uploads_nothing(server: FakeServer, client: Client) -> None:
    server.answer(ESTIMATE, as_json(ESTIMATED))
    for style in ((300, 200), [(300, 200)]):
        made = client.estimate((640, 480), style, {"size": 300}, {"priority": "low"}, init=(64, 48))
    assert (made.width, made.height, made.position) == (400, 300, 3)
    assert (made.starts_in_seconds, made.runs_seconds, made.eta_seconds) == (12.0, 30.5, 42.5)
    assert (made.memory_bytes, made.refused, made.body) == (1_300_000_000, None, ESTIMATED)
    assert made.waiting is not None
    assert made.waiting.code == "workers_draining"
    one, other = made.workers
    assert (one.blocked_by, one.runs_seconds, one.memory_bytes) == (None, 30.5, 9)
    assert other.blocked_by is not None
    assert other.blocked_by.detail == "Too small."
    first, second = (json.loads(sent.body) for sent in server.requests(ESTIMATE))
    assert first == second
    assert first == {
        "content": {"width": 640, "height": 480},
        "styles": [{"width": 300, "height": 200}],
        "init": {"width": 64, "height": 48},
        "settings": {"size": 300},
        "options": {"priority": "low"},
    }


def test_an_estimate_of_pictures_sends_them_as_a_submission_does(
    server: FakeServer, client: Client, tmp_path: Path
) -> None:
    server.answer(ESTIMATE, as_json(ESTIMATED))
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(b"the photo")
    client.estimate(photo, [b"one painting", b"another"], {"size": 300})
    (sent,) = server.requests(ESTIMATE)
    assert b'name="content"; filename="photo.jpg"' in sent.body
    assert sent.body.count(b'name="style"; filename') == 2
    assert b'{"size": 300}' in sent.body


def test_pictures_and_sizes_are_not_mixed(client: Client) -> None:
    with pytest.raises(TypeError, match="style: give all pictures as sizes, or none"):
        client.estimate(b"a photo", (300, 200))


def test_an_estimate_of_what_would_be_refused_is_an_error(
    server: FakeServer, client: Client
) -> None:
    server.answer(ESTIMATE, problem(422, "Too large.", code="no_worker_fits", maximum=200))
    with pytest.raises(InvalidRequest) as refused:
        client.estimate((640, 480), (300, 200))
    assert refused.value.body["maximum"] == 200
