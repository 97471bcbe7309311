"""Shows a job until it has ended: a progress bar in a terminal, otherwise plain lines."""

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

from gramworks.cli.formatting import (
    clock,
    done_in,
    duration,
    evaluation,
    level,
    losses,
    number,
    queue_position,
)
from gramworks.cli.watched_job import WatchedJob
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
TIMES_WIDTH = len(" 100% 1:00:00  done in about 1 h 30 min")
SECONDS_BETWEEN_LINES = 5.0


class View(Protocol):
    """A way to show a job."""

    def opened(self) -> AbstractContextManager[object]:
        """Use the console until the context ends."""

    def show(self, watched: WatchedJob) -> None:
        """Show the job after an event, now or later."""


def watch_job(client: Client, job_id: str, console: Console) -> Job:
    """Show the job on `console` until it has ended; return the job."""
    events = client.watch(job_id)
    watched = WatchedJob(client.job(job_id))
    introduce(client, watched.job, console)
    view: View = BarView(console, watched) if can_redraw(console) else LineView(console)
    with view.opened():
        for event in events:
            watched.update(event)
            view.show(watched)
    print_text(console, outcome(watched))
    return watched.job


def introduce(client: Client, job: Job, console: Console) -> None:
    """Print the job's id, and the page where a browser shows it."""
    print_text(console, Text(f"Job {job.id}"))
    if "page" in job.links:
        print_text(console, Text(client.absolute(job.links["page"]), style="dim"))


def print_text(console: Console, text: RenderableType) -> None:
    """Print without breaking long lines, so that ids can be copied."""
    console.print(text, soft_wrap=True)


def state_text(state: str) -> Text:
    """Return a state in its colour."""
    return Text(state, style=STATE_STYLES.get(state, ""))


def outcome(watched: WatchedJob, *, brief: bool = False) -> Text:
    """Return how the job ended: `succeeded in 42 s`, and if not brief also evaluations and loss."""
    job, seconds = watched.job, watched.job.seconds_worked
    text = state_text(job.state)
    if seconds is not None:
        text.append(f" {'in' if job.state == 'succeeded' else 'after'} {duration(seconds)}", "none")
    if watched.progress and job.state == "succeeded" and not brief:
        made = job.stopped_after or watched.progress.evaluations
        early = "stopped after " if job.stopped_after else ""
        text.append(f", {early}{number(made)} evaluations", "none")
        if watched.progress.loss:
            text.append(f", loss {losses(watched.progress.loss)}", "dim")
    return text


class BarView:
    """A bar with numbers below it, redrawn several times a second."""

    def __init__(self, console: Console, watched: WatchedJob) -> None:
        self._console = console
        self._standing = watched

    def opened(self) -> AbstractContextManager[object]:
        """Draw until the context ends, then erase everything."""
        return Live(self, console=self._console, transient=True, refresh_per_second=8)

    def show(self, watched: WatchedJob) -> None:
        """Draw this job at the next redraw."""
        self._standing = watched

    def __rich__(self) -> RenderableType:
        parts = (_expected, _place, _loss, _reconnecting)
        lines = [line for part in parts for line in part(self._standing)]
        blocked_by = (_indented(sentence) for sentence in _blocked_by(self._standing))
        # Not padded to the full width: an echoed ^C would wrap, and a line would not be erased.
        indent = " " * STATE_WIDTH
        details = (Text(indent + line, "dim", no_wrap=True, overflow="ellipsis") for line in lines)
        return Group(self._first_line(), *blocked_by, *details)

    def _first_line(self) -> Table:
        watched = self._standing
        line = Table.grid(padding=(0, 1))
        line.add_column(width=STATE_WIDTH - 1)
        if watched.job.state == "queued":
            line.add_row(shown_state(watched), ", ".join(_waiting(watched)))
        else:
            line.add_column(width=self._bar_width())
            line.add_row(shown_state(watched), bar(watched), share(watched), _times(watched))
        return line

    def _bar_width(self) -> int:
        return max(8, min(BAR_WIDTH, self._console.width - STATE_WIDTH - TIMES_WIDTH))


