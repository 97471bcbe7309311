"""Brings jobs into each state, as a worker does."""

from collections.abc import Callable

from shared.errors import OutOfMemory
from shared.job import InputImage, JobInputs, JobOptions, JobProgress, JobState, Priority
from shared.job_store import Capability, Claim, JobStore, NewJob, new_id
from shared.settings import StyleSettings

ANY = Capability("worker-1", 10**9)
ANOTHER = Capability("worker-2", 10**9)
LEASE = 30.0


def inputs(width: int = 64, height: int = 48) -> JobInputs:
    content = InputImage(key="jobs/x/content.png", width=width, height=height, bytes=1000)
    return JobInputs(content=content, styles=[InputImage(key="s", width=32, height=32, bytes=500)])


def queued(
    jobs: JobStore,
    *,
    priority: Priority = "normal",
    size: int = 64,
    width: int = 64,
    owner: str = "",
) -> str:
    """Return the id of a new job, whose result has `size` rows."""
    settings, options = StyleSettings(size=size), JobOptions(priority=priority)
    return jobs.create(new_id(), NewJob(settings, options, inputs(width=width), owner)).id


def claimed(jobs: JobStore, by: Capability = ANY, lease: float = LEASE) -> Claim:
    """Claim the next job, which there must be."""
    claim = jobs.claim_next(by, lease)
    assert claim is not None
    return claim


def someone(pixels: int = 10**9) -> Capability:
    """Return a worker with a new name."""
    return Capability(new_id(), pixels)


def running(jobs: JobStore, lease: float = LEASE, by: Capability = ANY) -> Claim:
    queued(jobs)
    return claimed(jobs, by, lease)


def progress(evaluation: int = 1, evaluations: int = 10) -> JobProgress:
    return JobProgress(
        evaluation=evaluation,
        evaluations=evaluations,
        level=1,
        levels=1,
        fraction=evaluation / evaluations,
        loss={"total": 6.0, "style": 3.0, "content": 2.0, "tv": 1.0},
        history=10,
        tile=None,
    )


def _queued(jobs: JobStore) -> Claim:
    return Claim(queued(jobs), 0)


def _succeeded(jobs: JobStore) -> Claim:
    claim = running(jobs)
    jobs.succeed(claim, f"jobs/{claim.job_id}/1/result.png")
    return claim


def _failed(jobs: JobStore) -> Claim:
    claim = running(jobs)
    jobs.fail(claim, OutOfMemory(width=640, height=480))
    return claim


def _cancelled(jobs: JobStore) -> Claim:
    claim = running(jobs)
    jobs.cancel(claim.job_id)
    return claim


LIVES: dict[JobState, Callable[[JobStore], Claim]] = {
    JobState.QUEUED: _queued,
    JobState.RUNNING: running,
    JobState.SUCCEEDED: _succeeded,
    JobState.FAILED: _failed,
    JobState.CANCELLED: _cancelled,
}


def in_state(jobs: JobStore, state: JobState) -> Claim:
    """Return the claim of a new job in `state`, its attempt the one that the record names."""
    return LIVES[state](jobs)
