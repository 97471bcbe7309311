"""Share links: whoever has the link of a job sees its picture, and can change nothing."""

import secrets

from shared.errors import JobNotFound, NotFound
from shared.job import Job
from shared.job_store import hash_of
from web.services import get_services


def make_share_link(job: Job) -> str:
    """Return the secret of a new link to a job; an earlier link of the job no longer works."""
    secret = secrets.token_urlsafe(24)
    get_services().jobs.share(job.id, hash_of(secret))
    return secret


def revoke_share_link(job: Job) -> None:
    """Let the link of a job no longer work, if it has one."""
    get_services().jobs.share(job.id, None)


def load_shared_job(secret: str) -> Job:
    """Return the job that a link shows.

    Raises:
        NotFound: there is no such link, or no longer.
        RecordUnreadable: the record is of another version, or damaged.
    """
    jobs = get_services().jobs
    job_id = jobs.shared_as(hash_of(secret))
    if job_id is None:
        raise NotFound
    try:
        return jobs.get(job_id)
    except JobNotFound as error:
        raise NotFound from error
