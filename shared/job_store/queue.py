"""Reads what is queued and in which order; `lua/common/2_order.lua` decides the order."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from shared.job import Priority
from shared.job_store.connection import Connection
from shared.job_store.keys import (
    MAX_PASSED,
    PRIORITIES,
    Key,
    job_key,
    job_of_member,
    queue_key,
    queue_member,
)


class Load(NamedTuple):
    """How many jobs are queued, and the bytes of their pictures."""

    jobs: int
    bytes: int


class QueuedJob(NamedTuple):
    """What a queued job needs from a worker; `work` is the sum of its levels' `Level.work`."""

    job_id: str
    pixels: int
    work: float


class JobQueue:
    """Reads the queue. May raise StoreUnavailable."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def load(self) -> Load:
        """Return how much is queued."""
        jobs, size = self._integers(Key.LOAD, ("jobs", "bytes"))
        return Load(jobs, size)

    def running_count(self) -> int:
        """Return how many jobs are running."""
        count: Any = self._connection.zcard(Key.LEASES)
        return int(count)

    def order(self) -> list[str]:
        """Return the ids of the queued jobs in the order in which they will start."""
        pipeline = self._connection.pipeline()
        for priority in PRIORITIES:
            pipeline.zrange(queue_key(priority), 0, -1)
        members = dict(zip(PRIORITIES, pipeline.execute(), strict=True))
        counts = {priority: len(queue) for priority, queue in members.items()}
        following = {priority: iter(queue) for priority, queue in members.items()}
        turns = turns_of_priorities(counts, self._passed())
        return [job_of_member(next(following[priority])) for priority in turns]

    def workload(self) -> list[QueuedJob]:
        """Return the queued jobs in the order in which they will start, with what they need."""
        ids = self.order()
        pipeline = self._connection.pipeline()
        for job_id in ids:
            pipeline.hmget(job_key(job_id), "pixels", "work")
        rows = zip(ids, pipeline.execute() if ids else [], strict=True)
        jobs = (_queued_job(job_id, pixels, work) for job_id, (pixels, work) in rows)
        return [job for job in jobs if job]

    def positions(self, jobs: Mapping[str, tuple[Priority, int]]) -> dict[str, int]:
        """Return the position of each queued job, 1 for the one that starts next.

        Args:
            jobs: id to priority and number; jobs that are not queued get no position.
        """
        pipeline = self._connection.pipeline()
        for job_id, (priority, number) in jobs.items():
            pipeline.zrank(queue_key(priority), queue_member(number, job_id))
        for priority in PRIORITIES:
            pipeline.zcard(queue_key(priority))
        answers = pipeline.execute()
        ranks, counts = answers[: len(jobs)], answers[len(jobs) :]
        ids = {
            (priority, rank): job_id
            for (job_id, (priority, _)), rank in zip(jobs.items(), ranks, strict=True)
            if rank is not None
        }
        return _positions(ids, dict(zip(PRIORITIES, counts, strict=True)), self._passed())

    def _passed(self) -> dict[Priority, int]:
        return dict(zip(PRIORITIES, self._integers(Key.PASSED, PRIORITIES), strict=True))

    def _integers(self, key: str, fields: Sequence[str]) -> list[int]:
        values: Any = self._connection.hmget(key, list(fields))
        return [int(value or 0) for value in values]


def _queued_job(job_id: str, pixels: str | None, work: str | None) -> QueuedJob | None:
    """Return what a job needs; None if its record is gone or damaged."""
    try:
        return QueuedJob(job_id, int(pixels or ""), float(work or ""))
    except ValueError:
        return None


def turns_of_priorities(
    queued: Mapping[Priority, int], passed: Mapping[Priority, int]
) -> Iterator[Priority]:
    """Yield the priority of each queued job in the order in which they will start.

    This is the rule of `choose` in `lua/common/2_order.lua`.

    Args:
        queued: how many jobs of each priority are queued.
        passed: how often each priority was passed over.
    """
    left, counts = dict(queued), dict(passed)
    while any(left.values()):
        chosen = _next_priority({priority for priority, count in left.items() if count}, counts)
        left[chosen] -= 1
        yield chosen


def _next_priority(candidates: set[Priority], passed: dict[Priority, int]) -> Priority:
    ranked = [priority for priority in PRIORITIES if priority in candidates]
    due = [
        rank for rank in ranked if rank in MAX_PASSED and passed.get(rank, 0) >= MAX_PASSED[rank]
    ]
    chosen = due[-1] if due else ranked[0]
    passed[chosen] = 0
    for lower in ranked[ranked.index(chosen) + 1 :]:
        passed[lower] = passed.get(lower, 0) + 1
    return chosen


def _positions(
    ids: Mapping[tuple[Priority, int], str],
    queued: Mapping[Priority, int],
    passed: Mapping[Priority, int],
) -> dict[str, int]:
    """Return the position of each job, given its priority and its rank within it."""
    found: dict[str, int] = {}
    started = defaultdict[Priority, int](int)
    for position, priority in enumerate(turns_of_priorities(queued, passed), start=1):
        if len(found) == len(ids):
            break
        if job_id := ids.get((priority, started[priority])):
            found[job_id] = position
        started[priority] += 1
    return found
