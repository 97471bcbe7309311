"""How several jobs are shown, in a terminal and in a pipe."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from gramworks.cli.many_view import BarsView, LinesView, Row, summary
from gramworks.cli.pictures import Painting
from gramworks.cli.watched_job import WatchedJob
from gramworks.errors import JobFailed, ServerUnreachable
from gramworks.events import JobChanged
from gramworks.models import Job
from tests.gramworks.fake_server import job_json, progress_json


def row(name: str, state: str | None, **changes: object) -> Row:
    painting = Painting(Path(name), (Path("painting.jpg"),), 1)
    if state is None:
        return Row(name, painting)
    job = Job.from_json(job_json(state, **changes))
    watched = WatchedJob(job)
    watched.update(JobChanged(job))
    return Row(name, painting, watched)


def drawn(rows: list[Row], width: int = 80, height: int = 25) -> list[str]:
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, width=width, height=height, color_system=None)
    console.print(BarsView(console, rows))
    return [line.rstrip() for line in file.getvalue().splitlines()]


@pytest.mark.parametrize("width", [80, 120])
def test_each_live_job_has_a_bar(width: int) -> None:
    waiting = row("a-photograph-with-a-long-name.jpg", "queued", eta_seconds=None, position=3)
    rows = [waiting, row("b.jpg", "running", progress=progress_json()), row("c.jpg", None)]
    running, queued, totals = drawn(rows, width)
    assert running.startswith("b.jpg ")
    assert "━" in running
    assert " 20% " in running
    assert running.endswith("done in about 40 s")
    assert queued.startswith("a-photograph-with-a… queued ")
    assert queued.endswith("position 3")
    assert totals == "0 of 3 done, 1 running, 1 queued, 1 to be sent"
    assert max(map(len, (running, queued))) < width


def test_no_more_bars_than_lines() -> None:
    rows = [row(f"{number}.jpg", "running") for number in range(100)]
    assert len(drawn(rows, height=10)) == 8
    assert drawn(rows, height=10)[-1] == "0 of 100 done, 100 running"


def test_an_ended_job_is_a_line_and_no_longer_a_bar() -> None:
    file = io.StringIO()
    done = row("a.jpg", "succeeded")
    view = BarsView(Console(file=file, width=80), [done])
    done.sentence = "Saved a.png, 2 kB."
    view.end(done)
    assert file.getvalue() == "a.jpg: succeeded in 1 min. Saved a.png, 2 kB.\n"
    assert drawn([done]) == ["1 of 1 done"]


def test_a_failure_is_counted_and_explained() -> None:
    failed, unsent = row("a.jpg", "failed"), row("b.jpg", None)
    assert failed.watched is not None
    failed.fail(JobFailed(failed.watched.job))
    unsent.fail(ServerUnreachable("No server answers."))
    failed.is_done = unsent.is_done = True
    assert failed.outcome().plain == "a.jpg: failed after 1 min. Job j1 failed."
    assert unsent.outcome().plain == "b.jpg: No server answers."
    assert summary([failed, unsent]) == "0 of 2 done, 2 failed"


def test_a_pipe_gets_a_line_for_each_change() -> None:
    file = io.StringIO()
    view, each = LinesView(Console(file=file, width=40)), row("a.jpg", "queued")
    assert each.watched is not None
    view.show(each)
    view.show(each)
    each.watched.update(JobChanged(Job.from_json(job_json())))
    view.show(each)
    assert file.getvalue().splitlines() == ["a.jpg: queued, job j1", "a.jpg: running, job j1"]
