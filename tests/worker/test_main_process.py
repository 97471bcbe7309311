"""A worker's main process: how it requeues jobs when its pool process dies or it stops."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from billiard.exceptions import WorkerLostError

from shared.config import Config
from shared.job import JobState
from shared.job_store import Capability, Claim, JobStore, Worker
from shared.object_store import ObjectStore
from shared.wakeup import celery_app
from tests.parts import workers_of
from tests.worker.job.scripted import submitted
from worker import main_process
from worker.main_process import MainProcess

NAME = "gramworks-1@here"
ME, ANOTHER = Capability(NAME, 10**9), Capability("gramworks-2@here", 10**9)


class Kernel:
    """Counts the processes that the OOM killer ended."""

    kills = 7

    def __call__(self) -> int:
        return self.kills


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> Kernel:
    counting = Kernel()
    monkeypatch.setattr(main_process, "oom_kills", counting)
    return counting


@pytest.fixture
def main(redis_url: str, tmp_path: Path, kernel: Kernel) -> Iterator[MainProcess]:  # noqa: ARG001 - replaced
    config = Config(REDIS_URL=redis_url, GRAMWORKS_DATA=tmp_path)
    made = MainProcess(config, NAME, celery_app(redis_url))
    yield made
    made._connection.close()


def claim(jobs: JobStore, by: Capability = ME) -> Claim:
    claimed = jobs.claim_next(by, 30)
    assert claimed is not None
    return claimed


def wakeups(jobs: JobStore) -> int:
    count: Any = jobs._connection.llen("gw:celery:gw:wakeups")
    return int(count)


Die = Callable[[], None]


@pytest.fixture
def die(main: MainProcess) -> Die:
    """Return a function that reports the pool process's death."""
    return lambda: main._pool_process_died(WorkerLostError("signal 9 (SIGKILL)"))


def test_a_job_whose_process_was_killed_is_requeued_at_once(
    jobs: JobStore, objects: ObjectStore, die: Die
) -> None:
    job_id = submitted(jobs, objects)
    claim(jobs)
    die()
    job = jobs.get(job_id)
    assert (job.state, job.log[-1].reason, job.fallback_step) == (JobState.QUEUED, "killed", 0)
    assert wakeups(jobs) == 1


def test_each_oom_kill_takes_one_step_then_all_steps_then_fails_the_job(
    jobs: JobStore, objects: ObjectStore, die: Die, kernel: Kernel
) -> None:
    job_id = submitted(jobs, objects, size=320)
    steps = []
    for _ in range(3):
        claim(jobs)
        kernel.kills += 1
        die()
        job = jobs.get(job_id)
        assert job.log[-1].reason == "killed for its memory"
        steps.append(job.fallback_step)
    assert steps[0] == 1
    assert steps[1] >= 6  # no list of plans is longer
    assert job.error is not None
    assert job.error.code == "out_of_memory"
    # the result is 320 × 400; 252 × 315 has half as many pixels
    assert job.error.parameters == {"width": 400, "height": 320, "maximum": 226}


def test_an_oom_kill_is_recognised_even_if_celery_reports_it_some_rounds_later(
    jobs: JobStore, objects: ObjectStore, main: MainProcess, die: Die, kernel: Kernel
) -> None:
    job_id = submitted(jobs, objects)
    claim(jobs)
    kernel.kills += 1
    main._oom_kills.extend([kernel()] * 9)
    die()
    assert jobs.get(job_id).log[-1].reason == "killed for its memory"


def test_another_worker_s_job_is_left_alone(jobs: JobStore, objects: ObjectStore, die: Die) -> None:
    theirs = submitted(jobs, objects)
    claim(jobs, ANOTHER)
    die()
    assert jobs.get(theirs).state is JobState.RUNNING


def test_a_failed_task_is_not_a_dead_process(
    jobs: JobStore, objects: ObjectStore, main: MainProcess
) -> None:
    job_id = submitted(jobs, objects)
    claim(jobs)
    main._pool_process_died(ValueError("odd"))
    assert jobs.get(job_id).state is JobState.RUNNING


