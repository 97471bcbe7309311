"""The list of workers: who is online, and who claims no jobs and why."""

from datetime import datetime

import pytest
from flask.testing import FlaskClient

from shared.job_store import Capability, JobStore, Worker, Workers
from shared.job_store.connection import Connection
from tests.shared.job_store.online_workers import announce
from tests.shared.job_store.transitions import claimed, queued
from tests.web.api_requests import JOBS

WORKERS = "/api/v1/workers"
BROKEN = Worker(name="broken", pixels=10**9, device="a card")


@pytest.fixture
def workers(redis: Connection) -> Workers:
    return Workers(redis)


def _suspend(jobs: JobStore) -> None:
    for _ in range(3):
        queued(jobs)
    for _ in range(3):
        claim = claimed(jobs, Capability(BROKEN.name, BROKEN.pixels))
        jobs.lose(claim, "error", detail="RuntimeError: CUDA context lost")


def test_online_workers_are_listed_by_name(client: FlaskClient, workers: Workers) -> None:
    assert client.get(WORKERS).get_json() == {"workers": []}
    announce(workers, Worker(name="b", pixels=4000))
    announce(workers, Worker(name="a", pixels=10**6, device="a card"))
    workers.drain("b")
    assert client.get(WORKERS).get_json()["workers"] == [
        {"name": "a", "device": "a card", "pixels": 10**6, "draining": False, "suspended": None},
        {"name": "b", "device": "", "pixels": 4000, "draining": True, "suspended": None},
    ]
    workers.leave("a")
    assert [each["name"] for each in client.get(WORKERS).get_json()["workers"]] == ["b"]


def test_a_suspended_worker_is_listed_with_the_reason_and_the_end(
    client: FlaskClient, jobs: JobStore, workers: Workers, redis: Connection
) -> None:
    announce(workers, BROKEN)
    _suspend(jobs)
    [listed] = client.get(WORKERS).get_json()["workers"]
    suspended = listed["suspended"]
    assert suspended["reason"] == "RuntimeError: CUDA context lost"
    until = datetime.fromisoformat(suspended["until"])
    assert until.timestamp() - redis.clock() == pytest.approx(30, abs=2)


def test_a_job_that_only_suspended_workers_could_take_says_why_it_waits(
    client: FlaskClient, jobs: JobStore, workers: Workers
) -> None:
    announce(workers, BROKEN)
    _suspend(jobs)
    waiting = client.get(f"{JOBS}/{queued(jobs)}").get_json()["waiting"]
    assert waiting["code"] == "workers_suspended"
    assert "(RuntimeError: CUDA context lost)" in waiting["detail"]
    announce(workers, Worker(name="small", pixels=1))
    assert client.get(f"{JOBS}/{queued(jobs)}").get_json()["waiting"] == waiting
    announce(workers, Worker(name="healthy", pixels=10**9))
    assert client.get(f"{JOBS}/{queued(jobs)}").get_json()["waiting"] is None
