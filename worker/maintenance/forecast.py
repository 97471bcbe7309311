"""Keeps the forecast of when queued jobs start, so that no request walks the queue."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from shared.forecast import StartTimes, forecast, seconds
from shared.job import Job
from shared.job_store import JobQueue, JobStore, Locks, RedisStatus, Worker, Workers

FRESH_SECONDS = 1.5  # between two forecasts of a short queue
MAX_SHARE = 0.05  # of the time that making forecasts takes; those of a long queue are older
KEPT_SECONDS = 60.0  # at least, if no worker makes another


@dataclass
class Forecaster:
    """Makes the forecast; one worker at a time does it."""

    jobs: JobStore
    queue: JobQueue
    workers: Workers
    locks: Locks
    redis: RedisStatus
    _took: float = 0.0

    def update(self) -> None:
        """Make and save the forecast, unless a worker did so recently."""
        period = max(FRESH_SECONDS, self._took / MAX_SHARE)
        if not self.locks.once_in("forecast", period):
            return
        begin = time.monotonic()
        times = make_forecast(self.jobs, self.queue, self.workers, self.redis)
        self._took = time.monotonic() - begin
        self.queue.save_forecast(times.model_dump_json(), max(KEPT_SECONDS, 3 * period))


def make_forecast(
    jobs: JobStore, queue: JobQueue, workers: Workers, redis: RedisStatus
) -> StartTimes:
    """Return the forecast from the queue, the running jobs and the online workers."""
    draining = workers.draining()
    claiming = {
        worker.name: worker
        for worker in workers.live()
        if worker.name not in draining and worker.suspended_until is None
    }
    busy = _seconds_busy(jobs, claiming, redis.clock())
    # without a measured speed, it is unknown when a busy worker becomes free
    predictable = [worker for name, worker in claiming.items() if busy.get(name, 0.0) is not None]
    known = {name: left for name, left in busy.items() if left is not None}
    return forecast(queue.workload(), predictable, known)


def _seconds_busy(
    jobs: JobStore, workers: Mapping[str, Worker], now: float
) -> dict[str, float | None]:
    """Return how many seconds each worker still needs for its job; None if unknown."""
    held = [(workers.get(job.worker or ""), job) for job in jobs.running()]
    return {worker.name: _seconds_left(job, worker, now) for worker, job in held if worker}


def _seconds_left(job: Job, worker: Worker, now: float) -> float | None:
    if job.eta_seconds is not None:
        return job.eta_seconds
    if not worker.speed or worker.overhead is None or job.held_since is None:
        return None
    whole = seconds(job.work, worker.speed, worker.overhead)
    return max(0.0, whole - (now - job.held_since.timestamp()))
