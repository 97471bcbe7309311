"""Fifty receivers that never answer, beside one that does: a real worker process and Redis."""

import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from statistics import median

import pytest

from shared.job_store import JobStore, Webhooks
from shared.job_store.connection import Connection
from tests.own_http_server import OwnHttpServer, serving, silent, status
from tests.shared.job_store.transitions import queued
from tests.stress.test_worker_memory import MEGABYTE, resident_bytes
from tests.system.running_system import RunningSystem, wait_until

WORKER = "tests.faults.scripted_worker"
DEAD, SECONDS, SECRET = 50, 60.0, "whsec_" + "A" * 32


@pytest.fixture
def worker(redis: Connection, redis_url: str, tmp_path: Path) -> Iterator[int]:
    system = RunningSystem(redis_url, tmp_path)
    system.environment["GRAMWORKS_OUTBOUND_ALLOWED"] = "127.0.0.1"
    process = system.start(WORKER)
    wait_until(lambda: reconciled(redis) > 0, "maintenance runs")
    yield process.pid
    system.end()


@pytest.fixture
def receiver() -> Iterator[OwnHttpServer]:
    with serving() as own:
        own.answers["/hangs"] = silent
        own.answers["/works"] = status(204)
        yield own


def end_job(jobs: JobStore, owner: str) -> None:
    jobs.cancel(queued(jobs, owner=owner))


def count(receiver: OwnHttpServer) -> int:
    return sum(seen.path == "/works" for seen in receiver.seen)


def until_received(jobs: JobStore, receiver: OwnHttpServer) -> float:
    """Return how many seconds after the end of a job the receiver that works hears of it."""
    before, begin = count(receiver), time.monotonic()
    end_job(jobs, "works")
    wait_until(lambda: count(receiver) > before, "it is received", SECONDS)
    return time.monotonic() - begin


def reconciled(redis: Connection) -> float:
    """Return when a worker last looked for lost jobs."""
    return float(redis.get("gw:reconciled") or 0) / 1000


def test_receivers_that_hang_delay_neither_others_nor_maintenance(
    worker: int, receiver: OwnHttpServer, jobs: JobStore, redis: Connection
) -> None:
    webhooks = Webhooks(redis)
    for number in range(DEAD):
        owner = f"dead{number}"
        webhooks.add(f"wh_{owner}", owner, SECRET, receiver.url("/hangs"), {})
        for _ in range(3):
            end_job(jobs, owner)
    webhooks.add("wh_works", "works", SECRET, receiver.url("/works"), {})
    waited = [until_received(jobs, receiver)]
    print(f"the first delivery, beside {DEAD} that hang: {waited[0]:.2f} s")
    rounds, begin = [reconciled(redis)], time.monotonic()
    while time.monotonic() - begin < SECONDS:
        waited.append(until_received(jobs, receiver))
        rounds.append(reconciled(redis))
        time.sleep(0.2)
    intervals = [later - earlier for earlier, later in pairwise(sorted(set(rounds)))]
    print(f"{len(waited)} deliveries: median {median(waited):.2f} s, worst {max(waited):.2f} s")
    print(f"reconcile: {len(intervals)} rounds, longest interval {max(intervals):.2f} s")
    print(f"the main process: {resident_bytes(worker) / MEGABYTE:.0f} MB")
    assert max(waited) < 3
    assert max(intervals) < 3
