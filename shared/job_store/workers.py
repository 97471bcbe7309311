"""What each live worker tells of itself, and for how long it is believed."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from shared.job_store.connection import Connection

BELIEVED_SECONDS = 20.0
REMEMBERED_SECONDS = 86_400.0  # for which the largest result that a worker took is remembered
_DETAILS, _SEEN = "gw:workers", "gw:worker-names"  # name to JSON; name by when it was heard from
_LARGEST = "gw:largest"  # pixels by when a worker that takes so many was heard from


class Worker(BaseModel):
    """A worker that takes jobs of at most `pixels` pixels.

    As measured over its last jobs, a job of `work` (see `StyleSettings.levels`) takes it
    `overhead` + `work` / `speed` seconds; None before its first.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    pixels: int
    device: str = ""
    speed: float | None = None
    overhead: float | None = None


class Workers:
    """The live workers; every method may raise StoreUnavailable.

    The process that paints describes itself; its parent tells that both live.
    """

    def __init__(self, redis: Connection) -> None:
        self._redis = redis

    def describe(self, worker: Worker) -> None:
        """Tell what the worker can do and how fast it is."""
        self._redis.hset(_DETAILS, worker.name, worker.model_dump_json())

    def heartbeat(self, name: str) -> None:
        """Say that the worker lives; it is forgotten unless it says so again."""
        now = self._redis.clock()
        silent: Any = self._redis.zrangebyscore(_SEEN, "-inf", now - REMEMBERED_SECONDS)
        pipeline = self._redis.pipeline()
        for each in silent:
            self._forget(pipeline, each)
        pipeline.zadd(_SEEN, {name: now})
        pipeline.zremrangebyscore(_LARGEST, "-inf", now - REMEMBERED_SECONDS)
        pipeline.hget(_DETAILS, name)
        *_, details = pipeline.execute()
        if details:
            self._redis.zadd(_LARGEST, {str(Worker.model_validate_json(details).pixels): now})

    def leave(self, name: str) -> None:
        """Say that the worker takes no more jobs."""
        pipeline = self._redis.pipeline()
        self._forget(pipeline, name)
        pipeline.execute()

    def live(self) -> list[Worker]:
        """Return the workers that were heard of lately and can paint, by name."""
        names: Any = self._redis.zrangebyscore(
            _SEEN, self._redis.clock() - BELIEVED_SECONDS, "+inf"
        )
        described: Any = self._redis.hmget(_DETAILS, sorted(names)) if names else []
        return [Worker.model_validate_json(text) for text in described if text]

    def largest_lately(self) -> int | None:
        """Return the most pixels that a worker took in the last day; None if there was none."""
        sizes: Any = self._redis.zrangebyscore(
            _LARGEST, self._redis.clock() - REMEMBERED_SECONDS, "+inf"
        )
        return max(map(int, sizes), default=None)

    @staticmethod
    def _forget(pipeline: Any, name: str) -> None:
        pipeline.hdel(_DETAILS, name)
        pipeline.zrem(_SEEN, name)
