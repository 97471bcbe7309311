"""Deletes what is past its time, and files that no record names."""

from collections import defaultdict
from datetime import UTC, datetime

from shared.job_store import JobStore
from shared.object_store import ObjectStore

ORPHAN_SECONDS = 3600.0  # an upload that takes longer has lost its client
JOBS = "jobs"


def delete_old(jobs: JobStore, objects: ObjectStore, seconds: float) -> int:
    """Delete jobs that ended so long ago, some at a time; return how many.

    Record first: what is left of a job without one is an orphan, and collected.
    """
    old = jobs.ended_before(seconds)
    for job_id in old:
        if jobs.delete(job_id):
            objects.delete_folder(f"{JOBS}/{job_id}")
    return len(old)


def tidy(folder: str, jobs: JobStore, objects: ObjectStore) -> None:
    """Delete what is in a job's folder and not named by its record."""
    job_id = folder.split("/")[1]
    _delete_unnamed(job_id, [each.key for each in objects.stored(folder)], jobs, objects)


def collect_orphans(jobs: JobStore, objects: ObjectStore, seconds: float = ORPHAN_SECONDS) -> int:
    """Delete files that no record names and that are so old; return how many there were."""
    # by Redis's clock: a worker whose own is fast would delete what is just being sent
    latest = datetime.fromtimestamp(jobs.redis.clock() - seconds, UTC)
    folders: defaultdict[str, list[str]] = defaultdict(list)
    for key, modified in objects.stored(JOBS):
        if modified <= latest:
            folders[key.split("/")[1]].append(key)
    objects.delete_unfinished(latest)
    return sum(_delete_unnamed(job_id, keys, jobs, objects) for job_id, keys in folders.items())


def _delete_unnamed(job_id: str, keys: list[str], jobs: JobStore, objects: ObjectStore) -> int:
    named = {file for job in jobs.get_all([job_id], skip_missing=True) for file in job.files}
    unnamed = [key for key in keys if key not in named]
    objects.delete(unnamed)
    return len(unnamed)
