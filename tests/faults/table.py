"""The report as text for a terminal."""

from collections.abc import Iterator

from tests.faults.oracle import Wrong
from tests.faults.report import Outcome, Row

HEAD = (
    "fault",
    "count",
    "seen",
    "lost",
    "doubled",
    "median s",
    "worst s",
    "alone",
    "queued s",
    "recovery is",
)


def lines(outcome: Outcome) -> Iterator[str]:
    """Yield the lines of a run's report; the last says what was lost and doubled."""
    yield f"{outcome.title}, seed {outcome.seed}, in {outcome.seconds:.0f} s"
    yield from table([HEAD, *(_cells(row) for row in outcome.rows)])
    for kind, why in outcome.skipped.items():
        yield f"{kind}: not tried: {why}"
    yield "ends: " + ", ".join(f"{count} {end}" for end, count in outcome.ends.items())
    if outcome.resumed is not None:
        yield f"{outcome.resumed} of the pictures were finished from a checkpoint"
    for finding in outcome.findings[:40]:
        yield f"{finding.wrong}: {finding.about}: {finding.words}"
    others = ", ".join(
        f"{outcome.number(wrong)} {wrong}"
        for wrong in (Wrong.ORPHAN, Wrong.ILLEGAL, Wrong.LEFT, Wrong.UNEXPECTED)
    )
    yield f"{outcome.jobs} jobs, {sum(row.count for row in outcome.rows)} faults; {others}"
    yield _recovery(outcome.rows)
    yield f"lost {outcome.number(Wrong.LOST)} doubled {outcome.number(Wrong.DOUBLED)}"


def table(rows: list[tuple[str, ...]]) -> Iterator[str]:
    """Yield rows as lines, their columns aligned: words to the left, numbers to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = zip(row, widths, strict=True)
        yield "  ".join(
            cell.ljust(width) if column in (0, len(row) - 1) else cell.rjust(width)
            for column, (cell, width) in enumerate(cells)
        ).rstrip()


def seconds(value: float | None) -> str:
    """Return a time with one decimal, or a dash."""
    return "-" if value is None else f"{value:.1f}"


def _cells(row: Row) -> tuple[str, ...]:
    times = tuple(map(seconds, (row.median, row.worst, row.worst_alone, row.back)))
    counts = (str(row.count), str(row.hits), str(row.lost), str(row.doubled))
    return (row.kind, *counts, *times, row.measured)


def _recovery(rows: list[Row]) -> str:
    reported = (row for row in rows if row.kind in {"worker-kill", "pool-kill", "worker-stop"})
    parts = (f"{row.kind} {seconds(row.median)} / {seconds(row.worst)} s" for row in reported)
    return "recovery, median / worst: " + ", ".join(parts)
