"""When each queued job starts and how long it takes, from the measured speed of workers.

`forecast` walks the queue. `StartTimes` is the part of it that maintenance saves: from a job's
position and size it gives the job's times, at the same cost for every length of the queue.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from shared.job_store import QueuedJob, Worker

EVERY_POSITION = 50  # up to which the times of each position are saved
MORE_POINTS = 50  # that are saved of all later positions


@dataclass(frozen=True)
class Estimate:
    """Seconds until a job starts, and from then to its end."""

    waits: float
    runs: float


class Point(NamedTuple):
    """When the job at a position starts, in seconds, and the worker that takes it."""

    position: int
    waits: float
    speed: float
    overhead: float


class Curve(BaseModel):
    """The times of jobs that fit into `pixels`, and not into the next smaller curve's.

    `points` are by position, and the waits grow with it. The last point is for a job that comes
    after all that were queued.
    """

    model_config = ConfigDict(frozen=True)

    pixels: int
    points: list[Point]

    def estimate(self, position: int, work: float) -> Estimate:
        """Return the times of a job at a position; between two points, waits are interpolated."""
        index = bisect_left(self.points, position, key=lambda point: point.position)
        after = self.points[min(index, len(self.points) - 1)]
        before = self.points[max(0, index - 1)]
        waits = after.waits
        if before.position < position < after.position:
            share = (position - before.position) / (after.position - before.position)
            waits = before.waits + share * (after.waits - before.waits)
        return Estimate(waits, seconds(work, after.speed, after.overhead))


class StartTimes(BaseModel):
    """The forecast of a queue, for each size that makes a difference; smaller ones first."""

    model_config = ConfigDict(frozen=True)

    curves: list[Curve] = []

    def estimate(self, position: int, pixels: int, work: float) -> Estimate | None:
        """Return the times of a queued job; None if no worker is known to take it."""
        for curve in self.curves:
            if pixels <= curve.pixels:
                return curve.estimate(position, work)
        return None


def forecast(
    queued: Sequence[QueuedJob], workers: Sequence[Worker], busy: Mapping[str, float]
) -> StartTimes:
    """Assign each job to the worker that is free first.

    A job that no worker has the memory for has no estimate. Without any measured worker there are
    no estimates. A worker that is not measured yet is treated as the median of the others.

    Args:
        queued: the queued jobs, in the order in which they will start.
        workers: the workers that claim jobs.
        busy: worker's name to the seconds that it still needs for its job.
    """
    speeds_of = _speeds(workers)
    if not speeds_of:
        return StartTimes()
    free = {worker.name: busy.get(worker.name, 0.0) for worker in workers}
    able = {
        most: [worker.name for worker in workers if worker.pixels >= most]
        for most in sorted({worker.pixels for worker in workers})
    }
    points: dict[int, list[Point]] = {most: [] for most in able}
    for place, job in enumerate(queued, start=1):
        most = next((pixels for pixels in able if job.pixels <= pixels), None)
        if most is not None:
            first = min(able[most], key=free.__getitem__)
            points[most].append(Point(place, free[first], *speeds_of[first]))
            free[first] += seconds(job.work, *speeds_of[first])
    for most, names in able.items():
        first = min(names, key=free.__getitem__)
        points[most].append(Point(len(queued) + 1, free[first], *speeds_of[first]))
    return StartTimes(
        curves=[Curve(pixels=most, points=list(_thinned(each))) for most, each in points.items()]
    )


def _thinned(points: Sequence[Point]) -> Iterator[Point]:
    """Yield all points at first, then some, and always the last."""
    yield from points[:EVERY_POSITION]
    later = points[EVERY_POSITION:]
    step = -(-len(later) // MORE_POINTS) or 1
    yield from reversed(later[::-step])


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
