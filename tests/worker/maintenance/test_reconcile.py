"""Reconcile puts lost jobs back and wakes idle workers, and only those."""

import threading
import time

import pytest

from shared.errors import JobNotFound, StoreUnavailable
from shared.job import JobState
from shared.job_store import JobStore
from shared.job_store.connection import Connection
from shared.job_store.workers import Worker, Workers
from shared.object_store import ObjectStore
from tests.shared.job_store.staff import announce
from tests.worker.job.scripted import claimed, submitted
from worker.maintenance.reconcile import Reconciler, keep_at_it


@pytest.fixture
def workers(redis: Connection) -> Workers:
    return Workers(redis)


class Bell:
    """Counts how often it was rung."""

    def __init__(self) -> None:
        self.rung = 0

    def __call__(self) -> None:
        self.rung += 1


def test_a_lost_wake_up_is_sent_again(
    jobs: JobStore, workers: Workers, objects: ObjectStore
) -> None:
    bell = Bell()
    submitted(jobs, objects)
    announce(workers, Worker(name="idle", pixels=1))
    Reconciler(jobs, workers, objects, bell).round()
    assert bell.rung == 1


def test_nobody_is_woken_without_work(
    jobs: JobStore, workers: Workers, objects: ObjectStore
) -> None:
    bell = Bell()
    announce(workers, Worker(name="idle", pixels=1))
    Reconciler(jobs, workers, objects, bell).round()
    assert bell.rung == 0


def test_busy_workers_are_not_woken(jobs: JobStore, workers: Workers, objects: ObjectStore) -> None:
    bell = Bell()
    claimed(jobs, objects)
    submitted(jobs, objects)
    announce(workers, Worker(name="busy", pixels=1))
    Reconciler(jobs, workers, objects, bell).round()
    assert bell.rung == 0


def test_a_lost_job_goes_back_and_wakes(
    jobs: JobStore, workers: Workers, objects: ObjectStore
) -> None:
    bell = Bell()
    claim = claimed(jobs, objects, lease_seconds=0.0)
    announce(workers, Worker(name="idle", pixels=1))
    Reconciler(jobs, workers, objects, bell).round()
    assert jobs.get(claim.job_id).state is JobState.QUEUED
    assert bell.rung == 1


def test_one_worker_reconciles_at_a_time(
    jobs: JobStore, workers: Workers, objects: ObjectStore
) -> None:
    claimed(jobs, objects, lease_seconds=0.0)
    reconciler = Reconciler(jobs, workers, objects, Bell())
    with jobs.alone("reconcile") as alone:
        assert alone
        reconciler.round()
        assert jobs.waiting() == 0
    reconciler.round()
    assert jobs.waiting() == 1


def test_a_reconciler_that_died_keeps_the_others_out_for_a_while_only(jobs: JobStore) -> None:
    dead = jobs.alone("reconcile", seconds=0.2)
    assert dead.__enter__()
    with jobs.alone("reconcile") as alone:
        assert not alone
    time.sleep(0.25)
    with jobs.alone("reconcile") as alone:
        assert alone


def test_steps_go_on_when_a_store_was_away_and_end_when_told_to() -> None:
    stop, steps = threading.Event(), []

    def step() -> None:
        steps.append(time.monotonic())
        if len(steps) == 1:
            raise StoreUnavailable(store="redis", reason="unplugged")
        stop.set()

    keep_at_it(step, stop, seconds=0.05)
    assert len(steps) == 2


def test_jobs_past_their_time_are_deleted_with_their_pictures(
    jobs: JobStore, workers: Workers, objects: ObjectStore
) -> None:
    old, live = claimed(jobs, objects), submitted(jobs, objects)
    jobs.cancel(old.job_id)
    jobs.redis.zincrby("gw:ended", -100_000, old.job_id)  # it ended 100 seconds ago
    Reconciler(jobs, workers, objects, Bell(), retention_seconds=200).collect()
    assert jobs.get(old.job_id)
    jobs.redis.delete("gw:done:collect")
    Reconciler(jobs, workers, objects, Bell(), retention_seconds=50).collect()
    with pytest.raises(JobNotFound):
        jobs.get(old.job_id)
    assert {key.split("/")[1] for key, _ in objects.stored("jobs")} == {live}


def test_without_a_retention_nothing_is_deleted(
    jobs: JobStore, workers: Workers, objects: ObjectStore
) -> None:
    old = claimed(jobs, objects)
    jobs.cancel(old.job_id)
    jobs.redis.zincrby("gw:ended", -(10**12), old.job_id)
    Reconciler(jobs, workers, objects, Bell()).collect()
    assert jobs.get(old.job_id)
