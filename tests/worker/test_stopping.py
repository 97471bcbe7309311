"""A worker that is stopped releases its job at once, even during an evaluation."""

import signal
import time
from pathlib import Path

import pytest

from shared.job import JobState
from shared.job_store import JobStore
from shared.object_store import ObjectStore
from tests.system.running_system import RunningSystem, wait_until
from tests.worker.job.scripted import submitted


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGQUIT, signal.SIGINT])
def test_a_job_is_released_during_an_evaluation(
    jobs: JobStore,
    objects: ObjectStore,
    redis_url: str,
    tmp_path: Path,
    number: signal.Signals,
) -> None:
    system = RunningSystem(redis_url, tmp_path)
    job_id = submitted(jobs, objects)
    try:
        worker = system.start("tests.worker.stuck_worker")
        wait_until(lambda: jobs.get(job_id).progress is not None, "the job runs", seconds=60)
        time.sleep(0.5)  # until the evaluation that takes minutes has begun
        worker.send_signal(number)
        wait_until(lambda: jobs.get(job_id).state is JobState.QUEUED, "it is released", seconds=6)
    finally:
        system.end()
    assert jobs.get(job_id).log[-1].reason == "handed back"
