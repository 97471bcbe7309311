"""The JSON that the API answers, as models.

They are documentation that tests hold the server to. Answers are not made from them: `schemas`
makes a job's JSON, and a status read has no time for a second validation.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.job import Fallback, JobOptions, JobProgress, JobState, Pending, Transition
from shared.settings import StyleSettings


class AnswerModel(BaseModel):
    """What the models of answers have in common."""

    model_config = ConfigDict(use_attribute_docstrings=True)


class Reason(AnswerModel):
    """Why a job failed or does not start; the other members are the code's parameters."""

    model_config = ConfigDict(extra="allow")

    code: str
    """For programs; it does not change."""

    detail: str
    """A sentence for people; it may change."""


class LogEntry(Transition, AnswerModel):
    """A change of a job's state. `reason` says why, unless it is a normal transition."""

    detail: str
    """The change as a sentence."""


class MemoryFallback(Fallback, AnswerModel):
    """How a job continued with less memory after it ran out."""

    detail: str
    """The same as a sentence."""


class Input(AnswerModel):
    """An input picture, upright."""

    width: int
    height: int
    sha256: str | None
    """Of the file as it was uploaded; null for jobs of versions without hashes."""


class Inputs(AnswerModel):
    """The input pictures of a job."""

    content: Input
    styles: list[Input]
    init: Input | None
    """The picture to start from, if one was sent."""


class Links(AnswerModel):
    """The paths of a job's parts, with the prefix that a proxy adds."""

    self: str
    events: str
    preview: str
    result: str
    render: str
    retry: str
    fork: str
    share: str
    deliveries: str
    """What webhooks were sent about it."""

    page: str
    """The page for people."""


class JobFields(AnswerModel):
    """What a job has, in the trash or not."""

    id: str
    state: JobState
    position: int | None
    """1 for the job that starts next; null unless it is queued."""

    paused: bool
    """Whether it is queued without a position, until it is resumed."""

    pending: Pending | None
    """What the worker of a running job is still to do, at its user's wish."""

    stopped_after: int | None
    """How many evaluations it made, if its user stopped it early."""

    starts_in_seconds: float | None
    """For a queued job, when it will start; null if that is unknown."""

    eta_seconds: float | None
    """When it will be done, from the measured speed of the workers; null if that is unknown."""

    waiting: Reason | None
    """Why a queued job does not start, apart from its position."""

    attempt: int
    progress: JobProgress | None
    settings: StyleSettings
    options: JobOptions
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    inputs: Inputs
    log: list[LogEntry]
    """Its changes of state; the last 200."""

    fallbacks: list[MemoryFallback]
    error: Reason | None
    """Why it failed."""

    renderable: bool
    """Whether its float pixels are kept, so that it can be rendered again."""

    shared: bool
    """Whether it has a share link."""

    batch: str | None
    """The id of its batch, if it is part of one."""


class Job(JobFields):
    """A job. Times are ISO 8601 in UTC."""

    links: Links


class UnreadableFields(AnswerModel):
    """What a job has whose record this version cannot read."""

    id: str
    state: Literal["unreadable"]
    created_at: datetime | None
    error: Reason


class UnreadableJob(UnreadableFields):
    """A job whose record this version cannot read; it can only be listed and deleted."""

    links: Links


class JobPage(AnswerModel):
    """Some jobs, newest first."""

    jobs: list[Job | UnreadableJob]
    next: str | None
    """The path of the next page; null on the last one."""


class ShareLink(AnswerModel):
    """A link that shows a job to whoever has it."""

    href: str
    """Its path; it is answered only once."""


class ProgressEvent(AnswerModel):
    """The data of an event `progress`."""

    progress: JobProgress
    eta_seconds: float | None


class PreviewEvent(AnswerModel):
    """The data of an event `preview`."""

    href: str
    """The path of a newer preview."""


class UploadedImage(AnswerModel):
    """An image that is kept for its owner."""

    sha256: str
    """Of the file as it was uploaded."""

    width: int
    height: int
    bytes: int
    """Of what is kept; they count for the owner's quota."""

    kept_until: datetime
    """When it is deleted, unless it is used before; each use lets it be kept as long again."""


class SettingsGuide(AnswerModel):
    """All that a client needs to know of the settings."""

    schema_: Annotated[dict[str, Any], Field(alias="schema")]
    """JSON Schema of the settings, with a title, description, default and unit for each."""

    presets: dict[str, StyleSettings]
    """The values of each preset."""

    default_preset: str
    """The preset that the form and the command line send."""

    options: dict[str, Any]
    """JSON Schema of the options."""


class Document(AnswerModel):
    """An OpenAPI document (https://spec.openapis.org/oas/v3.1.0)."""

    model_config = ConfigDict(extra="allow")

    openapi: str
    info: dict[str, Any]
    paths: dict[str, Any]
    components: dict[str, Any]


class Alive(AnswerModel):
    """The process answers."""

    status: Literal["ok"]


class Ready(AnswerModel):
    """A job would be accepted."""

    status: Literal["ready"]
    workers: int
    """How many workers are online."""
