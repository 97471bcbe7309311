"""The server's JSON as frozen dataclasses, which ignore unknown keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

JsonObject = Mapping[str, Any]

ENDED = frozenset({"succeeded", "failed", "cancelled"})


@dataclass(frozen=True)
class Progress:
    """How far a running job is; `fraction` (0 to 1) is of the work, not of the evaluations.

    `loss` maps each term of the loss to its weighted value, and `total` to their sum.
    """

    evaluation: int
    evaluations: int
    level: int
    levels: int
    fraction: float
    loss: Mapping[str, float]

    @classmethod
    def from_json(cls, body: JsonObject) -> Progress:
        """Build it from the server's JSON."""
        return cls(
            evaluation=body["evaluation"],
            evaluations=body["evaluations"],
            level=body.get("level", 1),
            levels=body.get("levels", 1),
            fraction=float(body["fraction"]),
            loss={name: float(value) for name, value in (body.get("loss") or {}).items()},
        )


@dataclass(frozen=True)
class Reason:
    """Why a job failed or does not start: a code for programs, a sentence for people."""

    code: str
    detail: str
    body: JsonObject = field(repr=False, default_factory=dict)

    @classmethod
    def from_json(cls, body: JsonObject) -> Reason:
        """Build it from the server's JSON."""
        return cls(code=body.get("code", ""), detail=body.get("detail", ""), body=body)


@dataclass(frozen=True)
class Step:
    """One entry of a job's log: its state, the time, and a sentence."""

    state: str
    at: datetime | None
    detail: str
    attempt: int = 0
    worker: str | None = None
    reason: str | None = None

    @classmethod
    def from_json(cls, body: JsonObject) -> Step:
        """Build it from the server's JSON."""
        return cls(
            state=body["state"],
            at=_moment(body.get("at")),
            detail=body.get("detail", body["state"]),
            attempt=body.get("attempt") or 0,
            worker=body.get("worker"),
            reason=body.get("reason"),
        )


@dataclass(frozen=True)
class Fallback:
    """How a job continued with less memory after it ran out, with a sentence."""

    detail: str
    attempt: int
    evaluation: int
    cause: str
    history: int
    tile: int | None

    @classmethod
    def from_json(cls, body: JsonObject) -> Fallback:
        """Build it from the server's JSON."""
        names = ("detail", "attempt", "evaluation", "cause", "history", "tile")
        return cls(**{name: body[name] for name in names})


