"""What each live worker announces, and for how long it is believed."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from shared.jobs.connection import Connection

BELIEVED_SECONDS = 20.0
_DETAILS, _SEEN = "gw:workers", "gw:worker-names"  # name to JSON; name by when it was heard from


class Worker(BaseModel):
    """A worker that takes jobs of at most `pixels` pixels."""

    model_config = ConfigDict(frozen=True)

    name: str
    pixels: int


class Workers:
    """The live workers; every method may raise StoreUnavailable."""

    def __init__(self, redis: Connection) -> None:
        self._redis = redis

    def announce(self, worker: Worker) -> None:
        """Say that the worker lives; it is forgotten unless it says so again."""
        now = self._now()
        silent: Any = self._redis.zrangebyscore(_SEEN, "-inf", now - BELIEVED_SECONDS)
        pipeline = self._redis.pipeline()
        for name in silent:
            self._forget(pipeline, name)
        pipeline.hset(_DETAILS, worker.name, worker.model_dump_json())
        pipeline.zadd(_SEEN, {worker.name: now})
        pipeline.execute()

    def leave(self, name: str) -> None:
        """Say that the worker takes no more jobs."""
        pipeline = self._redis.pipeline()
        self._forget(pipeline, name)
        pipeline.execute()

    def live(self) -> list[Worker]:
        """Return the workers that announced themselves lately, by name."""
        names: Any = self._redis.zrangebyscore(_SEEN, self._now() - BELIEVED_SECONDS, "+inf")
        announced: Any = self._redis.hmget(_DETAILS, sorted(names)) if names else []
        return [Worker.model_validate_json(text) for text in announced if text]

    def _now(self) -> float:
        time: Any = self._redis.time()  # Redis's own: workers' clocks may differ
        return float(time[0] + time[1] / 1e6)

    @staticmethod
    def _forget(pipeline: Any, name: str) -> None:
        pipeline.hdel(_DETAILS, name)
        pipeline.zrem(_SEEN, name)
