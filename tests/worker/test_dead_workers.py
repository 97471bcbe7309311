"""The job of a dead worker of this host is requeued at once, and resumed first."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shared.job import JobState, Priority
from shared.job_store import Capability, Claim, JobStore, Worker, Workers
from shared.job_store.connection import Connection
from tests.ports import free_port
from tests.shared.job_store.online_workers import announce
from tests.shared.job_store.transitions import claimed, queued
from tests.system.running_system import wait_until
from worker.dead_workers import name_of, requeue_jobs_of_dead_workers

HOST = socket.gethostname()
PIXELS = 10**9
NEW = Capability(name_of(os.getpid(), HOST), PIXELS)
SLEEP = "import time; time.sleep(60)"
AS_A_WORKER = f"""
import os, sys
from worker.dead_workers import name_of
os.execv(sys.executable, [sys.executable, "-c", {SLEEP!r}, name_of(os.getpid(), {HOST!r})])
"""
Start = Callable[[str], int]


@pytest.fixture
def workers(redis: Connection) -> Workers:
    return Workers(redis)


@pytest.fixture
def start() -> Iterator[Start]:
    """Return a function that starts a Python program and returns its process id."""
    processes: list[subprocess.Popen[bytes]] = []

    def start(program: str) -> int:
        processes.append(subprocess.Popen([sys.executable, "-c", program]))
        return processes[-1].pid

    yield start
    for process in processes:
        process.kill()
        process.wait(10)


@pytest.fixture
def living(start: Start) -> str:
    """Return the name of a worker of this host that is alive."""
    pid = start(AS_A_WORKER)
    name, cmdline = name_of(pid, HOST), Path(f"/proc/{pid}/cmdline")
    wait_until(lambda: name.encode() in cmdline.read_bytes(), "it has its name")
    return name


def _dead_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait(10)
    return process.pid


def _held_by(jobs: JobStore, workers: Workers, name: str) -> Claim:
    announce(workers, Worker(name=name, pixels=PIXELS))
    queued(jobs)
    return claimed(jobs, Capability(name, PIXELS))


def test_the_job_of_a_dead_worker_of_this_host_is_requeued(
    jobs: JobStore, workers: Workers, redis: Connection
) -> None:
    name = name_of(_dead_pid(), HOST)
    claim = _held_by(jobs, workers, name)
    assert requeue_jobs_of_dead_workers(jobs, workers) == [claim.job_id]
    job = jobs.get(claim.job_id)
    assert (job.state, job.log[-1].reason) == (JobState.QUEUED, "killed")
    assert workers.live() == []
    assert [key for key in redis.keys("*") if name in key] == []


def test_another_process_with_the_same_id_is_not_the_worker(
    jobs: JobStore, workers: Workers, start: Start
) -> None:
    claim = _held_by(jobs, workers, name_of(start(SLEEP), HOST))
    assert requeue_jobs_of_dead_workers(jobs, workers) == [claim.job_id]


def test_jobs_of_living_workers_and_of_other_hosts_stay(
    jobs: JobStore, workers: Workers, living: str
) -> None:
    names = (living, name_of(_dead_pid(), "another-host"), "a name of another kind")
    claims = [_held_by(jobs, workers, name) for name in names]
    assert requeue_jobs_of_dead_workers(jobs, workers) == []
    assert [jobs.get(claim.job_id).state for claim in claims] == ["running"] * 3


def test_a_restarted_container_resumes_the_job_held_under_its_name(
    jobs: JobStore, workers: Workers, living: str
) -> None:
    claim = _held_by(jobs, workers, living)
    assert requeue_jobs_of_dead_workers(jobs, workers, starting=living) == [claim.job_id]
    announce(workers, Worker(name="another", pixels=PIXELS))
    again = claimed(jobs, Capability(living, PIXELS))
    assert again == Claim(claim.job_id, 2)  # without a pause, though another is online


@pytest.mark.parametrize("newer", ["normal", "low"])
def test_the_interrupted_job_is_resumed_before_newer_ones(
    jobs: JobStore, workers: Workers, newer: Priority
) -> None:
    claim = _held_by(jobs, workers, name_of(_dead_pid(), HOST))
    queued(jobs, priority=newer)
    requeue_jobs_of_dead_workers(jobs, workers, NEW.worker)
    assert claimed(jobs, NEW) == Claim(claim.job_id, 2)


def test_the_program_prints_what_it_requeued_and_wakes_a_worker(
    jobs: JobStore, workers: Workers, redis: Connection, redis_url: str
) -> None:
    claim = _held_by(jobs, workers, name_of(_dead_pid(), HOST))
    command = [sys.executable, "-m", "worker.dead_workers"]
    environment = os.environ | {"REDIS_URL": redis_url}
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout == f"requeued {claim.job_id}\n"
    assert redis.llen("gw:celery:gw:wakeups") == 1
    again = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert again.stdout == ""


def test_without_redis_the_program_says_so() -> None:
    environment = os.environ | {"REDIS_URL": f"redis://127.0.0.1:{free_port()}/0"}
    command = [sys.executable, "-m", "worker.dead_workers"]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert ran.stderr.startswith("Redis is not available: ")
