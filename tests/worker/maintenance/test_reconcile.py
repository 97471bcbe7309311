"""Reconcile requeues lost jobs and wakes idle workers, and does nothing else."""

import threading
import time
from dataclasses import replace

import pytest

from shared import paths
from shared.errors import JobNotFound
from shared.job import JobState
from shared.job_store import Capability, JobStore, UploadedImage
from shared.job_store.connection import Connection
from shared.job_store.workers import Worker, Workers
from shared.object_store import ObjectStore
from tests.parts import images_of, locks_of, queue_of, redis_of, trash_of, workers_of
from tests.shared.job_store.online_workers import announce
from tests.shared.job_store.transitions import queued
from tests.worker.job.scripted import claimed, painter, submitted
from worker.job.runner import Runner
from worker.maintenance.reconcile import Reconciler


@pytest.fixture
def workers(redis: Connection) -> Workers:
    return Workers(redis)


class WakeUpCounter:
    """Counts how often it was called."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


def reconciler(
    jobs: JobStore,
    objects: ObjectStore,
    wake_ups: WakeUpCounter,
    retention_seconds: float | None = None,
    pixels_seconds: float = 1e6,
    style_cache_bytes: int | None = None,
) -> Reconciler:
    return Reconciler(
        jobs,
        trash_of(jobs),
        queue_of(jobs),
        workers_of(jobs),
        locks_of(jobs),
        redis_of(jobs),
        objects,
        images_of(jobs),
        wake_ups,
        pixels_seconds,
        1e6,
        1e6,
        retention_seconds,
        style_cache_bytes,
    )


def test_a_lost_wake_up_is_sent_again(
    jobs: JobStore, workers: Workers, objects: ObjectStore
) -> None:
    wake_ups = WakeUpCounter()
    submitted(jobs, objects)
    announce(workers, Worker(name="idle", pixels=1))
    reconciler(jobs, objects, wake_ups).reconcile()
    assert wake_ups.count == 1


def test_no_worker_is_woken_without_work(
    jobs: JobStore, workers: Workers, objects: ObjectStore
) -> None:
    wake_ups = WakeUpCounter()
    announce(workers, Worker(name="idle", pixels=1))
    reconciler(jobs, objects, wake_ups).reconcile()
    assert wake_ups.count == 0


def test_busy_workers_are_not_woken(jobs: JobStore, workers: Workers, objects: ObjectStore) -> None:
    wake_ups = WakeUpCounter()
    claimed(jobs, objects)
    submitted(jobs, objects)
    announce(workers, Worker(name="busy", pixels=1))
    reconciler(jobs, objects, wake_ups).reconcile()
    assert wake_ups.count == 0


def test_workers_that_claim_nothing_are_not_woken(
    jobs: JobStore, workers: Workers, objects: ObjectStore
) -> None:
    wake_ups = WakeUpCounter()
    announce(workers, Worker(name="draining", pixels=1))
    workers.drain("draining")
    announce(workers, Worker(name="broken", pixels=1))
    for _ in range(3):
        submitted(jobs, objects)
        claim = jobs.claim_next(Capability("broken", 10**9), 30)
        assert claim is not None
        jobs.lose(claim, "error")
    reconciler(jobs, objects, wake_ups).reconcile()
    assert wake_ups.count == 0
    workers.undrain("draining")
    reconciler(jobs, objects, wake_ups).reconcile()
    assert wake_ups.count == 1


def test_a_lost_job_is_requeued_and_a_worker_woken(
    jobs: JobStore, workers: Workers, objects: ObjectStore
) -> None:
    wake_ups = WakeUpCounter()
    claim = claimed(jobs, objects, lease_seconds=0.0)
    announce(workers, Worker(name="idle", pixels=1))
    reconciler(jobs, objects, wake_ups).reconcile()
    assert jobs.get(claim.job_id).state is JobState.QUEUED
    assert wake_ups.count == 1


def test_one_worker_reconciles_at_a_time(jobs: JobStore, objects: ObjectStore) -> None:
    claimed(jobs, objects, lease_seconds=0.0)
    repairing = reconciler(jobs, objects, WakeUpCounter())
    with locks_of(jobs).hold("reconcile") as alone:
        assert alone
        repairing.reconcile()
        assert queue_of(jobs).load().jobs == 0
    repairing.reconcile()
    assert queue_of(jobs).load().jobs == 1


def test_the_lock_of_a_dead_reconciler_expires(jobs: JobStore) -> None:
    dead = locks_of(jobs).hold("reconcile", seconds=0.2)
    assert dead.__enter__()
    with locks_of(jobs).hold("reconcile") as alone:
        assert not alone
    time.sleep(0.25)
    with locks_of(jobs).hold("reconcile") as alone:
        assert alone


def test_jobs_past_their_retention_are_deleted_with_their_pictures(
    jobs: JobStore, objects: ObjectStore
) -> None:
    old, live = claimed(jobs, objects), submitted(jobs, objects)
    jobs.cancel(old.job_id)
    jobs._connection.zincrby("gw:ended", -100_000, old.job_id)  # it ended 100 seconds ago
    reconciler(jobs, objects, WakeUpCounter(), retention_seconds=200).collect_garbage()
    assert jobs.get(old.job_id)
    reconciler(jobs, objects, WakeUpCounter(), retention_seconds=50).collect_garbage()
    assert jobs.get(old.job_id)  # a worker collected garbage a moment ago
    assert 590 < jobs._connection.ttl("gw:done:collect") <= 600
    jobs._connection.delete("gw:done:collect")
    reconciler(jobs, objects, WakeUpCounter(), retention_seconds=50).collect_garbage()
    with pytest.raises(JobNotFound):
        jobs.get(old.job_id)
    assert {each.key.split("/")[1] for each in objects.stored("jobs")} == {live}


def test_float_pixels_are_deleted_when_their_days_are_over_and_the_result_stays(
    jobs: JobStore, objects: ObjectStore
) -> None:
    claim = claimed(jobs, objects)
    Runner(jobs, objects, painter(1)).run(claim)
    jobs._connection.zincrby("gw:pixels", -100_000, claim.job_id)  # it ended 100 seconds ago
    for seconds, is_kept in ((200, True), (50, False)):
        jobs._connection.delete("gw:done:collect")
        reconciler(jobs, objects, WakeUpCounter(), pixels_seconds=seconds).collect_garbage()
        job = jobs.get(claim.job_id)
        assert (job.float_pixels is not None) is is_kept
        assert {stored.key for stored in objects.stored("jobs")} == job.files
    assert job.result
    assert not jobs._connection.exists("gw:pixels")


def test_all_jobs_past_their_retention_are_deleted_in_one_round(
    jobs: JobStore, objects: ObjectStore
) -> None:
    for _ in range(130):
        jobs.cancel(queued(jobs))
    reconciler(jobs, objects, WakeUpCounter(), retention_seconds=0.001).collect_garbage()
    assert jobs.page(9).jobs == []


def test_what_is_long_enough_in_the_trash_is_deleted_in_one_round(
    jobs: JobStore, objects: ObjectStore
) -> None:
    for _ in range(25):
        jobs.cancel(job_id := queued(jobs))
        trash_of(jobs).move(job_id)
    for seconds, left in ((3600, 25), (0, 0)):
        jobs._connection.delete("gw:done:collect")
        emptying = replace(reconciler(jobs, objects, WakeUpCounter()), trash_seconds=seconds)
        emptying.collect_garbage()
        assert len(trash_of(jobs).page(100).jobs) == left


def test_a_job_past_its_retention_is_deleted_from_the_trash_too(
    jobs: JobStore, objects: ObjectStore
) -> None:
    jobs.cancel(job_id := queued(jobs))
    trash_of(jobs).move(job_id)
    reconciler(jobs, objects, WakeUpCounter(), retention_seconds=0.0).collect_garbage()
    assert trash_of(jobs).page(100).jobs == []
    assert not jobs._connection.exists("gw:trash", f"gw:job:{job_id}")


def test_without_a_retention_nothing_is_deleted(jobs: JobStore, objects: ObjectStore) -> None:
    old = claimed(jobs, objects)
    jobs.cancel(old.job_id)
    jobs._connection.zincrby("gw:ended", -(10**12), old.job_id)
    reconciler(jobs, objects, WakeUpCounter()).collect_garbage()
    assert jobs.get(old.job_id)


def test_garbage_collection_skips_an_id_without_a_record(
    jobs: JobStore, objects: ObjectStore
) -> None:
    old, redis = claimed(jobs, objects), jobs._connection
    jobs.cancel(old.job_id)
    redis.zincrby("gw:ended", -100_000, old.job_id)
    redis.zadd("gw:ended", {"gone": 1})
    collecting = reconciler(jobs, objects, WakeUpCounter(), retention_seconds=50)
    thread = threading.Thread(target=collecting.collect_garbage, daemon=True)
    thread.start()
    thread.join(10)
    assert not thread.is_alive()
    assert redis.zcard("gw:ended") == 0
    assert jobs.page(10).jobs == []


def test_statistics_beyond_their_bound_are_deleted(jobs: JobStore, objects: ObjectStore) -> None:
    for name in "ab":
        objects.put(paths.statistics_key(name), bytes(1000))
    reconciler(jobs, objects, WakeUpCounter(), style_cache_bytes=1500).collect_garbage()
    assert [each.key for each in objects.stored(paths.STATISTICS)] == [paths.statistics_key("b")]


def test_uploaded_images_are_deleted_when_their_hours_are_over(
    jobs: JobStore, objects: ObjectStore
) -> None:
    images = images_of(jobs)
    objects.put("images/a.png", b"x")
    image = UploadedImage(key="images/a.png", width=1, height=1, bytes=1)
    images.keep("ann", "0" * 64, image, 9)
    for seconds, is_there in ((100.0, True), (0.0, False)):
        jobs._connection.delete("gw:done:collect")
        collecting = reconciler(jobs, objects, WakeUpCounter())
        replace(collecting, uploads_seconds=seconds).collect_garbage()
        assert bool(list(objects.stored("images"))) == is_there
        assert bool(images.find("ann", "0" * 64)) == is_there
