"""What each live worker announces, and for how long it is believed."""

from pydantic import BaseModel, ConfigDict

from shared.jobs.connection import Connection

BELIEVED_SECONDS = 20
_KEY = "gw:worker:"


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
        self._redis.set(_KEY + worker.name, worker.model_dump_json(), ex=BELIEVED_SECONDS)

    def leave(self, name: str) -> None:
        """Say that the worker takes no more jobs."""
        self._redis.delete(_KEY + name)

    def live(self) -> list[Worker]:
        """Return the workers that announced themselves lately, by name."""
        keys = sorted(self._redis.scan_iter(_KEY + "*"))
        announced = self._redis.mget(keys) if keys else []
        return [Worker.model_validate_json(text) for text in announced if text]
