"""Shows a job being watched to its end: a live bar in a terminal, plain lines anywhere else."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from gramworks.cli.formatting import about, clock, duration, losses, place, time_left
from gramworks.cli.watched_job import Standing
from gramworks.client import Client
from gramworks.models import Job

STATE_STYLES = {
    "queued": "cyan",
    "running": "bold blue",
    "succeeded": "bold green",
    "failed": "bold red",
    "cancelled": "yellow",
}
STATE_WIDTH = len("reconnecting ")
BAR_WIDTH = 50
TIMES_WIDTH = len(" 100% 1:00:00  about 1 h 30 min left")
SECONDS_BETWEEN_LINES = 5.0


class View(Protocol):
    """A way to show how a job stands."""

    def opened(self) -> AbstractContextManager[object]:
        """Take the console, until the context ends."""

    def show(self, standing: Standing) -> None:
        """Take note of news; what is shown of it is the view's affair."""


def show_watch(client: Client, job_id: str, console: Console) -> Job:
    """Show the job on `console` until it has ended, however that is; return the job."""
    events = client.watch(job_id)
    standing = Standing(client.job(job_id))
    introduce(client, standing.job, console)
    view: View = BarView(console, standing) if _can_redraw(console) else LineView(console)
    with view.opened():
        for event in events:
            standing.take(event)
            view.show(standing)
    say(console, outcome(standing))
    return standing.job


def introduce(client: Client, job: Job, console: Console) -> None:
    """Print the job's id, and the page where a browser shows it."""
    say(console, Text(f"Job {job.id}"))
    if "page" in job.links:
        say(console, Text(client.absolute(job.links["page"]), style="dim"))


def say(console: Console, text: RenderableType) -> None:
    """Print without breaking long lines: a pipe has no width, and ids are copied whole."""
    console.print(text, soft_wrap=True)


def state_text(state: str) -> Text:
    """Colour a state as all commands do."""
    return Text(state, style=STATE_STYLES.get(state, ""))


def outcome(standing: Standing) -> Text:
    """Say how the job ended: `succeeded in 42 s, 150 evaluations, loss ...`."""
    job, seconds = standing.job, standing.job.seconds_worked
    text = state_text(job.state)
    if seconds is not None:
        text.append(f" {'in' if job.state == 'succeeded' else 'after'} {duration(seconds)}", "none")
    if standing.progress and job.state == "succeeded":
        text.append(f", {standing.progress.evaluations} evaluations", "none")
        if standing.progress.loss:
            text.append(f", {losses(standing.progress.loss)}", "dim")
    return text


class BarView:
    """A bar with the numbers under it, drawn again several times a second."""

    def __init__(self, console: Console, standing: Standing) -> None:
        self._console = console
        self._standing = standing

    def opened(self) -> AbstractContextManager[object]:
        """Draw until the context ends, then leave nothing."""
        return Live(self, console=self._console, transient=True, refresh_per_second=8)

    def show(self, standing: Standing) -> None:
        """Draw this from the next time on."""
        self._standing = standing

    def __rich__(self) -> RenderableType:
        parts = (_expected, _place, _loss, _trouble)
        lines = [line for part in parts for line in part(self._standing)]
        blocked_by = (_indented(sentence) for sentence in _hindrance(self._standing))
        # Not padded to the full width: a ^C echoed there would wrap, and the erasing miss a line.
        indent = " " * STATE_WIDTH
        details = (Text(indent + line, "dim", no_wrap=True, overflow="ellipsis") for line in lines)
        return Group(self._first_line(), *blocked_by, *details)

    def _first_line(self) -> Table:
        standing = self._standing
        line = Table.grid(padding=(0, 1))
        line.add_column(width=STATE_WIDTH - 1)
        if standing.job.state == "queued":
            line.add_row(_state(standing), ", ".join(_waiting(standing)))
        else:
            line.add_column(width=self._bar_width())
            line.add_row(_state(standing), _bar(standing), _share(standing), _times(standing))
        return line

    def _bar_width(self) -> int:
        return max(10, min(BAR_WIDTH, self._console.width - STATE_WIDTH - TIMES_WIDTH))


