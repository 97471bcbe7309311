"""Shows a batch: one bar until all of its jobs have ended, and tables."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from typing import Protocol

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from gramworks.batches import Batch, BatchJob
from gramworks.cli.formatting import ago, done_in
from gramworks.cli.watch_view import (
    BAR_WIDTH,
    SECONDS_BETWEEN_LINES,
    can_redraw,
    print_text,
    state_text,
)
from gramworks.client import Client

TIMES_WIDTH = len(" 100%  done in about 1 h 30 min")
OTHER_STATES = ("failed", "cancelled", "deleted", "unreadable", "running", "queued", "planned")


class View(Protocol):
    """A way to show a batch."""

    def opened(self) -> AbstractContextManager[object]:
        """Use the console until the context ends."""

    def show(self, batch: Batch) -> None:
        """Show the batch as it is now."""


def watch_to_end(client: Client, batch_id: str, console: Console) -> Batch:
    """Show the batch on `console` until its jobs have ended; return it."""
    batch = client.batch(batch_id)
    print_text(console, Text(f"Batch {batch.id}, {batch.total} jobs"))
    view: View = BarView(console, batch) if can_redraw(console) else LineView(console)
    with view.opened():
        for now in client.watch_batch(batch_id):
            batch = now
            view.show(now)
    print_text(console, Text(summary(batch)))
    return batch


def summary(batch: Batch) -> str:
    """Return `12 of 50 succeeded, 1 failed, 2 running, 35 queued`."""
    others = [f"{batch.count(state)} {state}" for state in OTHER_STATES if batch.count(state)]
    return ", ".join([f"{batch.count('succeeded')} of {batch.total} succeeded", *others])


class BarView:
    """A bar with the counts below it, redrawn several times a second."""

    def __init__(self, console: Console, batch: Batch) -> None:
        self._console = console
        self._batch = batch

    def opened(self) -> AbstractContextManager[object]:
        """Draw until the context ends, then erase everything."""
        return Live(self, console=self._console, transient=True, refresh_per_second=4)

    def show(self, batch: Batch) -> None:
        """Draw this at the next redraw."""
        self._batch = batch

    def __rich__(self) -> RenderableType:
        line = Table.grid(padding=(0, 1))
        line.add_column(width=max(8, min(BAR_WIDTH, self._console.width - TIMES_WIDTH)))
        line.add_row(
            ProgressBar(total=1.0, completed=self._batch.progress),
            f"{self._batch.progress:4.0%}",
            done_in(self._batch.eta_seconds),
        )
        return Group(line, Text(summary(self._batch), "dim", no_wrap=True, overflow="ellipsis"))


class LineView:
    """A line whenever the counts have changed, at most every few seconds."""

    def __init__(self, console: Console, seconds: float = SECONDS_BETWEEN_LINES) -> None:
        self._console = console
        self._seconds = seconds
        self._shown, self._shown_at = "", float("-inf")

    def opened(self) -> AbstractContextManager[object]:
        """Do nothing: lines do not redraw the console."""
        return nullcontext()

    def show(self, batch: Batch) -> None:
        """Print a line if one is due."""
        said, now = summary(batch), time.monotonic()
        if batch.ended or said == self._shown or now - self._shown_at < self._seconds:
            return
        self._shown, self._shown_at = said, now
        times = done_in(batch.eta_seconds)
        parts = filter(None, (f"{batch.progress:.0%}", said, times))
        print_text(self._console, Text(", ".join(parts)))


def batches_table(batches: Sequence[Batch]) -> Table:
    """Lay out one line per batch; ids are not shortened, since other commands need them."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("id", no_wrap=True, min_width=max(len(batch.id) for batch in batches))
    for title in ("progress", "created"):
        table.add_column(title, no_wrap=True)
    table.add_column("jobs")
    now = datetime.now(UTC)
    for batch in batches:
        created = ago(batch.created_at, now) if batch.created_at else ""
        table.add_row(batch.id, f"{batch.progress:.0%}", created, summary(batch))
    return table


def batch_table(batch: Batch, jobs: Sequence[BatchJob]) -> RenderableType:
    """Lay out a batch's counts, and one line per job."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for title in ("content", "style", "settings"):
        table.add_column(title, justify="right")
    table.add_column("id", no_wrap=True, min_width=max(len(job.id) for job in jobs))
    table.add_column("state", no_wrap=True)
    table.add_column("why")
    for job in jobs:
        why = job.job.error.detail if job.job and job.job.error else ""
        numbers = (str(job.content), str(job.style), str(job.settings))
        table.add_row(*numbers, job.id, state_text(job.state), why)
    times = filter(None, (f"{batch.progress:.0%}", summary(batch), done_in(batch.eta_seconds)))
    return Group(Text(f"Batch {batch.id}"), Text(", ".join(times)), Text(), table)
