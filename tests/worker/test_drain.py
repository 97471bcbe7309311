"""A draining worker finishes its job and claims no more."""

import threading
import time

import pytest

from shared.job_store import JobStore
from shared.object_store import ObjectStore
from tests.parts import workers_of
from tests.worker.job.scripted import ROOMY, claimed, submitted
from worker.drain import drain, undo


def test_a_draining_worker_claims_no_more_jobs_until_the_drain_is_undone(
    jobs: JobStore, objects: ObjectStore
) -> None:
    job_id = submitted(jobs, objects)
    drain(jobs, workers_of(jobs), [ROOMY.worker])
    assert jobs.claim_next(ROOMY, 10) is None
    assert jobs.get(job_id).state == "queued"
    undo(workers_of(jobs), [ROOMY.worker])
    assert jobs.claim_next(ROOMY, 10) is not None


def test_draining_waits_for_the_running_job(
    jobs: JobStore, objects: ObjectStore, capsys: pytest.CaptureFixture[str]
) -> None:
    claim = claimed(jobs, objects)
    threading.Timer(0.5, jobs.succeed, (claim, "key")).start()
    drain(jobs, workers_of(jobs), [ROOMY.worker], wait=True)
    assert jobs.get(claim.job_id).state == "succeeded"
    reported = capsys.readouterr().out.splitlines()
    assert reported == [
        f"test-worker claims no more jobs; running {claim.job_id}",
        "All workers are idle and can be stopped.",
    ]


def test_a_drain_with_a_time_limit_expires(jobs: JobStore, objects: ObjectStore) -> None:
    submitted(jobs, objects)
    workers_of(jobs).drain(ROOMY.worker, 0.2)
    assert jobs.claim_next(ROOMY, 10) is None
    time.sleep(0.25)
    assert workers_of(jobs).draining() == set()
    assert jobs.claim_next(ROOMY, 10) is not None
