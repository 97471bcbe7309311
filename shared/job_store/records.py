"""A job's record in Redis: written by this version, read from any.

A record is a hash of strings. `version` is the number of its format; records without it are older
than version 1. Readers ignore what they do not know, so that two versions can share a Redis.
"""

import json
import math
import typing
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from shared.job import (
    ENDED,
    Fallback,
    Job,
    JobFault,
    JobInputs,
    JobOptions,
    JobProgress,
    JobState,
    Pending,
    Priority,
    Transition,
)
from shared.settings import StyleSettings

VERSION = 1
REASON_LENGTH = 300
FAULTS = (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, OSError, RecursionError)
"""What reading a damaged field can raise; ValidationError is a ValueError, times can overflow."""
BOUNDS = {"greater_than", "greater_than_equal", "less_than", "less_than_equal"}
"""pydantic's names for numbers that are out of bounds."""
OLD_DEFAULTS = {"pyramid": 2, "coarse_iterations": 25}
"""Version 1's defaults that are others today: what its records leave out."""
DEFAULTS = {**StyleSettings().model_dump(mode="json"), **OLD_DEFAULTS}
Model = TypeVar("Model", bound=BaseModel)
Value = TypeVar("Value")


class NewJob(NamedTuple):
    """A job to submit; workers are shared evenly among owners."""

    settings: StyleSettings
    options: JobOptions
    inputs: JobInputs
    owner: str = ""
    batch: str | None = None  # the id of the batch that it is part of


class UnreadableJob(NamedTuple):
    """A job whose record this version cannot read; it can only be listed and deleted."""

    id: str
    reason: str
    created_at: datetime | None
    owner: str = ""
    deleted_at: datetime | None = None


def to_fields(new: NewJob) -> dict[str, str | int]:
    """Return the fields of a new job's record."""
    settings, inputs = new.settings, new.inputs
    rows, columns = settings.result_shape(inputs.content.width, inputs.content.height)
    return {
        "version": VERSION,
        "pixels": rows * columns,
        "work": sum(level.work for level in settings.levels(rows, columns)),
        "bytes": sum(image.bytes for image in inputs.all),
        "owner": new.owner,
        "priority": new.options.priority,
        "settings": json.dumps(_differences(settings)),
        "options": new.options.model_dump_json(),
        "inputs": inputs.model_dump_json(exclude_none=True),
        **({"batch": new.batch} if new.batch else {}),
    }


def _differences(settings: StyleSettings) -> dict[str, Any]:
    """Return the settings that differ from `DEFAULTS`, since a queued job's record is small.

    The content weight is always kept: its default depends on other settings.
    """
    values = settings.model_dump(mode="json")
    return {
        name: value
        for name, value in values.items()
        if name == "content_weight" or value != DEFAULTS[name]
    }


def from_fields(
    job_id: str, fields: Mapping[str, str], log: Sequence[str], position: int | None
) -> Job | UnreadableJob:
    """Return the job that a record and its log describe."""
    try:
        return _job(job_id, fields, log, position)
    except ValueError as error:
        created_at = _optional(fields, "created_at", _time)
        owner, reason = fields.get("owner", ""), str(error)[:REASON_LENGTH]
        return UnreadableJob(job_id, reason, created_at, owner, _deleted_at(fields))


def _job(job_id: str, fields: Mapping[str, str], log: Sequence[str], position: int | None) -> Job:
    state = _required(fields, "state", JobState)
    return Job(
        id=job_id,
        state=state,
        attempt=_required(fields, "attempt", int),
        pixels=_required(fields, "pixels", int),
        work=_required(fields, "work", _number),
        owner=fields.get("owner", ""),
        shared="share" in fields,
        batch=fields.get("batch"),
        settings=_required(fields, "settings", _settings),
        options=_with_priority(_required(fields, "options", _options), fields.get("priority")),
        inputs=_required(fields, "inputs", JobInputs.model_validate_json),
        created_at=_required(fields, "created_at", _time),
        started_at=_optional(fields, "started_at", _time),
        finished_at=_optional(fields, "finished_at", _time),
        held_since=_optional(fields, "held_since", _time),
        deleted_at=_deleted_at(fields),
        position=position,
        progress=_optional(fields, "progress", JobProgress.model_validate_json),
        eta_seconds=_optional(fields, "eta_seconds", _number),
        preview=fields.get("preview"),
        result=fields.get("result"),
        float_pixels=fields.get("float_pixels"),
        checkpoint=fields.get("checkpoint"),
        # `rung` in records without a version
        fallback_step=_optional(fields, "fallback_step", int)
        or _optional(fields, "rung", int)
        or 0,
        fallbacks=_optional(fields, "fallbacks", _fallbacks) or [],
        is_paused=state is JobState.QUEUED and "paused" in fields,
        pending=_optional(fields, "pending", _pending) if state is JobState.RUNNING else None,
        stopped_after=_optional(fields, "stopped_after", int),
        worker=fields.get("worker"),
        error=_optional(fields, "error", JobFault.model_validate_json),
        log=[line for line in map(_transition, log) if line],
    )


