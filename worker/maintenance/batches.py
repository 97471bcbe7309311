"""Deletes the input pictures of batches whose jobs are all deleted, since the jobs shared them."""

from datetime import UTC, datetime

from shared import paths
from shared.job_store import Batches
from shared.object_store import ObjectStore
from worker.maintenance.garbage import ORPHAN_SECONDS


def delete_empty_batches(
    batches: Batches, objects: ObjectStore, now: float, seconds: float = ORPHAN_SECONDS
) -> int:
    """Delete batches without jobs, and pictures of no batch; return of how many.

    Args:
        batches: the batches' records, which are deleted before the pictures.
        objects: the object store.
        now: Redis's time.
        seconds: the minimum age of pictures without a batch, whose upload may still run.
    """
    empty = set(batches.delete_empty())
    latest = datetime.fromtimestamp(now - seconds, UTC)
    stored = list(objects.stored(paths.BATCHES))
    old = {paths.batch_of(each.key) for each in stored if each.modified <= latest} - empty
    orphaned = {batch_id for batch_id in old if not batches.exists(batch_id)}
    for batch_id in empty | orphaned:
        objects.delete_folder(paths.batch_folder(batch_id))
    return len(empty | orphaned)