class LineView:
    """A line at each change of state, and every few seconds in between."""

    def __init__(self, console: Console, seconds: float = SECONDS_BETWEEN_LINES) -> None:
        self._console = console
        self._seconds = seconds
        self._shown_state = ""
        self._shown_at = 0.0

    def opened(self) -> AbstractContextManager[object]:
        """Do nothing: lines do not redraw the console."""
        return nullcontext()

    def show(self, watched: WatchedJob) -> None:
        """Print a line if one is due."""
        state, now = shown_state(watched).plain, time.monotonic()
        if watched.job.ended or not self._due(state, now):
            return
        self._shown_state, self._shown_at = state, now
        facts = ", ".join(filter(None, _facts(watched)))
        line = f"{state}: {facts}" if facts else state
        for text in (line, *_blocked_by(watched)):
            print_text(self._console, Text(text))

    def _due(self, state: str, now: float) -> bool:
        return state != self._shown_state or now - self._shown_at >= self._seconds


def can_redraw(console: Console) -> bool:
    """Return whether the console is a terminal that can move the cursor."""
    return console.is_terminal and not console.is_dumb_terminal


def shown_state(watched: WatchedJob) -> Text:
    """Return the job's state, or that its events are interrupted."""
    return Text("reconnecting", "yellow") if watched.reconnecting else state_text(watched.job.state)


def bar(watched: WatchedJob) -> ProgressBar:
    """Return the job's progress as a bar."""
    if watched.progress:
        return ProgressBar(total=1.0, completed=watched.progress.fraction)
    # A running job without progress is loading; how long that takes is unknown.
    return ProgressBar(total=1.0, pulse=watched.job.state == "running")


def share(watched: WatchedJob) -> str:
    """Return how much of the work is done, ` 42%`; empty if unknown."""
    return f"{watched.progress.fraction:4.0%}" if watched.progress else ""


def _times(watched: WatchedJob) -> str:
    done = done_in(watched.seconds_left)
    return "  ".join(filter(None, (clock(watched.seconds_elapsed), done)))


def _waiting(watched: WatchedJob) -> list[str]:
    where = queue_position(watched.job.position, watched.seconds_to_start)
    waited = f"waiting for {clock(watched.seconds_elapsed)}"
    return list(filter(None, (where, waited if watched.seconds_to_start is None else "")))


def _blocked_by(watched: WatchedJob) -> list[str]:
    waiting = watched.job.waiting
    return [waiting.detail] if waiting else []


def _indented(sentence: str) -> Padding:
    return Padding(Text(sentence, "yellow"), (0, 1, 0, STATE_WIDTH), expand=False)


def _expected(watched: WatchedJob) -> list[str]:
    expected = done_in(watched.seconds_left)
    return [expected] if expected and watched.job.state == "queued" else []


def _facts(watched: WatchedJob) -> list[str]:
    """Return the text that is shown under the bar."""
    if watched.reconnecting:
        return _reconnecting(watched)
    if watched.job.state == "queued":
        return [*_waiting(watched), *_expected(watched), *_place(watched)]
    details = [*_place(watched), *_loss(watched)]
    return [share(watched).strip(), *details, done_in(watched.seconds_left)]


def _place(watched: WatchedJob) -> list[str]:
    """Return the job's progress as one line, or no line."""
    progress, attempt = watched.progress, watched.job.attempt
    again = f"attempt {attempt}" if attempt > 1 else ""
    if progress is None:
        return [again] if again else []
    which = level(progress) and f"level {level(progress)}"
    return [", ".join(filter(None, (f"evaluation {evaluation(progress)}", which, again)))]


def _loss(watched: WatchedJob) -> list[str]:
    progress = watched.progress
    return [f"loss {losses(progress.loss)}"] if progress and progress.loss else []


def _reconnecting(watched: WatchedJob) -> list[str]:
    reconnecting = watched.reconnecting
    return (
        [f"{reconnecting.reason} Trying again in {reconnecting.delay:g} s."] if reconnecting else []
    )
