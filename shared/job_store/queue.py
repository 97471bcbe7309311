"""Reads what is queued and in which order; `lua/common/2_order.lua` decides the order."""

import json
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from shared.job import Priority
from shared.job_store.connection import Connection
from shared.job_store.keys import PRIORITIES, Key, job_of_member, queue_key
from shared.job_store.scripts import Scripts
from shared.job_store.turns import QueueState, turns_of_priorities

PART = 1000  # members that are read at a time


class Load(NamedTuple):
    """How many jobs are queued, and the bytes of their pictures."""

    jobs: int
    bytes: int


class QueuedJob(NamedTuple):
    """What a queued job needs from a worker; `work` is the sum of its levels' `Level.work`."""

    job_id: str
    pixels: int
    work: float


class QueueHead(NamedTuple):
    """How many jobs of a priority are queued, and the ids of those that start first."""

    length: int
    job_ids: list[str]


class JobQueue:
    """Reads the queue. May raise StoreUnavailable."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._scripts = Scripts(connection)

    def load(self) -> Load:
        """Return how much is queued."""
        jobs, size = self._integers(Key.LOAD, ("jobs", "bytes"))
        return Load(jobs, size)

    def next_position(self, priority: Priority, owner: str) -> int:
        """Return the position of a job that an owner would submit now."""
        rank, queued, passed = json.loads(self._scripts.run("next_place", priority, owner))
        return QueueState.of(queued, passed).next_position(priority, rank)

    def running_count(self) -> int:
        """Return how many jobs are running."""
        count: Any = self._connection.zcard(Key.LEASES)
        return int(count)

    def heads(self, limit: int) -> dict[Priority, QueueHead]:
        """Return for each priority how many jobs are queued, and up to `limit` in their order."""
        pipeline = self._connection.pipeline()
        for priority in PRIORITIES:
            pipeline.zcard(queue_key(priority))
            pipeline.zrange(queue_key(priority), 0, limit - 1)
        answers: Any = pipeline.execute()
        counted = zip(PRIORITIES, answers[::2], answers[1::2], strict=True)
        return {
            priority: QueueHead(count, [job_of_member(member) for member in members])
            for priority, count, members in counted
        }

    def order(self) -> list[str]:
        """Return the ids of the queued jobs in the order in which they will start.

        It reads the whole queue, a part at a time: requests use a job's position instead.
        """
        members = {priority: self._members(priority) for priority in PRIORITIES}
        counts = {priority: len(queue) for priority, queue in members.items()}
        following = {priority: iter(queue) for priority, queue in members.items()}
        turns = turns_of_priorities(counts, self._passed())
        return [job_of_member(next(following[priority])) for priority in turns]

    def workload(self) -> list[QueuedJob]:
        """Return the queued jobs in the order in which they will start, with what they need."""
        ids = self.order()
        jobs: list[QueuedJob | None] = []
        for start in range(0, len(ids), PART):
            part = ids[start : start + PART]
            rows = json.loads(self._scripts.run("workload", *part))
            jobs += [_queued_job(job_id, *row) for job_id, row in zip(part, rows, strict=True)]
        return [job for job in jobs if job]

    def save_forecast(self, forecast: str, seconds: float) -> None:
        """Keep the forecast of start times for `seconds`."""
        self._connection.set(Key.FORECAST, forecast, px=round(seconds * 1000))

    def forecast(self) -> str | None:
        """Return the forecast that was saved last; None if it has expired."""
        saved: Any = self._connection.get(Key.FORECAST)
        return None if saved is None else str(saved)

    def _members(self, priority: Priority) -> list[str]:
        """Return the queue of a priority; a job that moves meanwhile is missing or comes twice."""
        members: list[str] = []
        while True:
            start = len(members)
            part: Any = self._connection.zrange(queue_key(priority), start, start + PART - 1)
            members += part
            if len(part) < PART:
                return members

    def _passed(self) -> dict[Priority, int]:
        return dict(zip(PRIORITIES, self._integers(Key.PASSED, PRIORITIES), strict=True))

    def _integers(self, key: str, fields: Sequence[str]) -> list[int]:
        values: Any = self._connection.hmget(key, list(fields))
        return [int(value or 0) for value in values]


def _queued_job(
    job_id: str, pixels: str | Literal[False], work: str | Literal[False]
) -> QueuedJob | None:
    """Return what a job needs; None if its record is gone or damaged."""
    try:
        return QueuedJob(job_id, int(pixels or ""), float(work or ""))
    except ValueError:
        return None
