"""When each queued job will start and how long it will take, from the measured speed of workers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from shared.job_store.queue import Waiting
from shared.job_store.workers import Worker


@dataclass(frozen=True)
class Estimate:
    """Seconds until a job starts, and from then to its end."""

    waits: float
    runs: float


def forecast(
    waiting: Sequence[Waiting], workers: Sequence[Worker], busy: Mapping[str, float]
) -> dict[str, Estimate]:
    """Let each worker take the jobs in their order as it gets free; return what comes out.

    Jobs for which no worker has the memory have no estimate, and without any measured worker
    nobody has one. A worker that was not measured yet counts as the median of the others.

    Args:
        waiting: the queued jobs, in the order in which they will be started.
        workers: those that take jobs.
        busy: for how many seconds a worker is still at its job, by name.
    """
    paces = _paces(workers)
    free = {worker.name: busy.get(worker.name, 0.0) for worker in workers} if paces else {}
    pixels = {worker.name: worker.pixels for worker in workers}
    estimates = {}
    for job in waiting:
        able = [name for name in free if pixels[name] >= job.pixels]
        if able:
            first = min(able, key=free.__getitem__)
            runs = seconds(job.work, *paces[first])
            estimates[job.job_id] = Estimate(free[first], runs)
            free[first] += runs
    return estimates


def seconds(work: float, speed: float, overhead: float) -> float:
    """Return how long a worker of this measured pace takes for a job."""
    return overhead + work / speed


def _paces(workers: Sequence[Worker]) -> dict[str, tuple[float, float]]:
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
