"""The server `python -m web` and batches: killed while it accepts one, left while it sends one."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from shared.job_store import JobStore
from shared.job_store.connection import Connection
from shared.object_store import ObjectStore
from tests.parts import queue_of
from tests.shared.job_store.new_batches import batches_of
from tests.shared.job_store.transitions import claimed
from tests.system.running_system import RunningSystem, kill, wait_until
from tests.web.batch_requests import BATCHES, CONTENTS
from tests.worker.maintenance.test_reconcile import WakeUpCounter, reconciler
from web.downloads import OF_OWNER

JOBS = 1000  # enough to take a while
FILES = {"content": ("a", CONTENTS[0]), "style": ("b", CONTENTS[1])}
LARGE = 20_000_000  # bytes, more than the sockets' buffers hold


@pytest.fixture
def system(redis: Connection, redis_url: str, tmp_path: Path) -> Iterator[RunningSystem]:
    del redis  # it is emptied first
    system = RunningSystem(redis_url, tmp_path)
    system.environment |= {"GRAMWORKS_BATCH_JOBS": str(JOBS), "GRAMWORKS_WEB_PROCESSES": "1"}
    system.start_web()
    yield system
    system.end()


def submit(system: RunningSystem) -> httpx.Response:
    settings = json.dumps([{"size": 64, "seed": seed} for seed in range(JOBS)])
    headers = {"Idempotency-Key": "my-batch"}
    form = {"settings": settings}
    return httpx.post(system.url + BATCHES, files=FILES, data=form, headers=headers, timeout=30)


def killed_in_between(system: RunningSystem, redis: Connection) -> str:
    """Submit a batch, kill the web while it makes the jobs, and return the batch's id."""

    def send() -> None:
        with suppress(httpx.HTTPError):
            submit(system)

    sender = threading.Thread(target=send)
    sender.start()
    deadline = time.monotonic() + 20
    while not redis.zcard("gw:jobs"):  # without a pause, since the jobs are made within 0.2 s
        assert time.monotonic() < deadline
    redis.client_pause(10_000, all=False)  # what would write waits, so that it is still in between
    kill(system.running("web"))
    redis.client_unpause()
    sender.join()
    (batch_id,) = batches_of(JobStore(redis)).planned()
    assert 0 < redis.llen(f"gw:plan:{batch_id}") < JOBS
    return batch_id


def check_complete(jobs: JobStore, batch_id: str) -> None:
    """Check that each job exists once, and that nothing is reserved any more."""
    batch = batches_of(jobs).get(batch_id)
    assert batch.counts["queued"] == JOBS
    assert queue_of(jobs).order() == [job.id for job in batch.jobs]
    seeds = [job.settings.seed for job in map(jobs.get, (each.id for each in batch.jobs))]
    assert seeds == list(range(JOBS))
    assert queue_of(jobs).load().jobs == JOBS
    assert batches_of(jobs).planned() == []


def test_what_a_killed_web_accepted_is_completed_by_maintenance(
    system: RunningSystem, redis: Connection, jobs: JobStore, objects: ObjectStore
) -> None:
    batch_id = killed_in_between(system, redis)
    reconciler(jobs, objects, WakeUpCounter()).reconcile()
    check_complete(jobs, batch_id)


def test_what_a_killed_web_accepted_is_completed_by_the_same_request(
    system: RunningSystem, redis: Connection, jobs: JobStore
) -> None:
    batch_id = killed_in_between(system, redis)
    system.start_web()
    answer = submit(system)
    assert (answer.status_code, answer.json()["id"]) == (202, batch_id)
    assert answer.json()["counts"]["queued"] == JOBS
    check_complete(jobs, batch_id)


def test_a_client_that_leaves_in_the_middle_makes_room_for_another(
    system: RunningSystem, jobs: JobStore, tmp_path: Path
) -> None:
    batch_id = httpx.post(system.url + BATCHES, files=FILES).json()["id"]
    claim = claimed(jobs)
    result = f"jobs/{claim.job_id}/1/result.png"
    ObjectStore(str(tmp_path / "images")).put(result, bytes(LARGE))
    jobs.succeed(claim, result)
    address = f"{system.url}{BATCHES}/{batch_id}/results.zip"
    for _ in range(2 * OF_OWNER):
        with httpx.stream("GET", address) as response:
            assert response.status_code == 200
            assert next(response.iter_bytes()).startswith(b"PK")

    def whole() -> bool:
        response = httpx.get(address)
        return response.status_code == 200 and len(response.content) > LARGE

    wait_until(whole, "the server has noticed that they left", 5)
