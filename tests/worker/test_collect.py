"""Files that no record names are deleted once they are old enough; all others stay."""

from shared.images import ImageStore
from shared.jobs import JobStore
from tests.worker.scripted import claimed, submitted
from worker.collect import ORPHAN_SECONDS, collect_orphans, tidy


def keys(images: ImageStore) -> set[str]:
    return {stored.key for stored in images.stored("jobs")}


def test_files_of_no_job_are_deleted(jobs: JobStore, images: ImageStore) -> None:
    job_id = submitted(jobs, images)
    images.put("jobs/nobody/content.png", b"")
    images.put("jobs/nobody/1/result.png", b"")
    assert collect_orphans(jobs, images, 0) == 2
    assert keys(images) == jobs.get(job_id).files


def test_young_files_stay_since_their_upload_may_go_on(jobs: JobStore, images: ImageStore) -> None:
    images.put("jobs/nobody/content.png", b"")
    assert collect_orphans(jobs, images, ORPHAN_SECONDS) == 0
    assert keys(images) == {"jobs/nobody/content.png"}


def test_of_a_job_what_its_record_names_stays(jobs: JobStore, images: ImageStore) -> None:
    claim = claimed(jobs, images)
    folder = f"jobs/{claim.job_id}/1"
    for name in ("checkpoint.npz", "preview.jpg", "result.png"):
        images.put(f"{folder}/{name}", b"")
    jobs.save_checkpoint(claim, f"{folder}/checkpoint.npz")
    collect_orphans(jobs, images, 0)
    assert keys(images) == jobs.get(claim.job_id).files
    assert f"{folder}/checkpoint.npz" in keys(images)
    jobs.succeed(claim, f"{folder}/result.png")  # which lets go of the checkpoint
    tidy(folder, jobs, images)
    assert f"{folder}/checkpoint.npz" not in keys(images)


def test_what_a_killed_writer_left_half_done_is_deleted(jobs: JobStore, images: ImageStore) -> None:
    images.put("jobs/x/content.png", b"")
    folder = images.folder
    assert folder is not None
    half = folder / "jobs/x/content.png#1"
    half.write_bytes(b"half")
    collect_orphans(jobs, images, 0)
    assert not half.exists()
