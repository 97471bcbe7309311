"""A batch as the server last sent it: frozen dataclasses, which ignore unknown keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from gramworks.models import Job, JsonObject, cursor_of, moment


@dataclass(frozen=True)
class Batch:
    """A batch; `body` is the whole JSON, including unknown keys.

    `counts` maps each state to how many of the `total` jobs are in it, and `progress` (0 to 1) is
    the share of the work that is done. `cancelled` is how many jobs `cancel_batch` has ended.
    """

    id: str
    total: int
    counts: Mapping[str, int]
    progress: float
    ended: bool
    eta_seconds: float | None = None
    created_at: datetime | None = None
    contents: int = 0
    styles: int = 0
    settings: tuple[JsonObject, ...] = ()
    options: JsonObject = field(default_factory=dict)
    cancelled: int | None = None
    links: Mapping[str, str] = field(default_factory=dict)
    body: JsonObject = field(repr=False, default_factory=dict)

    def count(self, *states: str) -> int:
        """Return how many jobs are in one of these states."""
        return sum(self.counts.get(state, 0) for state in states)

    @classmethod
    def from_json(cls, body: JsonObject) -> Batch:
        """Build it from the server's JSON."""
        return cls(
            id=body["id"],
            total=body["total"],
            counts=body["counts"],
            progress=float(body["progress"]),
            ended=bool(body["ended"]),
            eta_seconds=body.get("eta_seconds"),
            created_at=moment(body.get("created_at")),
            contents=body.get("contents") or 0,
            styles=body.get("styles") or 0,
            settings=tuple(body.get("settings") or ()),
            options=body.get("options") or {},
            cancelled=body.get("cancelled"),
            links=body.get("links") or {},
            body=body,
        )


@dataclass(frozen=True)
class BatchJob:
    """A job of a batch; `content`, `style` and `settings` say which, each counted from 0.

    `job` is None if its record does not exist: not yet (`planned`), or no longer (`deleted`).
    """

    id: str
    state: str
    content: int
    style: int
    settings: int
    job: Job | None
    body: JsonObject = field(repr=False, default_factory=dict)

    @classmethod
    def from_json(cls, body: JsonObject) -> BatchJob:
        """Build it from the server's JSON."""
        job = body.get("job")
        return cls(
            id=body["id"],
            state=body["state"],
            content=body["content"],
            style=body["style"],
            settings=body["settings"],
            job=Job.from_json(job) if job else None,
            body=body,
        )


@dataclass(frozen=True)
class BatchPage:
    """Some batches, newest first, and the cursor of the next page; None on the last page."""

    batches: tuple[Batch, ...]
    cursor: str | None

    @classmethod
    def from_json(cls, body: JsonObject) -> BatchPage:
        """Build it from the server's JSON."""
        batches = tuple(Batch.from_json(batch) for batch in body["batches"])
        return cls(batches=batches, cursor=cursor_of(body.get("next")))


@dataclass(frozen=True)
class BatchJobsPage:
    """Some jobs of a batch in their order, and the cursor of the next page; None on the last."""

    jobs: tuple[BatchJob, ...]
    cursor: str | None

    @classmethod
    def from_json(cls, body: JsonObject) -> BatchJobsPage:
        """Build it from the server's JSON."""
        jobs = tuple(BatchJob.from_json(job) for job in body["jobs"])
        return cls(jobs=jobs, cursor=cursor_of(body.get("next")))
