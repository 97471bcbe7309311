"""The queue: which job runs next, decided in one atomic place."""

from dataclasses import dataclass
from typing import Any

from shared.jobs.scripts import Scripted

QUEUE = "gw:queue"
LEASES = "gw:leases"


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


class Queue(Scripted):
    """The concern of the queue."""

    def claim_next(self, capability: Capability, lease_seconds: float) -> Claim | None:
        """Claim the first queued job that fits the worker, under a lease; None if none does."""
        claimed: Any = self._run(
            "claim_next", capability.pixels, capability.worker, round(lease_seconds * 1000)
        )
        return Claim(job_id=claimed[0], attempt=claimed[1]) if claimed else None

    def waiting(self) -> int:
        """Return how many jobs are queued."""
        count: Any = self.redis.zcard(QUEUE)
        return int(count)

    def running(self) -> int:
        """Return how many jobs are held by a worker."""
        count: Any = self.redis.zcard(LEASES)
        return int(count)
