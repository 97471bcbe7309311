"""The JSON of jobs in the trash, as models."""

from datetime import datetime

from pydantic import RootModel

from web.api.models import AnswerModel, Job, JobFields, UnreadableFields, UnreadableJob


class TrashedLinks(AnswerModel):
    """The paths of what can be done with a job in the trash."""

    self: str
    page: str
    restore: str


class TrashedJob(JobFields):
    """A job in the trash."""

    deleted_at: datetime | None
    kept_until: datetime | None
    """When it is deleted for good."""

    links: TrashedLinks


class UnreadableTrashedJob(UnreadableFields):
    """A job in the trash whose record this version cannot read."""

    deleted_at: datetime | None
    kept_until: datetime | None
    """When it is deleted for good."""

    links: TrashedLinks


class TrashPage(AnswerModel):
    """Some jobs in the trash, the last deleted first."""

    jobs: list[TrashedJob | UnreadableTrashedJob]
    next: str | None
    """The path of the next page; null on the last one."""


class RestoredJob(RootModel[Job | UnreadableJob]):
    """A job that is not in the trash."""


class EndedJob(RootModel[Job | TrashedJob | UnreadableTrashedJob]):
    """A job that was cancelled, or is in the trash."""


class Deletions(AnswerModel):
    """How many jobs this part of the deletion concerned."""

    deleted: int
    cancelled: int
    """How many of these were queued or running."""

    next: str | None
    """The path of the next part, for another DELETE; null after the last one."""

    undo: str | None
    """The path that restores all that were deleted, for a POST; null without a trash."""


class Emptied(AnswerModel):
    """How many jobs this part deleted for good."""

    deleted: int
    next: str | None
    """The path of the next part, for another DELETE; null after the last one."""


class Restorations(AnswerModel):
    """How many jobs this part restored."""

    restored: int
    next: str | None
    """The path of the next part, for another POST; null after the last one."""
