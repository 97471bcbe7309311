"""Deletes what is past its retention or its bound, old trash, and objects that no record names.

Thumbnails have no record: they stay as long as the picture beside which they lie.
"""

from collections import defaultdict
from datetime import UTC, datetime
from itertools import accumulate

from shared import paths
from shared.job import Job
from shared.job_store import JobStore, Trash, UploadedImages
from shared.object_store import ObjectStore

ERASED = 10  # records of the trash that are deleted before their objects
ORPHAN_SECONDS = 3600.0  # longer than any upload takes


def delete_old(jobs: JobStore, objects: ObjectStore, seconds: float) -> int:
    """Delete some jobs that ended more than `seconds` ago; return how many.

    The record is deleted first: garbage collection finds objects without a record later.
    """
    old = jobs.ended_before(seconds)
    for job_id in old:
        if jobs.delete(job_id):
            objects.delete_folder(paths.job_folder(job_id))
    return len(old)


def empty_trash(trash: Trash, objects: ObjectStore, seconds: float) -> int:
    """Delete some jobs for good that were deleted more than `seconds` ago; return how many.

    The records are deleted first, as in `delete_old`.
    """
    deleted = trash.empty(seconds, most=ERASED).ids
    for job_id in deleted:
        objects.delete_folder(paths.job_folder(job_id))
    return len(deleted)


def delete_old_pixels(jobs: JobStore, objects: ObjectStore, seconds: float) -> int:
    """Delete some float pixels of jobs that ended more than `seconds` ago; return how many.

    The record forgets them first: garbage collection finds objects without a name later.
    """
    old = jobs.with_pixels_before(seconds)
    for job_id in old:
        if key := jobs.forget_pixels(job_id):
            objects.delete([key])
    return len(old)


def delete_unnamed(folder: str, jobs: JobStore, objects: ObjectStore) -> None:
    """Delete the objects in a job's folder that its record does not name."""
    _delete_unnamed([each.key for each in objects.stored(folder)], jobs, objects)


def delete_orphans(
    jobs: JobStore, objects: ObjectStore, now: float, seconds: float = ORPHAN_SECONDS
) -> int:
    """Delete objects that no record names and that are older than `seconds`; return how many.

    Args:
        jobs: the store whose records name objects.
        objects: the object store.
        now: Redis's time. A worker whose clock is ahead would delete running uploads.
        seconds: the minimum age.
    """
    latest = datetime.fromtimestamp(now - seconds, UTC)
    by_job: defaultdict[str, list[str]] = defaultdict(list)
    for each in objects.stored(paths.JOBS):
        if each.modified <= latest:
            by_job[paths.job_of(each.key)].append(each.key)
    objects.delete_unfinished(latest)
    return sum(_delete_unnamed(keys, jobs, objects) for keys in by_job.values())


def delete_unused_images(images: UploadedImages, objects: ObjectStore, seconds: float) -> int:
    """Delete some uploaded images that were not used for `seconds`; return how many.

    The record is deleted first: nothing may name an object that is gone.
    """
    keys = images.forget_unused(seconds)
    objects.delete(key for key in keys if key)
    return len(keys)


def delete_orphaned_images(
    images: UploadedImages, objects: ObjectStore, now: float, seconds: float = ORPHAN_SECONDS
) -> int:
    """Delete uploaded images that no record names and that are older than `seconds`."""
    latest = datetime.fromtimestamp(now - seconds, UTC)
    old = [each.key for each in objects.stored(paths.IMAGES) if each.modified <= latest]
    named = images.keys() if old else set()
    orphans = [key for key in old if key not in named]
    objects.delete(orphans)
    return len(orphans)


def delete_beyond(folder: str, objects: ObjectStore, max_bytes: int) -> int:
    """Delete a folder's oldest objects until it has up to `max_bytes`; return how many."""
    stored = sorted(objects.stored(folder), key=lambda each: each.modified, reverse=True)
    totals = accumulate(each.bytes for each in stored)
    beyond = [each.key for each, total in zip(stored, totals, strict=True) if total > max_bytes]
    objects.delete(beyond)
    return len(beyond)


def _delete_unnamed(keys: list[str], jobs: JobStore, objects: ObjectStore) -> int:
    if not keys:
        return 0
    found = jobs.get_all([paths.job_of(keys[0])])
    if any(not isinstance(job, Job) for job in found):
        return 0  # it is unknown which objects an unreadable record names
    named = {file for job in found if isinstance(job, Job) for file in job.files}
    kept = named.union(*map(paths.thumbnail_keys, named))
    unnamed = [key for key in keys if key not in kept]
    objects.delete(unnamed)
    return len(unnamed)