def test_earlier_oom_kills_do_not_count(
    jobs: JobStore, objects: ObjectStore, main: MainProcess, die: Die, kernel: Kernel
) -> None:
    job_id = submitted(jobs, objects)
    kernel.kills += 1
    main._oom_kills.extend([kernel()] * 10)  # as many rounds of maintenance
    claim(jobs)
    die()
    assert jobs.get(job_id).log[-1].reason == "killed"


def test_a_worker_that_stops_releases_its_job_and_claims_no_more(
    jobs: JobStore, objects: ObjectStore, main: MainProcess
) -> None:
    workers_of(jobs).describe(Worker(name=NAME, pixels=1))
    workers_of(jobs).heartbeat(NAME)
    job_id = submitted(jobs, objects)
    claim(jobs)
    main._shut_down()
    job = jobs.get(job_id)
    assert (job.state, job.log[-1].reason) == (JobState.QUEUED, "handed back")
    assert workers_of(jobs).live() == []
    assert jobs.claim_next(ME, 30) is None
    assert wakeups(jobs) == 1
    assert claim(jobs, ANOTHER).job_id == job_id


def test_a_worker_restarted_under_its_name_takes_over_its_job(
    jobs: JobStore, objects: ObjectStore, main: MainProcess
) -> None:
    mine = submitted(jobs, objects)
    claim(jobs)
    theirs = submitted(jobs, objects)
    claim(jobs, ANOTHER)
    workers_of(jobs).drain(NAME)
    main._before_pool()
    assert jobs.get(mine).state is JobState.QUEUED
    assert jobs.get(theirs).state is JobState.RUNNING
    assert claim(jobs).job_id == mine


def test_a_suspension_is_logged_once_and_its_end_wakes_a_worker(
    jobs: JobStore, objects: ObjectStore, main: MainProcess, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        submitted(jobs, objects)
        jobs.lose(claim(jobs), "error", detail="RuntimeError: CUDA")
    for _ in range(2):
        with suppress(RuntimeError):  # of the loops, which were not started
            main._maintain()
    [logged] = [record for record in caplog.records if record.levelname == "ERROR"]
    assert "RuntimeError: CUDA" in logged.getMessage()
    woken = wakeups(jobs)
    jobs._connection.delete(f"gw:failures:{NAME}")  # the time is over
    with suppress(RuntimeError):
        main._maintain()
    assert "claims jobs again" in caplog.text
    assert wakeups(jobs) == woken + 1


def test_draining_is_logged_once_and_its_end_wakes_a_worker(
    jobs: JobStore, main: MainProcess, caplog: pytest.LogCaptureFixture
) -> None:
    workers_of(jobs).drain(NAME)
    main._has_started = True  # a start ends the drain
    for _ in range(2):
        with suppress(RuntimeError):  # of the loops, which were not started
            main._maintain()
    assert caplog.text.count("claims no more") == 1
    woken = wakeups(jobs)
    workers_of(jobs).undrain(NAME)
    with suppress(RuntimeError):
        main._maintain()
    assert "claims jobs again" in caplog.text
    assert wakeups(jobs) == woken + 1


def test_a_round_of_maintenance_reports_the_worker_as_online_while_all_loops_run(
    jobs: JobStore, main: MainProcess
) -> None:
    workers_of(jobs).describe(Worker(name=NAME, pixels=1))
    with pytest.raises(RuntimeError, match="garbage collection, forecast, webhooks, maintenance"):
        main._maintain()  # none was started
    assert workers_of(jobs).live() == []
    main._stop.clear()
    for loop in main._loops:
        loop.start()
    try:
        main._maintain()
        assert [worker.name for worker in workers_of(jobs).live()] == [NAME]
    finally:
        main._stop.set()
        for loop in main._loops:
            loop.join(10)
