"""When each queued job starts and ends, or what blocks it."""

import threading
import time
from collections.abc import Callable, Sequence, Set
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Generic, NamedTuple, Self, TypeVar

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
from shared.settings import StyleSettings, largest_size

CACHE_SECONDS, MAX_SHARE = 1.0, 0.1
Value = TypeVar("Value")


class Need(NamedTuple):
    """What a job needs of a worker: a result of `rows` × `columns`, at the cost of `work`.

    `width` and `height` are the content image's.
    """

    width: int
    height: int
    rows: int
    columns: int
    work: float

    @property
    def pixels(self) -> int:
        """The result's size in pixels."""
        return self.rows * self.columns

    @classmethod
    def of(cls, settings: StyleSettings, width: int, height: int) -> Self:
        """Return what painting a picture with these settings needs."""
        rows, columns = settings.result_shape(width, height)
        work = sum(level.work for level in settings.levels(rows, columns))
        return cls(width, height, rows, columns, work)

    @classmethod
    def of_job(cls, job: Job) -> Self:
        """Return what a job needs."""
        content = job.inputs.content
        return cls(content.width, content.height, *job.result_shape, job.work)


@dataclass(frozen=True)
class QueueForecast:
    """When queued jobs start, as maintenance last saved it, and the `live` workers.

    `draining` has the names of the workers that claim no more jobs.
    """

    times: StartTimes
    live: Sequence[Worker]
    draining: Set[str]

    def estimate(self, position: int | None, need: Need) -> Estimate | None:
        """Return when a job at a position starts and how long it takes; None if unknown."""
        if position is None:
            return None
        return self.times.estimate(position, need.pixels, need.work)

    def blocked_by(self, need: Need) -> Waits | None:
        """Return why no worker takes such a job; None if it only waits for its turn."""
        if not self.live:
            return NoWorkerOnline()
        able = [worker for worker in self.live if worker.pixels >= need.pixels]
        if not able:
            return _no_live_worker_fits(need, max(worker.pixels for worker in self.live))
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


def _no_live_worker_fits(need: Need, pixels: int) -> NoLiveWorkerFits:
    fits = largest_size(need.width, need.height, pixels)
    return NoLiveWorkerFits(width=need.columns, height=need.rows, maximum=fits)


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
