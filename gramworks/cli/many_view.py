"""Shows several jobs until they have ended: a bar for each in a terminal, otherwise lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from gramworks.cli.failures import ExitCode, code_of, sentence
from gramworks.cli.formatting import done_in, queue_position
from gramworks.cli.pictures import Painting
from gramworks.cli.watch_view import bar, outcome, print_text, share, shown_state
from gramworks.cli.watched_job import WatchedJob
from gramworks.errors import GramworksError

NAME_WIDTH, STATE_WIDTH, SHARE_WIDTH = 20, len("reconnecting"), len("100%")
TIMES_WIDTH = len("done in about 1 h 30 min")
LONGEST_BAR = 40


@dataclass
class Row:
    """A picture on its way: its job once it is submitted, then what became of it."""

    name: str
    painting: Painting
    watched: WatchedJob | None = None
    saved: Path | None = None
    sentence: str = ""  # about the saved file
    error: str = ""
    code: ExitCode = ExitCode.SUCCESS
    shown_state: str = ""
    is_done: bool = False

    def fail(self, error: GramworksError | OSError) -> None:
        """Record why there is no picture."""
        self.error, self.code = sentence(error), code_of(error)

    def outcome(self) -> Text:
        """Return how the picture ended, in one line."""
        text, said = Text(f"{self.name}: "), Text(self.error or self.sentence)
        if self.error:
            said.stylize("red")
        if self.watched and self.watched.job.ended:
            text.append_text(outcome(self.watched, brief=True))
            text.append(". " if said else ".")
        return text.append_text(said)

    def to_json(self) -> dict[str, Any]:
        """Return the picture as JSON."""
        return {
            "content": str(self.painting.content),
            "styles": [str(style) for style in self.painting.styles],
            "job": self.watched.job.body if self.watched else None,
            "saved": str(self.saved) if self.saved else None,
            "error": self.error or None,
        }


class View(Protocol):
    """A way to show several jobs."""

    def opened(self) -> AbstractContextManager[object]:
        """Use the console until the context ends."""

    def show(self, row: Row) -> None:
        """Show a job after an event, now or later."""

    def end(self, row: Row) -> None:
        """Show what became of a picture."""


class BarsView:
    """A bar for each job that has not ended; those that have ended are lines above."""

    def __init__(self, console: Console, rows: Sequence[Row]) -> None:
        self._console = console
        self._rows = rows

    def opened(self) -> AbstractContextManager[object]:
        """Draw until the context ends, then erase the bars."""
        return Live(self, console=self._console, transient=True, refresh_per_second=8)

    def show(self, row: Row) -> None:
        """Leave it to the next redraw."""

    def end(self, row: Row) -> None:
        """Print a line above the bars."""
        row.is_done = True
        print_text(self._console, row.outcome())

    def __rich__(self) -> RenderableType:
        submitted = [row for row in self._rows if row.watched and not row.is_done]
        # Running jobs come first, since the others may not fit on the screen.
        submitted.sort(key=lambda row: row.watched is None or row.watched.job.state == "queued")
        table = Table.grid(padding=(0, 1))
        table.add_column(width=NAME_WIDTH, no_wrap=True, overflow="ellipsis")
        table.add_column(width=STATE_WIDTH)
        table.add_column(width=self._bar_width())
        table.add_column(width=SHARE_WIDTH)
        table.add_column(width=TIMES_WIDTH, no_wrap=True)
        for row in submitted[: max(1, self._console.height - 3)]:
            if row.watched:
                table.add_row(row.name, *_cells(row.watched))
        return Group(table, Text(summary(self._rows), "dim"))

    def _bar_width(self) -> int:
        others = NAME_WIDTH + STATE_WIDTH + SHARE_WIDTH + TIMES_WIDTH + 5
        return max(4, min(LONGEST_BAR, self._console.width - others))


class LinesView:
    """A line for each change of a job's state."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def opened(self) -> AbstractContextManager[object]:
        """Do nothing: lines do not redraw the console."""
        return nullcontext()

    def show(self, row: Row) -> None:
        """Print a line if the state changed."""
        if not row.watched or row.watched.job.ended:
            return
        state = shown_state(row.watched).plain
        if state != row.shown_state:
            row.shown_state = state
            print_text(self._console, Text(f"{row.name}: {state}, job {row.watched.job.id}"))

    def end(self, row: Row) -> None:
        """Print what became of a picture."""
        row.is_done = True
        print_text(self._console, row.outcome())


def summary(rows: Sequence[Row]) -> str:
    """Return `2 of 9 done, 1 failed, 2 running, 4 queued`."""
    done = sum(row.is_done and not row.error for row in rows)
    counts = Counter(row.watched.job.state for row in rows if row.watched and not row.is_done)
    counts["failed"] = sum(row.is_done and bool(row.error) for row in rows)
    counts["to be sent"] = sum(not row.watched and not row.error for row in rows)
    states = ("failed", "running", "queued", "to be sent")
    parts = [f"{counts[state]} {state}" for state in states if counts[state]]
    return ", ".join([f"{done} of {len(rows)} done", *parts])


def _cells(watched: WatchedJob) -> tuple[RenderableType, ...]:
    if watched.job.state == "queued":
        times = done_in(watched.seconds_left) or queue_position(watched.job.position, None)
        return shown_state(watched), "", "", times
    return shown_state(watched), bar(watched), share(watched), done_in(watched.seconds_left)
