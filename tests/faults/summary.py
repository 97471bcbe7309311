"""Prints the tables of docs/reliability.md from JSON: `python -m tests.faults.summary`."""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.faults import broken
from tests.faults.table import seconds

Result = dict[str, Any]
HEAD = (
    "fault",
    "times",
    "lost",
    "doubled",
    "recovered",
    "queued s",
    "median s",
    "worst s",
    "undisturbed s",
)
PLAIN_HEAD = ("plain Celery", "fault", "jobs hit", "lost", "not back", "doubled", "median s")


def main() -> None:
    """Print the tables, then what was lost and doubled; exit with 1 if anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.summary", description=__doc__)
    parser.add_argument("runs", type=Path, nargs="+", help="written by python -m tests.faults")
    parser.add_argument("--plain", type=Path, help="written by python -m tests.faults.plain")
    parser.add_argument("--broken", type=Path, help="written by python -m tests.faults.broken")
    arguments = parser.parse_args()
    runs: list[Result] = [json.loads(path.read_text()) for path in arguments.runs]
    for run in runs:
        print(*_run(run), sep="\n", end="\n\n")
    if arguments.plain:
        print(*_plain(json.loads(arguments.plain.read_text())), sep="\n", end="\n\n")
    scenes: list[Result] = json.loads(arguments.broken.read_text()) if arguments.broken else []
    for scene in scenes:
        print(*broken.lines(broken.Outcome(**scene)), sep="\n", end="\n\n")
    print(*_last(runs), sep="\n")
    sys.exit(any(run["findings"] for run in (*runs, *scenes)))


def _run(run: Result) -> Iterator[str]:
    faults = sum(row["count"] for row in run["rows"])
    yield f"{run['title']}: {run['jobs']} jobs, {faults} faults, {run['seconds'] / 60:.0f} minutes"
    yield ""
    yield from _table(HEAD, [_cells(row) for row in run["rows"]])
    yield ""
    yield "Ends: " + ", ".join(f"{count} {end}" for end, count in run["ends"].items()) + "."


def _cells(row: Result) -> tuple[str, ...]:
    times = (seconds(row[name]) for name in ("back", "median", "worst", "worst_alone"))
    counts = (str(row[name]) for name in ("count", "lost", "doubled"))
    return (row["meaning"], *counts, row["measured"], *times)


def _plain(rows: list[Result]) -> Iterator[str]:
    names = ("variant", "fault", "jobs", "lost", "not_back", "doubled")
    cells = [(*(str(row[name]) for name in names), seconds(row["median"])) for row in rows]
    yield from _table(PLAIN_HEAD, cells)


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> Iterator[str]:
    for cells in (head, tuple("---" for _ in head), *rows):
        yield f"| {' | '.join(cells)} |"


def _last(runs: list[Result]) -> Iterator[str]:
    for run in runs:
        yield f"{run['title']}: recovery {', '.join(_recoveries(run))}"
    sums = (sum(run[name] for run in runs) for name in ("lost", "doubled"))
    yield "lost {} doubled {}".format(*sums)


def _recoveries(run: Result) -> Iterator[str]:
    for row in run["rows"]:
        if row["median"] is not None:
            yield f"{row['kind']} {seconds(row['median'])} / {seconds(row['worst'])} s"


if __name__ == "__main__":
    main()
