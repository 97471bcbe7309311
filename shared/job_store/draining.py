"""Which workers take no more jobs, because they are told to finish or about to end."""

from typing import Any

from shared.job_store.keys import DRAINING
from shared.job_store.scripts import Scripted


class Draining(Scripted):
    """The concern of workers that leave; `claim_next` heeds it."""

    def drain(self, worker: str, seconds: float = float("inf")) -> None:
        """Let a worker take no more jobs, for so many seconds; the one it has, it finishes."""
        now = self.redis.clock()
        pipeline = self.redis.pipeline()
        pipeline.zremrangebyscore(DRAINING, "-inf", now)
        pipeline.zadd(DRAINING, {worker: now + seconds})
        pipeline.execute()

    def undrain(self, worker: str) -> None:
        """Let it take jobs again."""
        self.redis.zrem(DRAINING, worker)

    def draining(self) -> set[str]:
        """Return the workers that take no more jobs."""
        names: Any = self.redis.zrangebyscore(DRAINING, self.redis.clock(), "+inf")
        return set(names)
