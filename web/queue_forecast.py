"""When each queued job starts and ends, or what blocks it."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence, Set
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Generic, TypeVar

from shared.errors import (
    NoLiveWorkerFits,
    NoWorkerOnline,
    Waits,
    WorkersDraining,
    WorkersSuspended,
)
from shared.forecast import Estimate, forecast, seconds
from shared.job import Job
from shared.job_store import JobQueue, JobStore, RedisStatus, Worker, Workers
from shared.settings import largest_size

CACHE_SECONDS, MAX_SHARE = 1.0, 0.1
Value = TypeVar("Value")


@dataclass(frozen=True)
class QueueForecast:
    """The forecast for all queued jobs at one time.

    `estimates` maps a job's id to its times. `draining` has the names of the `live` workers that
    claim no more jobs.
    """

    estimates: Mapping[str, Estimate]
    live: Sequence[Worker]
    draining: Set[str]

    def blocked_by(self, job: Job) -> Waits | None:
        """Return why a queued job does not start; None if it only waits for its turn."""
        if not self.live:
            return NoWorkerOnline()
        able = [worker for worker in self.live if worker.pixels >= job.pixels]
        if not able:
            return _no_live_worker_fits(job, max(worker.pixels for worker in self.live))
        taking = [worker for worker in able if worker.name not in self.draining]
        if not taking:
            return WorkersDraining()
        if all(worker.suspended_until for worker in taking):
            return WorkersSuspended(reason=taking[0].suspended_reason)
        return None


def make_queue_forecast(
    jobs: JobStore, queue: JobQueue, workers: Workers, redis: RedisStatus
) -> QueueForecast:
    """Return the forecast from the queue, the running jobs and the online workers."""
    live, draining = workers.live(), workers.draining()
    claiming = {
        worker.name: worker
        for worker in live
        if worker.name not in draining and worker.suspended_until is None
    }
    busy = _seconds_busy(jobs, claiming, redis.clock())
    # without a measured speed, it is unknown when a busy worker becomes free
    predictable = [worker for name, worker in claiming.items() if busy.get(name, 0.0) is not None]
    known = {name: left for name, left in busy.items() if left is not None}
    return QueueForecast(forecast(queue.workload(), predictable, known), live, draining)


def _no_live_worker_fits(job: Job, pixels: int) -> NoLiveWorkerFits:
    rows, columns = job.result_shape
    content = job.inputs.content
    fits = largest_size(content.width, content.height, pixels)
    return NoLiveWorkerFits(width=columns, height=rows, maximum=fits)


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


class Cached(Generic[Value]):
    """Calls `make` again when its last result is a second old; thread-safe.

    A result that takes long to make is cached for longer, so that making it takes at most a tenth
    of the time. Errors are cached too: while Redis hangs, one thread at a time waits for it.
    """

    def __init__(
        self, make: Callable[[], Value], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._make = make
        self._clock = clock
        self._lock = threading.Lock()
        self._expires = float("-inf")
        self._outcome: Future[Value] = Future()

    def __call__(self) -> Value:
        """Return the result, or raise what making it raised."""
        with self._lock:
            begin = self._clock()
            if begin >= self._expires:
                self._outcome = self._attempt()
                end = self._clock()
                self._expires = end + max(CACHE_SECONDS, (end - begin) / MAX_SHARE)
            outcome = self._outcome
        return outcome.result()

    def _attempt(self) -> Future[Value]:
        outcome: Future[Value] = Future()
        try:
            outcome.set_result(self._make())
        except Exception as error:
            outcome.set_exception(error)
        return outcome
