"""When each queued job starts and how long it takes, from the measured speed of workers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from shared.job_store import QueuedJob, Worker


@dataclass(frozen=True)
class Estimate:
    """Seconds until a job starts, and from then to its end."""

    waits: float
    runs: float


def forecast(
    queued: Sequence[QueuedJob], workers: Sequence[Worker], busy: Mapping[str, float]
) -> dict[str, Estimate]:
    """Assign each job to the worker that is free first; return an estimate by job id.

    A job that no worker has the memory for has no estimate. Without any measured worker there are
    no estimates. A worker that is not measured yet is treated as the median of the others.

    Args:
        queued: the queued jobs, in the order in which they will start.
        workers: the workers that claim jobs.
        busy: worker's name to the seconds that it still needs for its job.
    """
    speeds_of = _speeds(workers)
    free = {worker.name: busy.get(worker.name, 0.0) for worker in workers} if speeds_of else {}
    pixels = {worker.name: worker.pixels for worker in workers}
    estimates = {}
    for job in queued:
        able = [name for name in free if pixels[name] >= job.pixels]
        if able:
            first = min(able, key=free.__getitem__)
            runs = seconds(job.work, *speeds_of[first])
            estimates[job.job_id] = Estimate(free[first], runs)
            free[first] += runs
    return estimates


def seconds(work: float, speed: float, overhead: float) -> float:
    """Return how long a worker takes for a job, given its measured speed and overhead."""
    return overhead + work / speed


def _speeds(workers: Sequence[Worker]) -> dict[str, tuple[float, float]]:
    known = {
        worker.name: (worker.speed, worker.overhead)
        for worker in workers
        if worker.speed and worker.overhead is not None
    }
    if not known:
        return {}
    speeds, overheads = zip(*known.values(), strict=True)
    usual = median(speeds), median(overheads)
    return {worker.name: known.get(worker.name, usual) for worker in workers}
