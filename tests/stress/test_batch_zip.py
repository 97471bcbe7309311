"""A large ZIP: the web's memory while it is sent, and clients that do not read it."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from shared.job_store import Capability, JobStore
from shared.job_store.connection import Connection
from shared.object_store import ObjectStore
from tests.stress.test_worker_memory import MEGABYTE, resident_bytes
from tests.system.running_system import RunningSystem, largest_child, wait_until
from tests.web.batch_requests import BATCHES, CONTENTS
from web.downloads import OF_OWNER
from web.server.incoming import STALLED_SECONDS

PICTURES, PICTURE_BYTES = 50, 20 * MEGABYTE
FILES = {"content": ("a", CONTENTS[0]), "style": ("b", CONTENTS[1])}


@pytest.fixture
def system(redis: Connection, redis_url: str, tmp_path: Path) -> Iterator[RunningSystem]:
    del redis  # it is emptied first
    system = RunningSystem(redis_url, tmp_path)
    system.environment["GRAMWORKS_WEB_PROCESSES"] = "1"
    system.start_web()
    yield system
    system.end()


@pytest.fixture
def address(system: RunningSystem, jobs: JobStore) -> str:
    """Return where the ZIP of a finished batch with a gigabyte of pictures is."""
    settings = "[" + ", ".join(['{"size": 64}'] * PICTURES) + "]"
    answer = httpx.post(system.url + BATCHES, files=FILES, data={"settings": settings})
    objects = ObjectStore(str(system.folder / "images"))
    for number in range(PICTURES):
        claim = jobs.claim_next(Capability("stress", 10**9), 60)
        assert claim is not None
        key = f"jobs/{claim.job_id}/1/result.png"
        objects.put(key, bytes([number]) * PICTURE_BYTES)
        jobs.succeed(claim, key)
    return f"{system.url}{BATCHES}/{answer.json()['id']}/results.zip"


def test_a_gigabyte_takes_no_more_memory_than_a_few_parts(
    system: RunningSystem, address: str
) -> None:
    web = largest_child(system.running("web").pid)
    before, peak, received = resident_bytes(web), 0, 0
    with httpx.stream("GET", address, timeout=60) as response:
        for part in response.iter_bytes(MEGABYTE):
            received += len(part)
            peak = max(peak, resident_bytes(web))
    assert received > PICTURES * PICTURE_BYTES
    print(f"{before / MEGABYTE:.0f} MB grew to {peak / MEGABYTE:.0f} MB")
    assert peak < before + 30 * MEGABYTE


def test_clients_that_do_not_read_are_dropped(address: str) -> None:
    with ExitStack() as opened:
        for _ in range(OF_OWNER):
            answer = opened.enter_context(httpx.stream("GET", address, timeout=60))
            assert answer.status_code == 200
        assert not _has_room(address)
        wait_until(lambda: _has_room(address), "they are dropped", STALLED_SECONDS + 10)


def _has_room(address: str) -> bool:
    time.sleep(1)
    with httpx.stream("GET", address) as answer:
        return answer.status_code == 200
