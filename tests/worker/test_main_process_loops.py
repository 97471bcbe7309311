"""The main process's loops outlive any exception, and the health check sees one that ended."""

import logging
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.config import Config
from shared.job_store import Capability, JobStore, Worker, Workers
from shared.job_store.connection import Connection
from shared.wakeup import celery_app
from tests.shared.job_store.transitions import claimed, queued
from tests.system.running_system import wait_until
from worker.dead_workers import name_of
from worker.main_process import MainProcess

NAME = name_of(os.getpid(), socket.gethostname())
SEEN = "gw:worker-names"


@pytest.fixture
def process(redis: Connection, redis_url: str, tmp_path: Path) -> Iterator[MainProcess]:
    """Return a main process whose pool process has announced itself; its loops run."""
    app = celery_app(redis_url)
    Workers(redis).describe(Worker(name=NAME, pixels=10**9))
    process = MainProcess(Config(REDIS_URL=redis_url, GRAMWORKS_DATA=tmp_path), NAME, app)
    process._before_pool()
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGQUIT)}
    process._start()
    wait_until(lambda: redis.zscore(SEEN, NAME) is not None, "the first heartbeat")
    yield process
    for number, handler in handlers.items():
        signal.signal(number, handler)
    process._stop.set()
    for loop in process._loops:
        loop.join(10)
    process._connection.close()
    app.close()


def _health(redis_url: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "worker.health"],
        env=os.environ | {"REDIS_URL": redis_url},
        capture_output=True,
        text=True,
        check=False,
    )


def _heartbeat(redis: Connection) -> float:
    return float(redis.zscore(SEEN, NAME) or 0.0)


def _wait_for_heartbeat(redis: Connection) -> None:
    last = _heartbeat(redis)
    wait_until(lambda: _heartbeat(redis) > last, "a heartbeat", seconds=10)


def _suspend(jobs: JobStore) -> None:
    for _ in range(3):
        queued(jobs)
    for _ in range(3):
        claim = claimed(jobs, Capability(NAME, 10**9))
        jobs.lose(claim, "error", detail="RuntimeError: CUDA context lost")


@pytest.mark.usefixtures("process")
def test_a_worker_whose_loops_run_is_healthy(redis: Connection, redis_url: str) -> None:
    _wait_for_heartbeat(redis)
    healthy = _health(redis_url)
    assert (healthy.returncode, healthy.stdout, healthy.stderr) == (0, "", "")


@pytest.mark.usefixtures("process")
def test_no_exception_ends_the_maintenance_loop(
    redis: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    failures = f"gw:failures:{NAME}"
    with caplog.at_level(logging.ERROR):
        redis.set(failures, "no JSON")
        wait_until(lambda: "maintenance: failed, continues" in caplog.text, "it is logged")
    assert "JSONDecodeError" in caplog.text
    redis.delete(failures)
    _wait_for_heartbeat(redis)


def test_a_loop_that_ended_stops_the_heartbeats_and_is_logged(
    process: MainProcess, redis: Connection, redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    ended, *_ = process._loops
    ended._stop_event = threading.Event()
    ended._stop_event.set()
    with caplog.at_level(logging.ERROR):
        wait_until(lambda: f"no longer running: {ended.name}" in caplog.text, "it is logged")
    redis.zincrby(SEEN, -21, NAME)  # as if that were 21 s ago
    unhealthy = _health(redis_url)
    assert unhealthy.returncode == 1
    assert "sent a heartbeat recently" in unhealthy.stderr


@pytest.mark.usefixtures("process")
def test_a_suspension_is_in_the_log_and_fails_the_health_check_until_it_is_over(
    jobs: JobStore, redis: Connection, redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        _suspend(jobs)
        wait_until(lambda: "lost several jobs in a row" in caplog.text, "it is logged")
        assert re.search(
            r"claims none for (30|2\d) s; the last error: RuntimeError: CUDA", caplog.text
        )
        unhealthy = _health(redis_url)
        assert unhealthy.returncode == 1
        assert unhealthy.stderr == (
            "Suspended after losing several jobs in a row: RuntimeError: CUDA context lost\n"
        )
        redis.delete(f"gw:failures:{NAME}")
        wait_until(lambda: "claims jobs again" in caplog.text, "that is logged too")
    assert _health(redis_url).returncode == 0


def test_a_worker_that_starts_takes_over_even_if_redis_was_down_at_first(
    jobs: JobStore, redis: Connection, redis_url: str, tmp_path: Path
) -> None:
    queued(jobs)
    claim = claimed(jobs, Capability(NAME, 10**9))  # by an earlier process of this name
    app = celery_app(redis_url)
    process = MainProcess(Config(REDIS_URL=redis_url, GRAMWORKS_DATA=tmp_path), NAME, app)
    process._start()  # as if taking over had failed before, without Redis
    try:
        wait_until(lambda: jobs.get(claim.job_id).state == "queued", "it is requeued", seconds=8)
        wait_until(lambda: redis.zscore(SEEN, NAME) is not None, "its name is noted", seconds=8)
    finally:
        process._stop.set()
        for loop in process._loops:
            loop.join(10)
        process._connection.close()
        app.close()
    assert jobs.get(claim.job_id).log[-1].reason == "killed"