def _deleted_at(fields: Mapping[str, str]) -> datetime | None:
    """Return when a job was moved to the trash; None if it is not in it (`is_in_trash` in Lua)."""
    deleted_at = _optional(fields, "deleted_at", _time)
    finished_at = _optional(fields, "finished_at", _time)
    if fields.get("state") in set(JobState) - ENDED or deleted_at is None:
        return None
    return deleted_at if finished_at is None or deleted_at >= finished_at else None


def _required(fields: Mapping[str, str], name: str, read: Callable[[str], Value]) -> Value:
    """Read a field that a job needs; raise ValueError with its name if that fails."""
    if name not in fields:
        raise ValueError(f"There is no field {name}.")
    try:
        return read(fields[name])
    except FAULTS as error:
        raise ValueError(f"{name}: {_reason(error)}") from error


def _optional(fields: Mapping[str, str], name: str, read: Callable[[str], Value]) -> Value | None:
    """Read a field that a job does not need; None if it is missing or unreadable."""
    try:
        return read(fields[name]) if name in fields else None
    except FAULTS:
        return None


@lru_cache(maxsize=256)  # many jobs have the same; both models are immutable
def _settings(text: str) -> StyleSettings:
    return _known(StyleSettings, text, OLD_DEFAULTS)


@lru_cache(maxsize=256)
def _options(text: str) -> JobOptions:
    return _known(JobOptions, text)


def _known(model: type[Model], text: str, defaults: Mapping[str, Any] | None = None) -> Model:
    """Read a model that refuses unknown names and numbers out of bounds.

    In a record these come from another version: the names are ignored, the numbers accepted.
    """
    values = json.loads(text)
    if not isinstance(values, dict):
        raise TypeError("It is not a JSON object.")
    known = {name: value for name, value in values.items() if name in model.model_fields}
    known = {**(defaults or {}), **known}
    try:
        return _validated(model, known)
    except ValidationError as error:
        faults = error.errors(include_url=False)
        if any(fault["type"] not in BOUNDS for fault in faults):
            raise
    beyond = {str(fault["loc"][0]) for fault in faults}
    within = {name: value for name, value in known.items() if name not in beyond}
    kept = {name: known[name] for name in beyond}
    lists = {name: tuple(value) for name, value in kept.items() if isinstance(value, list)}
    return _validated(model, within).model_copy(update={**kept, **lists})


def _validated(model: type[Model], values: Mapping[str, Any]) -> Model:
    # as JSON, since JSON has lists where the model has tuples
    return model.model_validate_json(json.dumps(values))


def _with_priority(options: JobOptions, priority: str | None) -> JobOptions:
    """Return the options with the priority that the job has now, which users can change."""
    if priority == options.priority or priority not in typing.get_args(Priority):
        return options
    return options.model_copy(update={"priority": priority})


def _pending(text: str) -> Pending:
    if text not in typing.get_args(Pending):
        raise ValueError(f"{text} is of a later version.")
    return typing.cast(Pending, text)


def _fallbacks(text: str) -> list[Fallback]:
    return [
        # `rung` in records without a version
        Fallback.model_validate({"fallback_step": each.get("rung"), **each})
        for each in json.loads(text)
    ]


def _transition(line: str) -> Transition | None:
    try:
        values = json.loads(line)
        return Transition.model_validate({**values, "at": _time(values["at"])})
    except FAULTS:
        return None


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is not a finite number.")
    return number


def _time(milliseconds: str | int) -> datetime:
    return datetime.fromtimestamp(int(milliseconds) / 1000, tz=UTC)


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False)[0]
        return ": ".join([*map(str, first["loc"]), first["msg"]])
    return str(error)
