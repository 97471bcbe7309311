"""What queued jobs can expect: when each will start and how long it will then take."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from shared.estimate import Estimate, forecast, seconds
from shared.job import Job
from shared.jobs import JobStore
from shared.workers import Worker, Workers


@dataclass(frozen=True)
class Outlook:
    """How things stand for all queued jobs, at one moment: `estimates` by a job's id."""

    estimates: Mapping[str, Estimate]


def look_out(jobs: JobStore, workers: Workers) -> Outlook:
    """Gather what is queued, what runs and who works, and forecast what comes of it."""
    draining = jobs.draining()
    takers = {worker.name: worker for worker in workers.live() if worker.name not in draining}
    busy = _busy(jobs, takers)
    # of when a worker gets free that nobody has measured, nothing can be said
    counted = [worker for name, worker in takers.items() if busy.get(name, 0.0) is not None]
    known = {name: left for name, left in busy.items() if left is not None}
    return Outlook(forecast(jobs.workload(), counted, known))


def _busy(jobs: JobStore, workers: Mapping[str, Worker]) -> dict[str, float | None]:
    """Return for how many seconds each is still at its job; None where nobody knows."""
    running, now = jobs.running_jobs(), _now(jobs)
    held = [(workers.get(job.worker or ""), job) for job in running]
    return {worker.name: _seconds_left(job, worker, now) for worker, job in held if worker}


def _seconds_left(job: Job, worker: Worker, now: datetime) -> float | None:
    if job.eta_seconds is not None:
        return job.eta_seconds
    if not worker.speed or worker.overhead is None or job.held_since is None:
        return None
    whole = seconds(job.work, worker.speed, worker.overhead)
    return max(0.0, whole - (now - job.held_since).total_seconds())


def _now(jobs: JobStore) -> datetime:
    time: Any = jobs.redis.time()  # by which the record says when an attempt began
    return datetime.fromtimestamp(time[0], tz=UTC)
