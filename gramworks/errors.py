"""The one error tree of the client; its messages are sentences to show to a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gramworks.models import Job


class GramworksError(Exception):
    """Anything this package raises on purpose."""


class ServerUnreachable(GramworksError):
    """Nobody answered, or the connection was lost on the way."""


class UnexpectedAnswer(GramworksError):
    """Somebody answered, but not as a Gramworks server does."""


class Problem(GramworksError):
    """The server refused, and said why (RFC 9457); `body` is all it said.

    `retry_after` is in how many seconds it may be asked again, where it said so.
    """

    def __init__(
        self,
        detail: str,
        *,
        status: int,
        body: Mapping[str, Any],
        retry_after: int | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.status = status
        self.code: str = body.get("code", "")
        self.field: str | None = body.get("field")
        self.retry_after = retry_after
        self.body = body


class InvalidRequest(Problem):
    """What was sent cannot be taken: 400, 413, 415 or 422."""


class NotFound(Problem):
    """There is no such job, or no more: 404 or 410."""


class NotReady(Problem):
    """The job's state does not allow this, most often because the picture is not done: 409."""


class Unavailable(Problem):
    """The server cannot do it now, later perhaps: 429, 502, 503 or 504."""


class JobFailed(GramworksError):
    """The job that was waited for failed; `job.error` says why."""

    def __init__(self, job: Job) -> None:
        super().__init__((job.error and job.error.detail) or f"Job {job.id} failed.")
        self.job = job


class JobCancelled(GramworksError):
    """The job that was waited for was cancelled."""

    def __init__(self, job: Job) -> None:
        super().__init__(f"Job {job.id} was cancelled.")
        self.job = job


def require_success(job: Job) -> Job:
    """Return the job itself, unless it failed or was cancelled."""
    if job.state == "failed":
        raise JobFailed(job)
    if job.state == "cancelled":
        raise JobCancelled(job)
    return job
