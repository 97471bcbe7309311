"""Whether there is space for one more job, or for the jobs of a batch."""

import shutil

from shared.config import Config
from shared.errors import QueueFull, StorageFull, StoreUnavailable
from shared.job_store import UNBOUNDED, Load
from shared.object_store import ObjectStore
from web.services import Services

MEGABYTE = 1_000_000
MAX_REDIS_SHARE = 0.9  # of Redis's memory; the rest is for the accepted jobs


def check_room(services: Services, owner: str | None = None, jobs: int = 1) -> None:
    """Raise QueueFull, OwnerQuotaReached or StorageFull if there is no space for `jobs` more."""
    load, bounds = services.queue.load(), queue_bounds(services.config)
    if load.jobs + jobs > bounds.jobs:
        needed = {"needed": jobs} if jobs > 1 else {}
        raise QueueFull(bound="jobs", maximum=bounds.jobs, **needed)
    if load.bytes >= bounds.bytes:
        raise QueueFull(bound="bytes", maximum=bounds.bytes)
    if owner is not None:
        services.jobs.check_owner(owner, owner_bounds(services.config), jobs)
    check_storage(services)


def check_storage(services: Services) -> None:
    """Raise StorageFull if Redis or the object store has no space left."""
    if services.redis.used_memory_share() > MAX_REDIS_SHARE:
        raise StorageFull(store="redis")
    _check_objects(services.objects, services.config.min_free_mb * MEGABYTE)


def queue_bounds(config: Config) -> Load:
    """Return the queue's bounds."""
    return Load(config.max_queued_jobs, config.max_queued_mb * MEGABYTE)


def owner_bounds(config: Config) -> Load:
    """Return the bounds of each owner: live jobs, and bytes that are kept."""
    if config.auth == "off":
        return UNBOUNDED
    jobs, kept = config.owner_jobs, config.owner_mb * MEGABYTE
    return Load(jobs or UNBOUNDED.jobs, kept or UNBOUNDED.bytes)


def _check_objects(objects: ObjectStore, min_free: int) -> None:
    if objects.folder is None:  # a bucket does not report its free space
        return
    try:
        free = shutil.disk_usage(objects.folder).free
    except OSError as error:
        raise StoreUnavailable(store="images", reason=str(error)) from error
    if free < min_free:
        raise StorageFull(store="images")
