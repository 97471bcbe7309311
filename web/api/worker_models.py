"""The JSON of workers, and of what a job would take on them, as models."""

from datetime import datetime

from shared.settings import StyleSettings
from web.api.models import AnswerModel, Reason


class Suspension(AnswerModel):
    """Why a worker that failed repeatedly claims no jobs, and until when."""

    until: datetime
    reason: str | None


class WorkerJob(AnswerModel):
    """The job that a worker runs."""

    id: str | None
    """Null if it is another owner's, except for operators."""

    held_since: datetime | None
    """Since when the worker runs it."""

    fraction: float | None
    """How far it is, from 0 to 1; null before its first progress."""

    eta_seconds: float | None


class Worker(AnswerModel):
    """A worker that is online."""

    name: str
    device: str
    pixels: int
    """The pixels of the largest result that it paints."""

    memory_bytes: int | None
    """What it can use, of its device or of main memory; null if that is unknown."""

    speed: float | None
    """What it computes in a second, in the unit of a job's `work`; null before it has measured."""

    overhead_seconds: float | None
    """What a job takes beside that; null before it has measured."""

    online_since: datetime | None
    job: WorkerJob | None
    """What it runs."""

    draining: bool
    """Whether it finishes its job and claims no more."""

    suspended: Suspension | None
    blocked_by: Reason | None
    """Why it claims no jobs; null if it does."""


class Workers(AnswerModel):
    """The workers that are online, by name."""

    workers: list[Worker]


class ResultSize(AnswerModel):
    """The size of a result in pixels."""

    width: int
    height: int
    pixels: int


class WorkerEstimate(AnswerModel):
    """What a job would take on a worker that is online."""

    name: str
    device: str
    runs_seconds: float | None
    """How long it would run; null if the worker has not measured its speed."""

    memory_bytes: int | None
    """What it would need; null if that is unknown."""

    blocked_by: Reason | None
    """Why the worker would not take it; null if it would."""


class Estimate(AnswerModel):
    """What a job would take if it were submitted now."""

    settings: StyleSettings
    """The settings that it would have."""

    result: ResultSize
    work: float
    """What all its evaluations take to compute, in the unit of a worker's `speed`."""

    memory_bytes: int | None
    """What it would need on the first worker that would take it; null if none would."""

    position: int
    """Its position in the queue; 1 starts next."""

    starts_in_seconds: float | None
    """When it would start; null if that is unknown."""

    runs_seconds: float | None
    """How long it would run."""

    eta_seconds: float | None
    """When it would be done."""

    refused: Reason | None
    """Why it would not be accepted now."""

    waiting: Reason | None
    """Why it would not start, apart from its position."""

    workers: list[WorkerEstimate]
    """The workers that are online, by name."""