@dataclass(frozen=True)
class Job:
    """A job as the server last sent it; `body` is the whole JSON, including unknown keys.

    A `paused` job is queued without a position. `pending` is `"pause"` or `"stop"` until the worker
    of a running job has done it. `stopped_after` is how many evaluations a job made that was
    stopped early.
    `deleted_at` is None unless the job is in the trash, from which it is deleted for good after
    `kept_until`.
    """

    id: str
    state: str
    position: int | None = None
    paused: bool = False
    pending: str | None = None
    stopped_after: int | None = None
    starts_in_seconds: float | None = None
    eta_seconds: float | None = None
    attempt: int = 0
    progress: Progress | None = None
    settings: JsonObject = field(default_factory=dict)
    options: JsonObject = field(default_factory=dict)
    created_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    deleted_at: datetime | None = None
    kept_until: datetime | None = None
    waiting: Reason | None = None
    error: Reason | None = None
    log: tuple[Step, ...] = ()
    fallbacks: tuple[Fallback, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    body: JsonObject = field(repr=False, default_factory=dict)

    @property
    def ended(self) -> bool:
        """Whether the job has ended."""
        return self.state in ENDED

    @property
    def queued_at(self) -> datetime | None:
        """When the job was last queued; it is queued again when its worker is lost."""
        queued = [step.at for step in self.log if step.state == "queued" and step.at]
        return queued[-1] if queued else self.created_at

    @property
    def seconds_worked(self) -> float | None:
        """The seconds from the start to the end, by the server's clock; None before the end."""
        if self.started_at is None or self.finished_at is None:
            return None
        return (self.finished_at - self.started_at).total_seconds()

    @classmethod
    def from_json(cls, body: JsonObject) -> Job:
        """Build it from the server's JSON."""
        progress, waiting, error = (body.get(name) for name in ("progress", "waiting", "error"))
        return cls(
            id=body["id"],
            state=body["state"],
            position=body.get("position"),
            paused=bool(body.get("paused")),
            pending=body.get("pending"),
            stopped_after=body.get("stopped_after"),
            starts_in_seconds=body.get("starts_in_seconds"),
            eta_seconds=body.get("eta_seconds"),
            attempt=body.get("attempt") or 0,
            progress=Progress.from_json(progress) if progress else None,
            settings=body.get("settings") or {},
            options=body.get("options") or {},
            created_at=_moment(body.get("created_at")),
            started_at=_moment(body.get("started_at")),
            finished_at=_moment(body.get("finished_at")),
            deleted_at=_moment(body.get("deleted_at")),
            kept_until=_moment(body.get("kept_until")),
            waiting=Reason.from_json(waiting) if waiting else None,
            error=Reason.from_json(error) if error else None,
            log=tuple(map(Step.from_json, body.get("log") or ())),
            fallbacks=tuple(map(Fallback.from_json, body.get("fallbacks") or ())),
            links=body.get("links") or {},
            body=body,
        )


@dataclass(frozen=True)
class Page:
    """Some jobs, newest first, and the cursor of the next page; None on the last page."""

    jobs: tuple[Job, ...]
    cursor: str | None

    @classmethod
    def from_json(cls, body: JsonObject) -> Page:
        """Build it from the server's JSON."""
        jobs = tuple(Job.from_json(job) for job in body["jobs"])
        return cls(jobs=jobs, cursor=_cursor(body.get("next")))


@dataclass(frozen=True)
class Suspension:
    """A worker that failed repeatedly claims no jobs until then."""

    until: datetime | None
    reason: str

    @classmethod
    def from_json(cls, body: JsonObject) -> Suspension:
        """Build it from the server's JSON."""
        return cls(until=_moment(body.get("until")), reason=body.get("reason") or "")


@dataclass(frozen=True)
class WorkerJob:
    """The job that a worker runs; `id` is None if it is another owner's."""

    id: str | None
    held_since: datetime | None
    fraction: float | None
    eta_seconds: float | None

    @classmethod
    def from_json(cls, body: JsonObject) -> WorkerJob:
        """Build it from the server's JSON."""
        return cls(
            id=body.get("id"),
            held_since=_moment(body.get("held_since")),
            fraction=body.get("fraction"),
            eta_seconds=body.get("eta_seconds"),
        )


@dataclass(frozen=True)
class Worker:
    """A worker that is online; it paints results of up to `pixels` pixels.

    A job of `work` takes it `overhead_seconds` + `work` / `speed`, as measured. `blocked_by` says
    why it claims no jobs.
    """

    name: str
    device: str
    pixels: int
    draining: bool
    suspended: Suspension | None
    memory_bytes: int | None = None
    speed: float | None = None
    overhead_seconds: float | None = None
    online_since: datetime | None = None
    job: WorkerJob | None = None
    blocked_by: Reason | None = None
    body: JsonObject = field(repr=False, default_factory=dict)

    @classmethod
    def from_json(cls, body: JsonObject) -> Worker:
        """Build it from the server's JSON."""
        suspended, job, blocked_by = (body.get(each) for each in ("suspended", "job", "blocked_by"))
        return cls(
            name=body["name"],
            device=body.get("device") or "",
            pixels=body["pixels"],
            draining=bool(body.get("draining")),
            suspended=Suspension.from_json(suspended) if suspended else None,
            memory_bytes=body.get("memory_bytes"),
            speed=body.get("speed"),
            overhead_seconds=body.get("overhead_seconds"),
            online_since=_moment(body.get("online_since")),
            job=WorkerJob.from_json(job) if job else None,
            blocked_by=Reason.from_json(blocked_by) if blocked_by else None,
            body=body,
        )


@dataclass(frozen=True)
class UploadedImage:
    """An image that the server keeps for its owner; `sha256` is the file's."""

    sha256: str
    width: int
    height: int
    kept_until: datetime | None

    @classmethod
    def from_json(cls, body: JsonObject) -> UploadedImage:
        """Build it from the server's JSON."""
        return cls(
            sha256=body["sha256"],
            width=body["width"],
            height=body["height"],
            kept_until=_moment(body.get("kept_until")),
        )


@dataclass(frozen=True)
class SettingsGuide:
    """The server's description of the settings: a JSON Schema, and presets."""

    schema: JsonObject
    presets: Mapping[str, JsonObject]
    default_preset: str
    options: JsonObject
    body: JsonObject = field(repr=False, default_factory=dict)

    @classmethod
    def from_json(cls, body: JsonObject) -> SettingsGuide:
        """Build it from the server's JSON."""
        return cls(
            schema=body["schema"],
            presets=body.get("presets") or {},
            default_preset=body.get("default_preset", ""),
            options=body.get("options") or {},
            body=body,
        )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone() if text else None


def _cursor(next_path: str | None) -> str | None:
    # Only the cursor is used: the path may lack a prefix that a proxy adds.
    return parse_qs(urlsplit(next_path or "").query).get("cursor", [None])[0]
