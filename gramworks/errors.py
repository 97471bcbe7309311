"""The client's errors; their messages are sentences for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gramworks.models import Job


class GramworksError(Exception):
    """The base class of this package's errors."""


class ServerUnreachable(GramworksError):
    """The server did not answer, or the connection was lost."""


class UnexpectedAnswer(GramworksError):
    """The answer is not one of a Gramworks server."""


class NoProvenance(GramworksError):
    """A picture's file does not say how it was made."""


class Problem(GramworksError):
    """The server returned an error (RFC 9457); `body` is the problem document.

    `retry_after` is the number of seconds after which to try again, if the server sent it.
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
    """The request is invalid: 400, 413, 415 or 422."""


class NotAllowed(Problem):
    """There is no valid token, or it does not allow this: 401 or 403."""


class NotFound(Problem):
    """The job does not exist, or no longer: 404 or 410."""


class NotReady(Problem):
    """The job's state does not allow this, usually because the picture is not finished: 409."""


class Unavailable(Problem):
    """The server cannot handle the request now; try again later: 429, 502, 503 or 504."""


class JobFailed(GramworksError):
    """A job failed while the client waited for it; `job.error` says why."""

    def __init__(self, job: Job) -> None:
        super().__init__((job.error and job.error.detail) or f"Job {job.id} failed.")
        self.job = job


class JobCancelled(GramworksError):
    """A job was cancelled while the client waited for it."""

    def __init__(self, job: Job) -> None:
        super().__init__(f"Job {job.id} was cancelled.")
        self.job = job


class WaitTimeout(GramworksError, TimeoutError):
    """The job did not end within the time that `wait` was given; it continues."""

    def __init__(self, job: Job, seconds: float) -> None:
        super().__init__(f"Job {job.id} did not end within {seconds:g} s. It is {job.state}.")
        self.job = job


def require_success(job: Job) -> Job:
    """Return the job; raise an error if it failed or was cancelled."""
    if job.state == "failed":
        raise JobFailed(job)
    if job.state == "cancelled":
        raise JobCancelled(job)
    return job
