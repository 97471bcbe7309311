"""What queued jobs can expect: when each will start and end, or why it is not started."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from shared.errors import NoLiveWorkerFits, NoWorkerOnline, Waits, WorkersDraining
from shared.forecast import Estimate, forecast, seconds
from shared.job import Job
from shared.job_store import JobStore
from shared.job_store.workers import Worker, Workers
from web.intake.sizes import largest_size


@dataclass(frozen=True)
class QueueForecast:
    """How things stand for all queued jobs, at one moment.

    `estimates` go by a job's id; of the workers that are `live`, those `draining` take no job.
    """

    estimates: Mapping[str, Estimate]
    live: Sequence[Worker]
    draining: Set[str]

    def blocked_by(self, job: Job) -> Waits | None:
        """Return why a queued job is not started; None where it only has to wait its turn."""
        if not self.live:
            return NoWorkerOnline()
        able = {worker.name for worker in self.live if worker.pixels >= job.pixels}
        if not able:
            return _too_large(job, max(worker.pixels for worker in self.live))
        return WorkersDraining() if able <= self.draining else None


def make_queue_forecast(jobs: JobStore, workers: Workers) -> QueueForecast:
    """Gather what is queued, what runs and who works, and forecast what comes of it."""
    live, draining = workers.live(), jobs.draining()
    takers = {worker.name: worker for worker in live if worker.name not in draining}
    busy = _busy(jobs, takers)
    # of when a worker gets free that nobody has measured, nothing can be said
    counted = [worker for name, worker in takers.items() if busy.get(name, 0.0) is not None]
    known = {name: left for name, left in busy.items() if left is not None}
    return QueueForecast(forecast(jobs.workload(), counted, known), live, draining)


def _too_large(job: Job, pixels: int) -> NoLiveWorkerFits:
    rows, columns = job.result_shape
    content = job.inputs.content
    fits = largest_size(content.width, content.height, pixels)
    return NoLiveWorkerFits(width=columns, height=rows, maximum=fits)


def _busy(jobs: JobStore, workers: Mapping[str, Worker]) -> dict[str, float | None]:
    """Return for how many seconds each is still at its job; None where nobody knows."""
    running, now = jobs.running_jobs(), jobs.redis.clock()
    held = [(workers.get(job.worker or ""), job) for job in running]
    return {worker.name: _seconds_left(job, worker, now) for worker, job in held if worker}


def _seconds_left(job: Job, worker: Worker, now: float) -> float | None:
    if job.eta_seconds is not None:
        return job.eta_seconds
    if not worker.speed or worker.overhead is None or job.held_since is None:
        return None
    whole = seconds(job.work, worker.speed, worker.overhead)
    return max(0.0, whole - (now - job.held_since.timestamp()))
