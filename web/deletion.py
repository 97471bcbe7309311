"""Deleting jobs: to the trash, back from it, and for good.

For good, the record is deleted first: the workers' garbage collection finds objects without a
record. What concerns all jobs of an owner is done in parts. A request stops after about a second,
and its answer names the next one, so that it holds neither Redis nor a thread for long.
"""

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared import paths
from shared.config import Config
from shared.errors import StoreUnavailable
from shared.job_store import Restored
from web.services import Services

SECONDS = 1.0  # after which a request begins no other part
ERASED = 10  # records that are deleted before their objects, which takes longer
log = logging.getLogger(__name__)


def delete_job(services: Services, job_id: str, *, permanently: bool) -> bool:
    """Move an ended job to the trash, or delete it for good; return whether it is in the trash."""
    if services.config.trash_seconds and not permanently:
        return services.trash.move(job_id)
    if services.jobs.delete(job_id):
        _delete_objects(services, [job_id])
    return False


def kept_until(config: Config, deleted_at: datetime) -> datetime:
    """Return when a job that is in the trash is deleted for good."""
    return deleted_at + timedelta(seconds=config.trash_seconds)


@dataclass(frozen=True)
class Deletion:
    """How far the deletion of all jobs of an owner is.

    `cancelled` of the deleted jobs were live. `cursor` is where it continues, None at the end;
    `since` is the number after which its deletions begin, so that they can be undone.
    """

    since: int
    cursor: int | None
    deleted: int = 0
    cancelled: int = 0


def delete_owned(
    services: Services, owner: str, begin: Deletion, *, cancel: bool, seconds: float = SECONDS
) -> Deletion:
    """Delete an owner's jobs, newest first; return how far that came in about `seconds`.

    Args:
        services: the application's services.
        owner: the owner.
        begin: where to continue. Jobs that are submitted after the first part stay.
        cancel: whether live jobs are cancelled and deleted too.
        seconds: after which no other part begins.
    """
    done, ends_at = begin, time.monotonic() + seconds
    while True:
        part = services.trash.move_owned(owner, done.cursor, cancel=cancel)
        if not services.config.trash_seconds:
            empty_trash(services, owner)  # maintenance deletes what is left
        done = replace(
            done,
            cursor=part.cursor,
            deleted=done.deleted + part.jobs,
            cancelled=done.cancelled + part.cancelled,
        )
        if part.cursor is None or time.monotonic() >= ends_at:
            return done


def restore_owned(services: Services, owner: str, since: int, seconds: float = SECONDS) -> Restored:
    """Restore what an owner deleted after the deletion number `since`, for about `seconds`."""
    count, ends_at = 0, time.monotonic() + seconds
    while True:
        part = services.trash.restore_owned(owner, since)
        count += part.jobs
        if not part.more or time.monotonic() >= ends_at:
            return Restored(count, part.more)


def empty_trash(services: Services, owner: str, seconds: float = SECONDS) -> tuple[int, bool]:
    """Delete an owner's jobs in the trash for good, for about `seconds`.

    Returns:
        How many were deleted, and whether there are more.
    """
    count, ends_at = 0, time.monotonic() + seconds
    while True:
        part = services.trash.empty(owner=owner, most=ERASED)
        _delete_objects(services, part.ids)
        count += len(part.ids)
        if not part.more or time.monotonic() >= ends_at:
            return count, part.more


def _delete_objects(services: Services, job_ids: Iterable[str]) -> None:
    try:
        for job_id in job_ids:
            services.objects.delete_folder(paths.job_folder(job_id))
    except StoreUnavailable as error:
        log.warning("job %s: garbage collection will delete its objects: %s", job_id, error)
