"""Objects that no record names are deleted when they are old enough; others stay."""

import pytest

from shared.errors import StoreUnavailable
from shared.job_store import JobStore, UploadedImage
from shared.object_store import ObjectStore
from tests.parts import images_of, redis_of, trash_of
from tests.worker.job.scripted import claimed, submitted
from worker.maintenance.garbage import (
    delete_orphaned_images,
    delete_orphans,
    delete_unnamed,
    empty_trash,
)


def keys(objects: ObjectStore) -> set[str]:
    return {stored.key for stored in objects.stored("jobs")}


def test_files_without_a_job_are_deleted(jobs: JobStore, objects: ObjectStore) -> None:
    job_id = submitted(jobs, objects)
    objects.put("jobs/nobody/content.png", b"")
    objects.put("jobs/nobody/1/result.png", b"")
    assert delete_orphans(jobs, objects, redis_of(jobs).clock(), 0) == 2
    assert keys(objects) == jobs.get(job_id).files


def test_recent_files_stay_since_their_upload_may_still_run(
    jobs: JobStore, objects: ObjectStore
) -> None:
    objects.put("jobs/nobody/content.png", b"")
    assert delete_orphans(jobs, objects, redis_of(jobs).clock() + 3590) == 0
    assert keys(objects) == {"jobs/nobody/content.png"}
    assert delete_orphans(jobs, objects, redis_of(jobs).clock() + 3610) == 1


def test_files_that_a_record_names_stay(jobs: JobStore, objects: ObjectStore) -> None:
    claim = claimed(jobs, objects)
    folder = f"jobs/{claim.job_id}/1"
    for name in ("checkpoint.npz", "preview.jpg", "result.png"):
        objects.put(f"{folder}/{name}", b"")
    jobs.save_checkpoint(claim, f"{folder}/checkpoint.npz")
    delete_orphans(jobs, objects, redis_of(jobs).clock(), 0)
    assert keys(objects) == jobs.get(claim.job_id).files
    assert f"{folder}/checkpoint.npz" in keys(objects)
    jobs.succeed(claim, f"{folder}/result.png")  # the record no longer names the checkpoint
    delete_unnamed(folder, jobs, objects)
    assert f"{folder}/checkpoint.npz" not in keys(objects)


def test_files_of_an_unreadable_record_stay_until_it_is_deleted(
    jobs: JobStore, objects: ObjectStore
) -> None:
    job_id = submitted(jobs, objects)
    files = jobs.get(job_id).files
    jobs._connection.hset(f"gw:job:{job_id}", "state", "levitating")
    assert delete_orphans(jobs, objects, redis_of(jobs).clock(), 0) == 0
    delete_unnamed(f"jobs/{job_id}", jobs, objects)
    assert keys(objects) == files
    assert jobs.delete(job_id)
    assert delete_orphans(jobs, objects, redis_of(jobs).clock(), 0) == 2
    assert keys(objects) == set()


def test_files_of_a_job_in_the_trash_stay_until_it_is_deleted_for_good(
    jobs: JobStore, objects: ObjectStore
) -> None:
    restored, deleted = submitted(jobs, objects), submitted(jobs, objects)
    for job_id in (restored, deleted):
        jobs.cancel(job_id)
        trash_of(jobs).move(job_id)
    before = keys(objects)
    assert delete_orphans(jobs, objects, redis_of(jobs).clock(), 0) == 0
    assert empty_trash(trash_of(jobs), objects, 3600) == 0
    assert keys(objects) == before
    trash_of(jobs).restore(restored)
    assert empty_trash(trash_of(jobs), objects, 0) == 1
    assert keys(objects) == jobs.get(restored).files


class BrokenObjects(ObjectStore):
    """Deletes nothing, as if the worker died after the records were deleted."""

    def delete_folder(self, prefix: str) -> None:
        raise StoreUnavailable(store="images", reason=prefix)


def test_a_worker_that_dies_while_it_empties_the_trash_leaves_no_file_behind(
    jobs: JobStore, objects: ObjectStore
) -> None:
    job_id = submitted(jobs, objects)
    jobs.cancel(job_id)
    trash_of(jobs).move(job_id)
    with pytest.raises(StoreUnavailable):
        empty_trash(trash_of(jobs), BrokenObjects(str(objects.folder)), 0)
    assert keys(objects)
    assert delete_orphans(jobs, objects, redis_of(jobs).clock(), 0) == 2
    assert keys(objects) == set()


def test_partial_files_of_a_killed_writer_are_deleted(jobs: JobStore, objects: ObjectStore) -> None:
    objects.put("jobs/x/content.png", b"")
    folder = objects.folder
    assert folder is not None
    half = folder / "jobs/x/content.png#1"
    half.write_bytes(b"half")
    delete_orphans(jobs, objects, redis_of(jobs).clock(), 0)
    assert not half.exists()


def test_an_uploaded_image_that_no_record_names_is_deleted_when_it_is_old(
    jobs: JobStore, objects: ObjectStore
) -> None:
    images, clock = images_of(jobs), redis_of(jobs).clock()
    for name in ("recorded", "orphan"):
        objects.put(f"images/{name}.png", b"x")
    image = UploadedImage(key="images/recorded.png", width=1, height=1, bytes=1)
    images.keep("ann", "0" * 64, image, 9)
    assert delete_orphaned_images(images, objects, clock + 3590) == 0
    assert delete_orphaned_images(images, objects, clock + 3610) == 1
    assert {stored.key for stored in objects.stored("images")} == {"images/recorded.png"}
