"""Reconcile puts lost jobs back and wakes idle workers, and only those."""

import threading
import time

import pytest

from shared.images import ImageStore
from shared.job import JobState
from shared.jobs import JobStore
from shared.jobs.connection import Connection
from shared.workers import Worker, Workers
from tests.shared.staff import announce
from tests.worker.scripted import claimed, submitted
from worker.reconcile import keep_reconciling, reconcile


@pytest.fixture
def workers(redis: Connection) -> Workers:
    return Workers(redis)


class Bell:
    """Counts how often it was rung."""

    def __init__(self) -> None:
        self.rung = 0

    def __call__(self) -> None:
        self.rung += 1


def test_a_lost_wake_up_is_sent_again(jobs: JobStore, workers: Workers, images: ImageStore) -> None:
    bell = Bell()
    submitted(jobs, images)
    announce(workers, Worker(name="idle", pixels=1))
    reconcile(jobs, workers, bell)
    assert bell.rung == 1


def test_nobody_is_woken_without_work(jobs: JobStore, workers: Workers) -> None:
    bell = Bell()
    announce(workers, Worker(name="idle", pixels=1))
    reconcile(jobs, workers, bell)
    assert bell.rung == 0


def test_busy_workers_are_not_woken(jobs: JobStore, workers: Workers, images: ImageStore) -> None:
    bell = Bell()
    claimed(jobs, images)
    submitted(jobs, images)
    announce(workers, Worker(name="busy", pixels=1))
    reconcile(jobs, workers, bell)
    assert bell.rung == 0


def test_a_lost_job_goes_back_and_wakes(
    jobs: JobStore, workers: Workers, images: ImageStore
) -> None:
    bell = Bell()
    claim = claimed(jobs, images, lease_seconds=0.0)
    announce(workers, Worker(name="idle", pixels=1))
    reconcile(jobs, workers, bell)
    assert jobs.get(claim.job_id).state is JobState.QUEUED
    assert bell.rung == 1


def test_a_worker_announces_itself_until_it_stops(jobs: JobStore, workers: Workers) -> None:
    stop = threading.Event()
    me = Worker(name="me", pixels=7)
    workers.describe(me)
    args = (jobs, workers, me.name, Bell(), stop)
    thread = threading.Thread(target=keep_reconciling, args=args)
    thread.start()
    deadline = time.monotonic() + 5
    while workers.live() != [me] and time.monotonic() < deadline:
        time.sleep(0.01)
    assert workers.live() == [me]
    stop.set()
    thread.join(5)
    workers.leave("me")
    assert workers.live() == []
