"""The one place where a route gets a job: if it is the owner's, and the token has the scope."""

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


def list_jobs(limit: int, cursor: str | None = None) -> Page:
    """Return up to `limit` of the owner's jobs, newest first; an operator gets everybody's.

    Raises:
        ScopeMissing: the request's token may not read.
    """
    require("read")
    return get_services().jobs.page(limit, cursor, _listed_owner())


def list_trash(limit: int, cursor: str | None = None) -> Page:
    """Return jobs in the trash, the last deleted first, as `list_jobs` does."""
    require("read")
    return get_services().trash.page(limit, cursor, _listed_owner())


def _listed_owner() -> str | None:
    identity = get_identity()
    return None if identity.has("operate") else identity.owner
