"""The one place where a route gets a job: if it is the owner's, and the token has the scope."""

from collections.abc import Sequence

from shared.errors import JobInTrash, JobNotFound, RecordUnreadable
from shared.job import Job
from shared.job_store import Page, Scope, UnreadableJob
from web.identity.request_identity import get_identity, require
from web.services import get_services


def load_job(job_id: str, scope: Scope) -> Job:
    """Return a job that this request may see, for what `scope` allows.

    Raises:
        JobNotFound: there is none, or it is another owner's, and this one is not an operator.
        ScopeMissing: the request's token does not have the scope.
        JobInTrash: it was deleted, and can be restored.
        RecordUnreadable: the record is of another version, or damaged.
    """
    job = load_record(job_id, scope)
    if isinstance(job, UnreadableJob):
        raise RecordUnreadable(id=job_id, reason=job.reason)
    return job


def load_record(job_id: str, scope: Scope, *, in_trash: bool = False) -> Job | UnreadableJob:
    """Return a job as `load_job` does, even one whose record cannot be read.

    With `in_trash`, also one that is in the trash.
    """
    identity = get_identity()
    job = get_services().jobs.find(job_id)
    if job.owner != identity.owner and not identity.has("operate"):
        raise JobNotFound(id=job_id)  # as if there were none, so that ids cannot be tried out
    require(scope)
    if job.deleted_at and not in_trash:
        raise JobInTrash(id=job_id)
    return job


def load_records(job_ids: Sequence[str], scope: Scope) -> list[Job | UnreadableJob]:
    """Return several jobs as `load_record` does, in this order, those in the trash too.

    Raises:
        JobNotFound: one of them is missing, or another owner's.
        ScopeMissing: the request's token does not have the scope.
    """
    identity = get_identity()
    found = {job.id: job for job in get_services().jobs.get_all(list(dict.fromkeys(job_ids)))}
    for job_id in job_ids:
        job = found.get(job_id)
        if job is None or (job.owner != identity.owner and not identity.has("operate")):
            raise JobNotFound(id=job_id)
    require(scope)
    return list(found.values())


def list_jobs(limit: int, cursor: str | None = None) -> Page:
    """Return up to `limit` of the owner's jobs, newest first; an operator gets everybody's.

    Raises:
        ScopeMissing: the request's token may not read.
    """
    require("read")
    return get_services().jobs.page(limit, cursor, _listed_owner())


def list_older(limit: int, cursor: str | None, *, of_everybody: bool) -> Page:
    """Return up to `limit` jobs before `cursor`, newest first.

    They are the owner's own, or everybody's if an operator wants that.
    """
    require("read")
    return get_services().jobs.page(limit, cursor, _own(of_everybody=of_everybody))


def list_newer(limit: int, cursor: str, *, of_everybody: bool) -> Page:
    """Return up to `limit` jobs after `cursor`, oldest first, of whom `list_older` says."""
    require("read")
    return get_services().jobs.newer_page(limit, cursor, _own(of_everybody=of_everybody))


def list_trash(limit: int, cursor: str | None = None) -> Page:
    """Return jobs in the trash, the last deleted first, as `list_jobs` does."""
    require("read")
    return get_services().trash.page(limit, cursor, _listed_owner())


def list_own_trash(limit: int, cursor: str | None = None) -> Page:
    """Return the owner's own jobs in the trash; without sign-in, everybody's."""
    require("read")
    return get_services().trash.page(limit, cursor, _own(of_everybody=False))


def can_see_everybodys() -> bool:
    """Return whether this request chooses between its owner's jobs and everybody's."""
    identity = get_identity()
    return identity.source != "off" and identity.has("operate")


def _own(*, of_everybody: bool) -> str | None:
    identity = get_identity()
    if identity.source == "off" or (of_everybody and identity.has("operate")):
        return None  # without sign-in, all jobs belong to whoever uses the server
    return identity.owner


def _listed_owner() -> str | None:
    identity = get_identity()
    return None if identity.has("operate") else identity.owner