class LineView:
    """A line at each change of state, and every few seconds between."""

    def __init__(self, console: Console, seconds: float = SECONDS_BETWEEN_LINES) -> None:
        self._console = console
        self._seconds = seconds
        self._shown_state = ""
        self._shown_at = 0.0

    def opened(self) -> AbstractContextManager[object]:
        """Do nothing: lines need no console to themselves."""
        return nullcontext()

    def show(self, standing: Standing) -> None:
        """Print a line if it is time for one."""
        state, now = _state(standing).plain, time.monotonic()
        if standing.job.ended or not self._due(state, now):
            return
        self._shown_state, self._shown_at = state, now
        facts = ", ".join(filter(None, _facts(standing)))
        line = f"{state}: {facts}" if facts else state
        say(self._console, Text(". ".join((line, *_hindrance(standing)))))

    def _due(self, state: str, now: float) -> bool:
        return state != self._shown_state or now - self._shown_at >= self._seconds


def _can_redraw(console: Console) -> bool:
    return console.is_terminal and not console.is_dumb_terminal


def _state(standing: Standing) -> Text:
    return Text("reconnecting", "yellow") if standing.trouble else state_text(standing.job.state)


def _bar(standing: Standing) -> ProgressBar:
    if standing.progress:
        return ProgressBar(total=1.0, completed=standing.progress.fraction)
    # A running job that has not reported yet is loading: something happens, nobody knows how much.
    return ProgressBar(total=1.0, pulse=standing.job.state == "running")


def _share(standing: Standing) -> str:
    return f"{standing.progress.fraction:4.0%}" if standing.progress else ""


def _times(standing: Standing) -> str:
    left = time_left(standing.seconds_left)
    return "  ".join(filter(None, (clock(standing.seconds_elapsed), left)))


def _waiting(standing: Standing) -> list[str]:
    where = place(standing.job.position, standing.seconds_to_start)
    waited = f"waiting for {clock(standing.seconds_elapsed)}"
    return list(filter(None, (where, waited if standing.seconds_to_start is None else "")))


def _hindrance(standing: Standing) -> list[str]:
    waiting = standing.job.waiting
    return [waiting.detail] if waiting else []


def _indented(sentence: str) -> Padding:
    return Padding(Text(sentence, "yellow"), (0, 1, 0, STATE_WIDTH), expand=False)


def _expected(standing: Standing) -> list[str]:
    if standing.job.state != "queued" or standing.seconds_left is None:
        return []
    return [f"done in {about(standing.seconds_left)}"]


def _facts(standing: Standing) -> list[str]:
    """Say in words what the bar and the lines under it show."""
    if standing.trouble:
        return _trouble(standing)
    if standing.job.state == "queued":
        return [*_waiting(standing), *_expected(standing), *_place(standing)]
    details = [*_place(standing), *_loss(standing)]
    return [_share(standing).strip(), *details, time_left(standing.seconds_left)]


def _place(standing: Standing) -> list[str]:
    """Where in its work the job is, in at most one line."""
    progress, attempt = standing.progress, standing.job.attempt
    again = f"attempt {attempt}" if attempt > 1 else ""
    if progress is None:
        return [again] if again else []
    level = f"level {progress.level} of {progress.levels}" if progress.levels > 1 else ""
    evaluation = f"evaluation {progress.evaluation} of {progress.evaluations}"
    return [", ".join(filter(None, (evaluation, level, again)))]


def _loss(standing: Standing) -> list[str]:
    progress = standing.progress
    return [losses(progress.loss)] if progress and progress.loss else []


def _trouble(standing: Standing) -> list[str]:
    trouble = standing.trouble
    return [f"{trouble.reason} Trying again in {trouble.delay:g} s."] if trouble else []
