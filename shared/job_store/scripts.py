"""The steps on jobs that must be atomic: each a Lua script beside this file."""

from functools import cached_property
from pathlib import Path
from typing import Any

from redis.commands.core import Script

from shared.errors import StoreUnavailable
from shared.job_store.connection import Connection

_FOLDER = Path(__file__).parent / "lua"
WAIT_SECONDS = 1.0


class Scripted:
    """What every concern of the job store stands on: the connection and the scripts.

    With `replicas`, what must not be forgotten is confirmed by so many copies of Redis.
    """

    def __init__(self, redis: Connection, replicas: int = 0) -> None:
        self.redis = redis
        self._replicas = replicas

    @cached_property
    def _scripts(self) -> dict[str, Script]:
        common = "".join(path.read_text() for path in sorted(_FOLDER.glob("common/*.lua")))
        return {
            path.stem: self.redis.register_script(common + path.read_text())
            for path in _FOLDER.glob("*.lua")
        }

    def _run(self, script: str, *args: str | int | float) -> Any:
        return self._scripts[script](args=args)

    def _confirm(self) -> None:
        """Return when enough replicas have what this connection wrote.

        Raises:
            StoreUnavailable: they have not within a second.
        """
        if not self._replicas:
            return
        reached: Any = self.redis.wait(self._replicas, round(WAIT_SECONDS * 1000))
        if int(reached) < self._replicas:
            reason = f"{reached} of {self._replicas} replicas confirmed the write"
            raise StoreUnavailable(store="redis", reason=reason)
