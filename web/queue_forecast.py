"""When each queued job starts and ends, or what blocks it."""

import threading
import time
from collections.abc import Callable, Sequence, Set
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import ValidationError

from shared.errors import (
    NoLiveWorkerFits,
    NoWorkerOnline,
    Waits,
    WorkersDraining,
    WorkersSuspended,
)
from shared.forecast import Estimate, StartTimes
from shared.job import Job
from shared.job_store import JobQueue, Worker, Workers
from shared.settings import largest_size

CACHE_SECONDS, MAX_SHARE = 1.0, 0.1
Value = TypeVar("Value")


@dataclass(frozen=True)
class QueueForecast:
    """When queued jobs start, as maintenance last saved it, and the `live` workers.

    `draining` has the names of the workers that claim no more jobs.
    """

    times: StartTimes
    live: Sequence[Worker]
    draining: Set[str]

    def estimate(self, job: Job) -> Estimate | None:
        """Return when a queued job starts and how long it takes; None if that is unknown."""
        if job.position is None:
            return None
        return self.times.estimate(job.position, job.pixels, job.work)

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


def read_queue_forecast(queue: JobQueue, workers: Workers) -> QueueForecast:
    """Return the forecast that maintenance saved, with the online workers."""
    saved = queue.forecast()
    try:
        times = StartTimes.model_validate_json(saved) if saved else StartTimes()
    except ValidationError:  # of another version
        times = StartTimes()
    return QueueForecast(times, workers.live(), workers.draining())


def _no_live_worker_fits(job: Job, pixels: int) -> NoLiveWorkerFits:
    rows, columns = job.result_shape
    content = job.inputs.content
    fits = largest_size(content.width, content.height, pixels)
    return NoLiveWorkerFits(width=columns, height=rows, maximum=fits)


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
