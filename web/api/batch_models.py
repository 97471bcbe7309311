"""The JSON of batches that the API answers, as models."""

from datetime import datetime
from typing import Any, Literal

from shared.job import JobOptions
from web.api.models import AnswerModel, Job, UnreadableJob


class BatchCounts(AnswerModel):
    """How many jobs of a batch are in each state."""

    planned: int
    """Accepted; their records follow within seconds."""

    queued: int
    """Waiting, or paused."""

    running: int
    succeeded: int
    failed: int
    cancelled: int

    deleted: int
    """In the trash, or deleted for good."""

    unreadable: int


class BatchLinks(AnswerModel):
    """The paths of a batch's parts, with the prefix that a proxy adds."""

    self: str
    results: str
    """The ZIP of the finished pictures."""


class BatchSummary(AnswerModel):
    """A batch without its jobs. Times are ISO 8601 in UTC."""

    id: str
    created_at: datetime
    total: int
    """How many jobs it has."""

    counts: BatchCounts
    progress: float
    """The share of the work that is done, from 0 to 1; of an ended job nothing is left to do."""

    eta_seconds: float | None
    """When the last job will be done; null if that is unknown, or all have ended."""

    ended: bool
    """Whether all jobs have ended or are deleted."""

    contents: int
    styles: int
    settings: list[dict[str, Any]]
    """As they were sent."""

    options: JobOptions
    links: BatchLinks


class BatchPage(AnswerModel):
    """A page of batches, newest first."""

    batches: list[BatchSummary]
    next: str | None
    """The path of the next page; null at the end."""


class BatchJob(AnswerModel):
    """A job of a batch. `content`, `style` and `settings` are numbers from 0."""

    content: int
    style: int
    settings: int
    id: str
    state: Literal[
        "planned",
        "queued",
        "running",
        "succeeded",
        "failed",
        "cancelled",
        "deleted",
        "unreadable",
    ]
    job: Job | UnreadableJob | None
    """Null if it is planned or deleted."""


class Batch(BatchSummary):
    """A batch with a page of its jobs: each content, its styles, of each the settings."""

    jobs: list[BatchJob]
    next: str | None
    """The path of the next page of jobs; null at the end."""


class CancelledBatch(BatchSummary):
    """A batch whose queued and running jobs were cancelled."""

    cancelled: int
    """How many this request cancelled."""
