"""Maintenance completes what the web left half done, and deletes what a batch's jobs shared."""

from shared.job_store import JobStore, new_id
from shared.object_store import ObjectStore
from tests.parts import queue_of, redis_of
from tests.shared.job_store.new_batches import accepted, batches_of, interrupted
from tests.worker.maintenance.test_reconcile import WakeUpCounter, reconciler
from worker.maintenance.batches import delete_empty_batches


def stored(objects: ObjectStore) -> set[str]:
    return {each.key for each in objects.stored("batches")}


def put(objects: ObjectStore, batch_id: str) -> str:
    key = f"batches/{batch_id}/0.png"
    objects.put(key, b"picture")
    return key


def delete_some(jobs: JobStore, batch_id: str, which: slice) -> None:
    for job in batches_of(jobs).get(batch_id).jobs[which]:
        jobs.cancel(job.id)
        jobs.delete(job.id)


def test_a_batch_that_was_interrupted_is_completed(jobs: JobStore, objects: ObjectStore) -> None:
    batch_id = interrupted(jobs)
    reconciler(jobs, objects, WakeUpCounter()).reconcile()
    batch = batches_of(jobs).get(batch_id)
    assert (batch.counts["queued"], batch.counts["planned"]) == (6, 0)
    assert queue_of(jobs).order() == [job.id for job in batch.jobs]


def test_shared_pictures_stay_until_the_last_job_is_deleted(
    jobs: JobStore, objects: ObjectStore
) -> None:
    batch_id = accepted(jobs)
    key = put(objects, batch_id)
    now = redis_of(jobs).clock() + 10_000
    delete_some(jobs, batch_id, slice(5))
    assert delete_empty_batches(batches_of(jobs), objects, now) == 0
    assert stored(objects) == {key}
    delete_some(jobs, batch_id, slice(5, 6))
    assert delete_empty_batches(batches_of(jobs), objects, now) == 1
    assert stored(objects) == set()
    assert batches_of(jobs).page(1).batches == []


def test_pictures_of_a_batch_that_is_not_complete_yet_stay(
    jobs: JobStore, objects: ObjectStore
) -> None:
    batch_id = interrupted(jobs)
    key = put(objects, batch_id)
    delete_some(jobs, batch_id, slice(2))
    now = redis_of(jobs).clock() + 10_000
    assert delete_empty_batches(batches_of(jobs), objects, now) == 0
    assert stored(objects) == {key}


def test_pictures_of_no_batch_are_deleted_when_they_are_old(
    jobs: JobStore, objects: ObjectStore
) -> None:
    put(objects, new_id())
    now = redis_of(jobs).clock()
    assert delete_empty_batches(batches_of(jobs), objects, now + 3590) == 0
    assert delete_empty_batches(batches_of(jobs), objects, now + 3610) == 1
    assert stored(objects) == set()


def test_retention_deletes_batches_with_their_jobs(jobs: JobStore, objects: ObjectStore) -> None:
    batch_id = accepted(jobs)
    put(objects, batch_id)
    batches_of(jobs).cancel(batch_id)
    reconciler(jobs, objects, WakeUpCounter(), retention_seconds=-1).collect_garbage()
    assert stored(objects) == set()
    assert batches_of(jobs).page(1).batches == []
