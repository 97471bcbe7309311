"""The queue: which job runs next, decided in one atomic place."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import uuid4

from shared.job import Priority
from shared.job_store.keys import LEASES, LOAD, PASSED, job_key, queue_key
from shared.job_store.order import PRIORITIES, turns
from shared.job_store.scripts import Scripted

_NUMBER = 16  # digits before a job's id, so that equal tags go by number


@dataclass(frozen=True)
class Capability:
    """What a worker can take on: results of at most `pixels` pixels."""

    worker: str
    pixels: int


@dataclass(frozen=True)
class Claim:
    """The right to run a job: `attempt` is the fencing number that every write must show."""

    job_id: str
    attempt: int


class Load(NamedTuple):
    """What waits: how many jobs, and the bytes of their pictures."""

    jobs: int
    bytes: int


class Waiting(NamedTuple):
    """A queued job, by what it asks of a worker: `work` is `StyleSettings.levels`' sum."""

    job_id: str
    pixels: int
    work: float


class Queue(Scripted):
    """The concern of the queue."""

    def claim_next(self, capability: Capability, lease_seconds: float) -> Claim | None:
        """Claim the next job that fits the worker, under a lease; None if none does.

        What the worker still holds counts as lost: it runs one job at a time.
        """
        lease, nonce = round(lease_seconds * 1000), uuid4().hex
        claimed: Any = self._run("claim_next", capability.pixels, capability.worker, lease, nonce)
        return Claim(job_id=claimed[0], attempt=claimed[1]) if claimed else None

    def load(self) -> Load:
        """Return how much waits."""
        jobs, size = self._fields(LOAD, ("jobs", "bytes"))
        return Load(jobs, size)

    def waiting(self) -> int:
        """Return how many jobs are queued."""
        return self.load().jobs

    def running(self) -> int:
        """Return how many jobs are held by a worker."""
        count: Any = self.redis.zcard(LEASES)
        return int(count)

    def in_order(self) -> list[str]:
        """Return the ids of the queued jobs in the order in which they will be started."""
        pipeline = self.redis.pipeline()
        for priority in PRIORITIES:
            pipeline.zrange(queue_key(priority), 0, -1)
        queues = dict(zip(PRIORITIES, pipeline.execute(), strict=True))
        members = {priority: iter(queue) for priority, queue in queues.items()}
        waiting = {priority: len(queue) for priority, queue in queues.items()}
        return [next(members[turn])[_NUMBER:] for turn in turns(waiting, self._passed())]

    def workload(self) -> list[Waiting]:
        """Return the queued jobs in the order in which they will be started, with what they ask."""
        ids = self.in_order()
        pipeline = self.redis.pipeline()
        for job_id in ids:
            pipeline.hmget(job_key(job_id), "pixels", "work")
        rows = zip(ids, pipeline.execute() if ids else [], strict=True)
        return [
            Waiting(job_id, int(pixels), float(work)) for job_id, (pixels, work) in rows if pixels
        ]

    def positions(self, jobs: Mapping[str, tuple[Priority, int]]) -> dict[str, int]:
        """Return the place of each queued job in that order, 1 for the next.

        Args:
            jobs: the priority and the number of each, by id; those not queued have no place.
        """
        pipeline = self.redis.pipeline()
        for job_id, (priority, number) in jobs.items():
            pipeline.zrank(queue_key(priority), f"{number:0{_NUMBER}d}{job_id}")
        for priority in PRIORITIES:
            pipeline.zcard(queue_key(priority))
        answers = pipeline.execute()
        ranks, counts = answers[: len(jobs)], answers[len(jobs) :]
        return _places(dict(zip(PRIORITIES, counts, strict=True)), self._passed(), jobs, ranks)

    def _passed(self) -> dict[Priority, int]:
        return dict(zip(PRIORITIES, self._fields(PASSED, PRIORITIES), strict=True))

    def _fields(self, key: str, names: Sequence[str]) -> list[int]:
        values: Any = self.redis.hmget(key, list(names))
        return [int(value or 0) for value in values]


def _places(
    waiting: Mapping[Priority, int],
    passed: Mapping[Priority, int],
    jobs: Mapping[str, tuple[Priority, int]],
    ranks: Sequence[int | None],
) -> dict[str, int]:
    wanted: dict[tuple[Priority, int], str] = {
        (jobs[job_id][0], rank): job_id
        for job_id, rank in zip(jobs, ranks, strict=True)
        if rank is not None
    }
    places, met = {}, defaultdict[Priority, int](int)
    for place, priority in enumerate(turns(waiting, passed), start=1):
        if found := wanted.pop((priority, met[priority]), None):
            places[found] = place
        if not wanted:
            break
        met[priority] += 1
    return places
