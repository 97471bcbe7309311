"""The workers: what each announces, and which are online, draining or suspended."""

import json
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError

from shared.errors import WorkerNotFound
from shared.job_store.connection import Connection
from shared.job_store.keys import LIMITS, Key
from shared.job_store.scripts import Scripts

REMEMBERED_SECONDS = 86_400.0  # after its last heartbeat, for which a worker is remembered


class Memory(NamedTuple):
    """A worker's memory in bytes, and what painting takes of it.

    It plans with `total`. Painting takes `base`, and `a_pixel` for each pixel of a result that is
    painted as a whole.
    """

    total: int
    base: int
    a_pixel: int

    def needed(self, pixels: int) -> int:
        """Return what a result takes: all of the memory if it has to be painted in tiles."""
        return min(self.total, self.base + self.a_pixel * pixels)


class Worker(BaseModel):
    """A worker that takes jobs of up to `pixels` pixels.

    As measured over its last jobs, a job of `work` (see `Level.work`) takes it `overhead` + `work`
    / `speed` seconds; both are None before its first job. If it lost several jobs in a row, it is
    suspended for `suspended_reason`: it claims nothing until `suspended_until`. It has been online
    `since` its start. Both are Redis's time in seconds.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    pixels: int
    device: str = ""
    memory: Memory | None = None
    speed: float | None = None
    overhead: float | None = None
    suspended_until: float | None = None
    suspended_reason: str | None = None
    since: float | None = None


NOT_ANNOUNCED = {"suspended_until", "suspended_reason", "since"}


class Workers:
    """The workers in Redis. Every method may raise StoreUnavailable.

    A worker's pool process announces what it can do; its main process sends heartbeats.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._scripts = Scripts(connection)

    def join(self, name: str) -> None:
        """Record that a worker starts; an earlier one of this name may have been draining."""
        pipeline = self._connection.pipeline()
        pipeline.zadd(Key.SINCE, {name: self._connection.clock()})
        pipeline.zrem(Key.DRAINING, name)
        pipeline.execute()

    def describe(self, worker: Worker) -> None:
        """Announce what a worker can do and how fast it is."""
        announced = worker.model_dump_json(exclude=NOT_ANNOUNCED)
        self._connection.hset(Key.WORKERS, worker.name, announced)

    def heartbeat(self, name: str) -> None:
        """Record that a worker is online; without further heartbeats it is forgotten."""
        now = self._connection.clock()
        silent: Any = self._connection.zrangebyscore(Key.SEEN, "-inf", now - REMEMBERED_SECONDS)
        pipeline = self._connection.pipeline()
        for each in silent:
            self._forget(pipeline, each)
        pipeline.zadd(Key.SEEN, {name: now})
        pipeline.zremrangebyscore(Key.DRAINING, "-inf", now)
        pipeline.zremrangebyscore(Key.LARGEST, "-inf", now - REMEMBERED_SECONDS)
        pipeline.hget(Key.WORKERS, name)
        *_, announced = pipeline.execute()
        if announced and (worker := _worker(announced, None, now)):
            self._connection.zadd(Key.LARGEST, {str(worker.pixels): now})

    def leave(self, name: str) -> None:
        """Forget a worker that has stopped or is stopping."""
        pipeline = self._connection.pipeline()
        self._forget(pipeline, name)
        pipeline.execute()

    def live(self) -> list[Worker]:
        """Return the workers that sent a heartbeat recently and are announced, by name.

        One whose announcement cannot be read, since it is of another version, is left out.
        """
        now = self._connection.clock()
        heard = now - LIMITS.heard_seconds
        names: Any = sorted(self._connection.zrangebyscore(Key.SEEN, heard, "+inf"))
        if not names:
            return []
        pipeline = self._connection.pipeline()
        pipeline.hmget(Key.WORKERS, names)
        pipeline.mget([f"{Key.FAILURES}{name}" for name in names])
        pipeline.zmscore(Key.SINCE, names)
        rows = zip(*pipeline.execute(), strict=True)
        workers = (_worker(text, failed, now, since) for text, failed, since in rows if text)
        return [worker for worker in workers if worker]

    def silent(self, limit: int) -> dict[str, float]:
        """Return up to `limit` workers that are lost, and the time of their last heartbeat.

        A worker that stops says so; these did not, and are remembered for a day.
        """
        now = self._connection.clock()
        latest, earliest = f"({now - LIMITS.heard_seconds}", now - REMEMBERED_SECONDS
        rows: Any = self._connection.zrevrangebyscore(
            Key.SEEN, latest, earliest, start=0, num=limit, withscores=True
        )
        return dict(rows)

    def suspension(self, name: str) -> tuple[float, str] | None:
        """Return how many seconds a worker stays suspended, and why; None if it is not."""
        failures: Any = self._connection.get(f"{Key.FAILURES}{name}")
        now = self._connection.clock()
        until, reason = _suspension(failures, now)
        return None if until is None else (until - now, reason or "")

    def largest_recently(self) -> int | None:
        """Return the largest `pixels` of a worker in the last day; None if there was none."""
        since = self._connection.clock() - REMEMBERED_SECONDS
        sizes: Any = self._connection.zrangebyscore(Key.LARGEST, since, "+inf")
        return max(map(int, sizes), default=None)

    def drain(self, name: str, seconds: float = float("inf")) -> None:
        """Let a worker finish its job and claim no more, for `seconds`."""
        now = self._connection.clock()
        pipeline = self._connection.pipeline()
        pipeline.zremrangebyscore(Key.DRAINING, "-inf", now)
        pipeline.zadd(Key.DRAINING, {name: now + seconds})
        pipeline.execute()

    def undrain(self, name: str) -> None:
        """Let a worker claim jobs again."""
        self._connection.zrem(Key.DRAINING, name)

    def set_draining(self, name: str, *, is_draining: bool) -> None:
        """Let an online worker finish its job and claim no more, or claim jobs again.

        Raises:
            WorkerNotFound: no such worker is online.
        """
        if not self._scripts.run("drain", name, "drain" if is_draining else "undrain"):
            raise WorkerNotFound(name=name)

    def draining(self) -> set[str]:
        """Return the names of the workers that are draining."""
        now = self._connection.clock()
        names: Any = self._connection.zrangebyscore(Key.DRAINING, now, "+inf")
        return set(names)

    @staticmethod
    def _forget(pipeline: Any, name: str) -> None:
        pipeline.hdel(Key.WORKERS, name)
        pipeline.zrem(Key.SEEN, name)
        pipeline.zrem(Key.SINCE, name)
        pipeline.zrem(Key.DRAINING, name)
        pipeline.delete(f"{Key.FAILURES}{name}", f"{Key.CLAIM}{name}")


def _worker(
    announced: str, failures: str | None, now: float, since: float | None = None
) -> Worker | None:
    try:
        worker = Worker.model_validate_json(announced)
    except ValidationError:
        return None
    until, reason = _suspension(failures, now)
    known = {"suspended_until": until, "suspended_reason": reason, "since": since}
    return worker.model_copy(update=known)


def _suspension(failures: str | None, now: float) -> tuple[float | None, str | None]:
    known = json.loads(failures) if failures else {}
    until = known.get("suspended_until", 0) / 1000
    return (until, known.get("reason", "")) if until > now else (None, None)
