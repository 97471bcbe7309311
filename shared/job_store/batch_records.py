"""A batch as it is read: its record, and what is known of each of its jobs."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple, TypeVar, cast

from shared.job import ENDED, JobOptions, JobState, Priority
from shared.job_store.keys import PRIORITIES
from shared.job_store.records import FAULTS
from shared.job_store.turns import position

PLANNED: Literal["planned"] = "planned"  # it is accepted; its record follows
DELETED: Literal["deleted"] = "deleted"
UNREADABLE: Literal["unreadable"] = "unreadable"  # its record is damaged, or of another version
STATES = (PLANNED, *(state.value for state in JobState), DELETED, UNREADABLE)
OVER = frozenset({*(state.value for state in ENDED), DELETED, UNREADABLE})
Value = TypeVar("Value")


class BatchJob(NamedTuple):
    """A job of a batch. `fraction` is how much of its `work` is done.

    `eta_seconds` is known of a running job, `position` of a queued one.
    """

    id: str
    state: str
    work: float
    pixels: int
    fraction: float = 0.0
    eta_seconds: float | None = None
    position: int | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes of it."""
        return self.state in OVER

    @property
    def work_left(self) -> float:
        """The work that is still to do."""
        return 0.0 if self.is_over else self.work * (1 - self.fraction)


class Batch(NamedTuple):
    """A batch: `jobs` has one for each content, style and settings, in this order.

    `settings` are as they were sent; `work` is that of all jobs.
    """

    id: str
    owner: str
    created_at: datetime
    contents: int
    styles: int
    settings: list[dict[str, Any]]
    options: JobOptions
    work: float
    jobs: list[BatchJob]

    @property
    def counts(self) -> dict[str, int]:
        """How many jobs are in each state."""
        counted = Counter(job.state for job in self.jobs)
        return {state: counted[state] for state in STATES}

    @property
    def is_over(self) -> bool:
        """Whether all jobs have ended or are deleted."""
        return all(job.is_over for job in self.jobs)

    @property
    def progress(self) -> float:
        """The share of the work that is done, from 0 to 1; nothing is left of a cancelled job."""
        left = sum(job.work_left for job in self.jobs)
        return 1 - left / self.work if left and self.work else 1.0

    def numbers(self, index: int) -> dict[str, int]:
        """Return the content, style and settings of the job at `index`, each from 0."""
        pair, settings = divmod(index, max(1, len(self.settings)))
        content, style = divmod(pair, max(1, self.styles))
        return {"content": content, "style": style, "settings": settings}


class _Queues(NamedTuple):
    """How many jobs of each priority are queued, and how often each was passed over."""

    queued: Mapping[Priority, int]
    passed: Mapping[Priority, int]


def from_row(batch_id: str, row: list[Any]) -> Batch:
    """Return the batch that the script `read_batch` describes.

    What a record of another version lacks, or has in another form, gets a default.
    """
    fields, ids, rows, planned, queued, passed = row
    queues = _Queues(
        dict(zip(PRIORITIES, queued, strict=True)), dict(zip(PRIORITIES, passed, strict=True))
    )
    work = _read(fields.get("work"), float, 0.0)
    usual = BatchJob("", DELETED, work / len(ids), 0)  # of a job without a record
    jobs = [
        _job(job_id, each, usual, queues) if each[0] else usual._replace(id=job_id)
        for job_id, each in zip(ids, rows, strict=True)
    ]
    first = len(ids) - planned
    jobs[first:] = [job._replace(state=PLANNED) for job in jobs[first:]]
    return Batch(
        id=batch_id,
        owner=fields.get("owner", ""),
        created_at=_read(fields.get("created_at"), _time, datetime.fromtimestamp(0, UTC)),
        contents=_read(fields.get("contents"), int, 1),
        styles=_read(fields.get("styles"), int, 1),
        settings=_read(fields.get("settings"), _objects, [{}]),
        options=_read(fields.get("options"), JobOptions.model_validate_json, JobOptions()),
        work=work,
        jobs=jobs,
    )


def _job(job_id: str, row: list[Any], usual: BatchJob, queues: _Queues) -> BatchJob:
    state, work, pixels, priority, fraction, eta, rank = row
    place = None
    if rank >= 0 and priority in queues.queued:
        place = position(cast(Priority, priority), rank, queues.queued, queues.passed)
    return BatchJob(
        id=job_id,
        state=state if state in STATES else UNREADABLE,
        work=_read(work, float, usual.work),
        pixels=_read(pixels, int, 0),
        fraction=_read(fraction, float, 0.0),
        eta_seconds=_read(eta, float, None),
        position=place,
    )


def _read(value: Any, read: Callable[[Any], Value], default: Value) -> Value:
    """Return a field's value; `default` if it is missing or damaged."""
    try:
        return default if value is None or value is False else read(value)
    except FAULTS:
        return default


def _objects(text: str) -> list[dict[str, Any]]:
    values = json.loads(text)
    if not isinstance(values, list):
        raise TypeError("It is not an array.")
    return values


def _time(milliseconds: str) -> datetime:
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)
