"""Whether there is room for one more job: in the queue, in Redis, in the image store."""

import shutil
from typing import Any

from shared.config import Config
from shared.errors import QueueFull, StorageFull, StoreUnavailable
from shared.job_store import JobStore
from shared.job_store.queue import Load
from shared.object_store import ObjectStore

MEGABYTE = 1_000_000
MOST_OF_REDIS = 0.9  # the rest is for the jobs that were accepted to go on


def check_room(config: Config, jobs: JobStore, objects: ObjectStore) -> None:
    """Raise QueueFull or StorageFull before anything is decoded that could not be kept."""
    _check_queue(jobs.load(), bounds(config))
    _check_redis(jobs)
    _check_images(objects, config.min_free_mb * MEGABYTE)


def bounds(config: Config) -> Load:
    """Return what may wait at most."""
    return Load(config.max_queued_jobs, config.max_queued_mb * MEGABYTE)


def _check_queue(load: Load, most: Load) -> None:
    for bound, maximum in most._asdict().items():
        if getattr(load, bound) >= maximum:
            raise QueueFull(bound=bound, maximum=maximum)


def _check_redis(jobs: JobStore) -> None:
    memory: Any = jobs.redis.info("memory")
    if memory["used_memory"] > MOST_OF_REDIS * (memory["maxmemory"] or float("inf")):
        raise StorageFull(store="redis")


def _check_images(objects: ObjectStore, least: int) -> None:
    if objects.folder is None:  # of a bucket nobody knows
        return
    try:
        free = shutil.disk_usage(objects.folder).free
    except OSError as error:
        raise StoreUnavailable(store="images", reason=str(error)) from error
    if free < least:
        raise StorageFull(store="images")
