"""`gramworks submit --estimate`: what pictures would take, without submitting them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from gramworks.cli.formatting import about, gigabytes, number
from gramworks.cli.pictures import Painting, for_client
from gramworks.cli.session import Session
from gramworks.client import Client
from gramworks.estimates import Estimate, WorkerEstimate


def show_estimates(
    session: Session,
    client: Client,
    paintings: Sequence[Painting],
    settings: Mapping[str, Any],
    options: Mapping[str, Any],
    init: Path | None,
) -> None:
    """Print what each picture would take if it were submitted first."""
    estimates = [
        client.estimate(
            for_client(each.content),
            [for_client(style) for style in each.styles],
            settings,
            options,
            init=init,
        )
        for each in paintings
    ]
    bodies = [each.body for each in estimates]

    def shown() -> RenderableType:
        return Group(*map(_shown, paintings, estimates))

    session.show(bodies[0] if len(bodies) == 1 else bodies, shown)


def _shown(painting: Painting, estimate: Estimate) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, said in _facts(painting, estimate):
        if said:
            table.add_row(name, said)
    return table


def _facts(painting: Painting, estimate: Estimate) -> Iterator[tuple[str, str | Text]]:
    memory = estimate.memory_bytes
    yield "picture", painting.content.name
    yield "result", f"{estimate.width} × {estimate.height} pixels"
    yield "refused", Text(estimate.refused.detail if estimate.refused else "", "red")
    yield "waiting", Text(estimate.waiting.detail if estimate.waiting else "", "yellow")
    yield "position", number(estimate.position)
    yield "starts in", _about(estimate.starts_in_seconds)
    yield "takes", _about(estimate.runs_seconds)
    yield "done in", _about(estimate.eta_seconds)
    yield "memory", f"about {gigabytes(memory)}" if memory is not None else ""
    for worker in estimate.workers:
        yield "worker", f"{worker.name}: {_on(worker)}"


def _on(worker: WorkerEstimate) -> str:
    if worker.blocked_by:
        return worker.blocked_by.detail
    return _about(worker.runs_seconds) or "could take it; its speed is not measured yet"


def _about(seconds: float | None) -> str:
    return "" if seconds is None else about(seconds)
