"""Tables of jobs and settings for the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from gramworks.cli import schema
from gramworks.cli.formatting import (
    about,
    ago,
    duration,
    evaluation,
    gigabytes,
    level,
    losses,
    number,
    queue_position,
)
from gramworks.cli.watch_view import state_text
from gramworks.models import Job, SettingsGuide, Step, Worker

# The width of the longest single value; a list continues on the next line.
VALUE_WIDTH = 18
SHORT_ID = 8  # characters of an id that no other job is likely to have


def jobs_table(jobs: Sequence[Job]) -> Table:
    """Lay out one line per job; ids are not shortened, since other commands need them."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("id", no_wrap=True, min_width=max((len(job.id) for job in jobs), default=0))
    table.add_column("state", no_wrap=True, min_width=len("succeeded"))
    for title in ("progress", "created", "took"):
        table.add_column(title, no_wrap=True)
    now = datetime.now(UTC)
    for job in jobs:
        created = ago(job.created_at, now) if job.created_at else ""
        table.add_row(job.id, state_text(job.state), _how_far(job), created, _took(job))
    return table


def job_table(job: Job, page: str | None) -> Table:
    """Lay out all facts about one job, one per line."""
    table = _pairs()
    for name, said in _facts(job, page).items():
        if said:
            table.add_row(name, said)
    if job.log:
        table.add_row("history", _history(job.log))
    for title, values in (("settings", job.settings), ("options", job.options)):
        if values:
            table.add_row(title, _assignments(values))
    return table


def workers_table(workers: Sequence[Worker]) -> Table:
    """Lay out one line per worker, and why some claim no jobs."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    longest = max((len(worker.name) for worker in workers), default=0)
    table.add_column("worker", no_wrap=True, min_width=longest)  # whole, since `drain` needs it
    for title in ("device", "memory", "largest result", "online", "job", "state"):
        table.add_column(title)
    for worker in workers:
        table.add_row(
            worker.name,
            worker.device,
            gigabytes(worker.memory_bytes) if worker.memory_bytes else "",
            f"{number(worker.pixels / 1e6)} megapixels",
            _online(worker),
            _running(worker),
            worker_state(worker),
        )
    return table


def _online(worker: Worker) -> str:
    """Return for how long a worker has been online, if that is known."""
    if worker.online_since is None:
        return ""
    return about((datetime.now(UTC) - worker.online_since).total_seconds()).removeprefix("about ")


def _running(worker: Worker) -> str:
    """Return a worker's job and how far it is; the start of its id names it."""
    if worker.job is None:
        return ""
    job_id = worker.job.id[:SHORT_ID] if worker.job.id else "another owner's"
    return job_id if worker.job.fraction is None else f"{job_id} {worker.job.fraction:.0%}"


def worker_state(worker: Worker) -> str:
    """Return `online`, `draining`, or until when and why a worker is suspended."""
    if worker.suspended:
        return f"suspended until {_local(worker.suspended.until)}: {worker.suspended.reason}"
    return "draining" if worker.draining else "online"


def settings_table(guide: SettingsGuide) -> Table:
    """Lay out each setting with its value in the default preset, its bounds and its help."""
    preset = guide.presets.get(guide.default_preset, {})
    table = Table(box=None, padding=(0, 2, 1, 0), header_style="dim")
    table.add_column("setting", no_wrap=True)
    table.add_column(guide.default_preset or "default", max_width=VALUE_WIDTH)
    table.add_column("what it is")
    for name, field in guide.schema["properties"].items():
        current = preset.get(name, field.get("default"))
        table.add_row(Text(name, "bold"), schema.value(current), _explained(field, guide))
    return table


def presets_table(guide: SettingsGuide) -> Table:
    """Lay out each setting that a preset changes; values that a preset does not change are dim."""
    fields = guide.schema["properties"]
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for title in ("setting", *guide.presets):
        table.add_column(title)
    for name in [name for name in fields if any(name in of for of in guide.presets.values())]:
        default = Text(schema.value(fields[name].get("default")), "dim")
        cells = (
            schema.value(preset[name]) if name in preset else default
            for preset in guide.presets.values()
        )
        table.add_row(Text(name, "bold"), *cells)
    return table


def _pairs() -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    return table


def _facts(job: Job, page: str | None) -> dict[str, RenderableType]:
    progress = job.progress
    return {
        "job": job.id,
        "state": state_text(job.state),
        "error": job.error.detail if job.error else "",
        "memory": "\n".join(fallback.detail for fallback in job.fallbacks),
        "pending": job.pending or "",
        "stopped": f"after {number(job.stopped_after)} evaluations" if job.stopped_after else "",
        "waiting": job.waiting.detail if job.waiting else "",
        "position": number(job.position) if job.position else "",
        "starts in": _about(job.starts_in_seconds),
        "done in": "" if job.ended else _about(job.eta_seconds),
        "progress": f"{progress.fraction:.0%}" if progress else "",
        "evaluation": evaluation(progress) if progress else "",
        "level": level(progress) if progress else "",
        "loss": losses(progress.loss) if progress and progress.loss else "",
        "attempt": str(job.attempt) if job.attempt > 1 else "",
        "created": _local(job.created_at),
        "started": _local(job.started_at),
        "finished": _local(job.finished_at),
        "took": _took(job),
        "page": page or "",
    }


def _history(log: Sequence[Step]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for step in log:
        table.add_row(_local(step.at), step.detail)
    return table


def _assignments(values: Mapping[str, Any]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    for name, of in values.items():
        table.add_row(name, schema.value(of))
    return table


def _explained(field: schema.Schema, guide: SettingsGuide) -> Text:
    description = " ".join(str(field.get("description", "")).split())
    return Text.assemble(description, "\n", (schema.allowed(field, guide.schema), "dim"))


def _how_far(job: Job) -> str:
    if job.paused:
        return "paused"
    if job.state == "running" and job.progress:
        return f"{job.progress.fraction:.0%}"
    return queue_position(job.position, None)


def _about(seconds: float | None) -> str:
    return "" if seconds is None else about(seconds)


def _took(job: Job) -> str:
    return "" if job.seconds_worked is None else duration(job.seconds_worked)


def _local(moment: datetime | None) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S}" if moment else ""
