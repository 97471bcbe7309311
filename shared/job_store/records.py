"""A job's record in Redis: written by this version, read from any.

A record is a hash of texts. `version` counts its formats; records without it are older than the
count. What a reader does not know it ignores, so that processes of two versions can share a Redis.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from shared.job import (
    Fallback,
    Job,
    JobFault,
    JobInputs,
    JobOptions,
    JobProgress,
    JobState,
    Transition,
)
from shared.settings import StyleSettings

VERSION = 1
Model = TypeVar("Model", bound=BaseModel)


class NewJob(NamedTuple):
    """A job that is submitted; jobs of one owner share the workers evenly with those of others."""

    settings: StyleSettings
    options: JobOptions
    inputs: JobInputs
    owner: str = ""


class UnreadableJob(NamedTuple):
    """A job whose record this version cannot read; it can only be shown as such and deleted."""

    id: str
    reason: str
    created_at: datetime | None


def to_fields(new: NewJob) -> dict[str, str | int]:
    """Return the fields that a new job's record begins with."""
    settings, inputs = new.settings, new.inputs
    rows, columns = settings.result_shape(inputs.content.width, inputs.content.height)
    return {
        "version": VERSION,
        "pixels": rows * columns,
        "work": sum(level.work for level in settings.levels(rows, columns)),
        "bytes": sum(image.bytes for image in (inputs.content, *inputs.styles)),
        "owner": new.owner,
        "priority": new.options.priority,
        "settings": settings.model_dump_json(),
        "options": new.options.model_dump_json(),
        "inputs": inputs.model_dump_json(),
    }


def from_fields(
    job_id: str, fields: Mapping[str, str], log: Sequence[str], position: int | None
) -> Job | UnreadableJob:
    """Return the job that a record and its log describe."""
    try:
        return _job(job_id, fields, log, position)
    except (KeyError, ValueError, TypeError) as error:
        return UnreadableJob(job_id, _reason(error), _time_or_none(fields.get("created_at")))


def _job(job_id: str, fields: Mapping[str, str], log: Sequence[str], position: int | None) -> Job:
    return Job(
        id=job_id,
        state=JobState(fields["state"]),
        attempt=int(fields["attempt"]),
        pixels=int(fields["pixels"]),
        work=float(fields["work"]),
        owner=fields.get("owner", ""),
        settings=_known(StyleSettings, fields["settings"]),
        options=_known(JobOptions, fields["options"]),
        inputs=JobInputs.model_validate_json(fields["inputs"]),
        created_at=_time(fields["created_at"]),
        started_at=_time_or_none(fields.get("started_at")),
        finished_at=_time_or_none(fields.get("finished_at")),
        held_since=_time_or_none(fields.get("held_since")),
        position=position,
        progress=_readable(JobProgress, fields.get("progress")),
        eta_seconds=float(fields["eta_seconds"]) if "eta_seconds" in fields else None,
        preview=fields.get("preview"),
        result=fields.get("result"),
        checkpoint=fields.get("checkpoint"),
        # `rung` in records without a version
        fallback_step=int(fields.get("fallback_step", fields.get("rung", 0))),
        fallbacks=_fallbacks(fields.get("fallbacks", "[]")),
        worker=fields.get("worker"),
        error=_readable(JobFault, fields.get("error")),
        log=[line for line in map(_transition, log) if line],
    )


def _known(model: type[Model], text: str) -> Model:
    """Read a model that forbids unknown names; those of another version are ignored."""
    values = json.loads(text)
    known = {name: value for name, value in values.items() if name in model.model_fields}
    # as JSON again, since JSON has lists where the model has tuples
    return model.model_validate_json(json.dumps(known))


def _readable(model: type[Model], text: str | None) -> Model | None:
    """Read a part that a job can be shown without; None if it is missing or unreadable."""
    try:
        return None if text is None else model.model_validate_json(text)
    except ValidationError:
        return None


def _fallbacks(text: str) -> list[Fallback]:
    found = [{"fallback_step": each.get("rung"), **each} for each in json.loads(text)]
    parts = (_readable(Fallback, json.dumps(each)) for each in found)
    return [part for part in parts if part]


def _transition(line: str) -> Transition | None:
    values = json.loads(line)
    return _readable(Transition, json.dumps({**values, "at": values["at"] / 1000}))


def _time(milliseconds: str) -> datetime:
    return datetime.fromtimestamp(int(milliseconds) / 1000, tz=UTC)


def _time_or_none(milliseconds: str | None) -> datetime | None:
    try:
        return None if milliseconds is None else _time(milliseconds)
    except (ValueError, OverflowError):
        return None


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return f"no field {error}" if isinstance(error, KeyError) else str(error)
