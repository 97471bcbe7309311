"""A pool process runs jobs until none fits, and ends when its device may be broken."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.config import Config
from shared.errors import StoreUnavailable
from shared.job import JobState
from shared.job_store import Claim, JobStore, Worker
from shared.object_store import ObjectStore
from tests.parts import workers_of
from tests.worker.job.scripted import submitted
from worker.job.throughput import JobTiming
from worker.pool_process import ENOUGH_JOBS, JOBS, LoadedEngine, PoolProcess

NAME = "gramworks-1@here"
PIXELS = 40 * 32  # of a submitted job's result


class Engine:
    """Ends each job at once, as fast as 100 a second."""

    def __init__(self, jobs: JobStore, fault: Exception | None = None) -> None:
        self._jobs = jobs
        self._fault = fault
        self.ran: list[tuple[str, float | None]] = []

    def run(self, claim: Claim, speed: float | None = None) -> JobTiming:
        self.ran.append((claim.job_id, speed))
        if self._fault:
            raise self._fault
        self._jobs.succeed(claim, f"jobs/{claim.job_id}/1/result.png")
        return JobTiming(work=1000.0, painting=10.0, overhead=2.5)


def pool_of(redis_url: str, folder: Path, engine: Engine, pixels: int = PIXELS) -> PoolProcess:
    config = Config(REDIS_URL=redis_url, GRAMWORKS_DATA=folder)
    loaded = LoadedEngine(engine.run, pixels, "a card")
    return PoolProcess(config, NAME, lambda *_: loaded)


@pytest.fixture
def engine(jobs: JobStore) -> Engine:
    return Engine(jobs)


@pytest.fixture
def pool(redis_url: str, tmp_path: Path, engine: Engine) -> Iterator[PoolProcess]:
    made = pool_of(redis_url, tmp_path, engine)
    yield made
    made._connection.close()


def test_one_wake_up_is_enough_for_all_jobs_that_fit(
    jobs: JobStore, objects: ObjectStore, pool: PoolProcess, engine: Engine
) -> None:
    first, large, last = (submitted(jobs, objects, size=size) for size in (32, 64, 32))
    pool._work()
    assert engine.ran == [(first, None), (last, 100.0)]
    assert jobs.get(large).state is JobState.QUEUED


def test_it_announces_its_largest_result_and_its_speed(
    jobs: JobStore, objects: ObjectStore, pool: PoolProcess
) -> None:
    workers = workers_of(jobs)
    pool._start()
    workers.heartbeat(NAME)
    assert workers.live() == [Worker(name=NAME, pixels=PIXELS, device="a card")]
    submitted(jobs, objects)
    pool._work()
    [worker] = workers.live()
    assert (worker.speed, worker.overhead) == (100.0, 2.5)


def test_without_its_main_process_it_claims_nothing(
    jobs: JobStore, objects: ObjectStore, pool: PoolProcess, engine: Engine
) -> None:
    """No process would stop it, or notice its death."""
    submitted(jobs, objects)
    pool._main_process = -1  # not the process that started this one
    pool._work()
    assert engine.ran == []


def test_an_unavailable_store_ends_neither_the_process_nor_the_worker(
    jobs: JobStore, objects: ObjectStore, redis_url: str, tmp_path: Path
) -> None:
    submitted(jobs, objects)
    submitted(jobs, objects)
    engine = Engine(jobs, StoreUnavailable(store="images", reason="unplugged"))
    pool = pool_of(redis_url, tmp_path, engine)
    pool._work()
    assert len(engine.ran) == 1  # the next job waits for the next wake-up
    pool._connection.close()


def test_a_new_process_announces_the_speed_of_the_one_before(
    jobs: JobStore, objects: ObjectStore, pool: PoolProcess, redis_url: str, tmp_path: Path
) -> None:
    workers = workers_of(jobs)
    workers.heartbeat(NAME)
    submitted(jobs, objects)
    pool._work()
    new = pool_of(redis_url, tmp_path, Engine(jobs))
    new._start()
    assert [worker.speed for worker in workers.live()] == [100.0]
    new._connection.close()


MANY = """
import sys
from pathlib import Path
from shared.job_store import JobStore, connect
from tests.worker.test_pool_process import Engine, pool_of

pool_of(sys.argv[1], Path(sys.argv[2]), Engine(JobStore(connect(sys.argv[1]))))._work()
"""


def test_a_process_ends_after_its_jobs_and_leaves_the_others_queued(
    jobs: JobStore, objects: ObjectStore, redis_url: str, tmp_path: Path
) -> None:
    submitted_jobs = [submitted(jobs, objects) for _ in range(JOBS + 1)]
    command = [sys.executable, "-c", MANY, redis_url, str(tmp_path)]
    assert subprocess.run(command, timeout=60, check=False).returncode == ENOUGH_JOBS
    states = [jobs.get(job_id).state for job_id in submitted_jobs]
    assert states == [JobState.SUCCEEDED] * JOBS + [JobState.QUEUED]


BROKEN = """
import sys
from pathlib import Path
from shared.job_store import JobStore, connect
from tests.worker.test_pool_process import Engine, pool_of

engine = Engine(JobStore(connect(sys.argv[1])), RuntimeError("CUDA"))
pool_of(sys.argv[1], Path(sys.argv[2]), engine)._work()
"""


def test_an_unexpected_error_ends_the_process(
    jobs: JobStore, objects: ObjectStore, redis_url: str, tmp_path: Path
) -> None:
    submitted(jobs, objects)
    command = [sys.executable, "-c", BROKEN, redis_url, str(tmp_path)]
    assert subprocess.run(command, timeout=60, check=False).returncode == 1
