"""How a watched job is shown, in a terminal and in a pipe."""

import io
import re
import time
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from gramworks import Client, Reconnecting
from gramworks.cli.watch_view import BarView, LineView, watch_job
from gramworks.cli.watched_job import WatchedJob
from gramworks.events import JobChanged, Progressed
from gramworks.models import Job, Progress
from tests.gramworks.fake_server import (
    DROP,
    FakeServer,
    as_json,
    job_json,
    progress_json,
    sse,
    stream,
)

WAITING = job_json("queued", position=3, starts_in_seconds=60.0, eta_seconds=100.0)
QUEUED = Job.from_json(WAITING)
RUNNING = Job.from_json(job_json(attempt=2))
PROGRESS = Progress.from_json(progress_json())


def pipe() -> Console:
    return Console(file=io.StringIO(), highlight=False, markup=False)


def terminal(width: int = 80) -> Console:
    return Console(file=io.StringIO(), force_terminal=True, width=width, color_system=None)


def written(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def running() -> WatchedJob:
    watched = WatchedJob(QUEUED)
    watched.update(JobChanged(RUNNING))
    watched.update(Progressed(PROGRESS, 42.0))
    return watched


def drawn(watched: WatchedJob, width: int = 80) -> list[str]:
    console = terminal(width)
    console.print(BarView(console, watched))
    return [line.rstrip() for line in written(console).splitlines()]


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_bar_shows_progress_and_loss_in_three_lines(width: int) -> None:
    bar, place, loss = drawn(running(), width)
    assert bar.startswith("running      ━")
    assert " 20% " in bar
    assert bar.endswith("done in about 40 s")
    assert place.strip() == "evaluation 30 of 150, level 2 of 3, attempt 2"
    assert loss.strip().startswith("loss 8,412 (style 7,000, content 1,400,")


def test_a_queued_job_shows_its_position() -> None:
    watched = WatchedJob(QUEUED)
    watched.update(JobChanged(QUEUED))
    first, second = drawn(watched)
    assert first == "queued       position 3, starts in about 1 min"
    assert second.strip() == "done in about 1 min 40 s"


def test_a_queued_job_without_an_estimate_shows_how_long_it_has_waited() -> None:
    watched = WatchedJob(Job.from_json(WAITING | {"starts_in_seconds": None, "eta_seconds": None}))
    (line,) = drawn(watched)
    assert line.startswith("queued       position 3, waiting for ")


def test_waiting_time_counts_from_when_the_job_was_last_queued() -> None:
    now = datetime.now(UTC)
    ago = {seconds: (now - timedelta(seconds=seconds)).isoformat() for seconds in (65, 600, 900)}
    log = [
        {"state": "queued", "at": ago[900], "detail": "Queued."},
        {"state": "running", "at": ago[600], "detail": "Started."},
        {"state": "queued", "at": ago[65], "detail": "Queued again."},
    ]
    body = WAITING | {"starts_in_seconds": None, "created_at": ago[900], "log": log}
    watched = WatchedJob(Job.from_json(body | {"started_at": ago[600]}))
    assert re.search(r"waiting for 1:0[5-9]\b", drawn(watched)[0])
    running_again = {"state": "running", "started_at": ago[600]}
    watched.update(JobChanged(Job.from_json(body | running_again)))
    assert watched.seconds_elapsed >= 600


def test_a_running_job_is_timed_from_its_start() -> None:
    now = datetime.now(UTC)
    times = {
        "created_at": (now - timedelta(hours=2)).isoformat(),
        "started_at": (now - timedelta(seconds=65)).isoformat(),
    }
    watched = WatchedJob(Job.from_json(job_json(**times)))
    assert 65 <= watched.seconds_elapsed < 90


def test_a_job_past_its_estimate_is_shown_as_about_to_end() -> None:
    watched = WatchedJob(QUEUED)
    watched.update(JobChanged(RUNNING))
    watched.update(Progressed(PROGRESS, 0.01))
    time.sleep(0.02)
    assert watched.seconds_left == 0
    assert drawn(watched)[0].endswith("done in a moment")
    time.sleep(0.02)
    assert watched.seconds_left == 0


BLOCKED_BY = {"code": "no_worker_online", "detail": "No worker is online just now. " * 4}


@pytest.mark.parametrize("width", [60, 80])
def test_the_reason_why_a_job_waits_is_not_shortened(width: int) -> None:
    lines = drawn(WatchedJob(Job.from_json(WAITING | {"waiting": BLOCKED_BY})), width)
    assert BLOCKED_BY["detail"].split() == " ".join(lines[1:]).split()
    assert max(map(len, lines)) < width


def test_a_pipe_shows_why_a_job_waits() -> None:
    console = pipe()
    watched = WatchedJob(QUEUED)
    watched.update(JobChanged(Job.from_json(WAITING | {"waiting": BLOCKED_BY})))
    LineView(console).show(watched)
    assert written(console).splitlines() == [
        "queued: position 3, starts in about 1 min, done in about 1 min 40 s",
        BLOCKED_BY["detail"],
    ]


def test_sentences_are_not_joined_while_the_connection_is_lost() -> None:
    console = pipe()
    watched = WatchedJob(Job.from_json(WAITING | {"waiting": BLOCKED_BY}))
    watched.update(Reconnecting("The connection was lost.", 0.5))
    LineView(console).show(watched)
    assert written(console).splitlines() == [
        "reconnecting: The connection was lost. Trying again in 0.5 s.",
        BLOCKED_BY["detail"],
    ]


def test_a_lost_connection_is_shown_until_it_is_back() -> None:
    watched = running()
    watched.update(Reconnecting("The connection was lost.", 2.0))
    assert drawn(watched)[0].startswith("reconnecting ━")
    assert drawn(watched)[3].strip() == "The connection was lost. Trying again in 2 s."
    watched.update(Progressed(PROGRESS, None))
    assert len(drawn(watched)) == 3


def test_a_new_attempt_from_the_beginning_clears_the_progress() -> None:
    watched = running()
    watched.update(JobChanged(QUEUED))
    assert watched.progress is None


def test_a_pipe_gets_a_line_at_most_every_few_seconds() -> None:
    console = pipe()
    view = LineView(console, seconds=60)
    watched = running()
    for _ in range(100):
        view.show(watched)
    watched.update(Reconnecting("The connection was lost.", 2.0))
    view.show(watched)
    place = "evaluation 30 of 150, level 2 of 3, attempt 2"
    loss = "loss 8,412 (style 7,000, content 1,400, tv 12)"
    assert written(console).splitlines() == [
        f"running: 20%, {place}, {loss}, done in about 40 s",
        "reconnecting: The connection was lost. Trying again in 2 s.",
    ]


@pytest.mark.parametrize("console", [pipe(), terminal()])
def test_a_job_is_shown_to_its_end_despite_a_dropped_connection(
    server: FakeServer, client: Client, console: Console
) -> None:
    progress = sse("progress", {"progress": progress_json(), "eta_seconds": 9.0}, "2")
    done = sse("job", job_json("succeeded", progress=progress_json(150)), "9")
    server.answer("GET /api/v1/jobs/j1", as_json(job_json("queued")))
    server.answer(
        "GET /api/v1/jobs/j1/events",
        stream(sse("job", job_json(), "1"), progress, DROP),
        stream(done),
    )

    job = watch_job(client, "j1", console)

    assert job.state == "succeeded"
    first, page, *_, last = written(console).splitlines()
    assert (first, page) == ("Job j1", f"{server.url}/jobs/j1")
    assert "succeeded in 1 min, 150 evaluations, loss 8,412" in last
