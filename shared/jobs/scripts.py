"""The steps on jobs that must be atomic: each a Lua script beside this file."""

from functools import cached_property
from pathlib import Path
from typing import Any

from redis.commands.core import Script

from shared.jobs.connection import Connection

_FOLDER = Path(__file__).parent / "lua"


class Scripted:
    """What every concern of the job store stands on: the connection and the scripts."""

    def __init__(self, redis: Connection) -> None:
        self.redis = redis

    @cached_property
    def _scripts(self) -> dict[str, Script]:
        prelude = (_FOLDER / "prelude.lua").read_text()
        return {
            path.stem: self.redis.register_script(prelude + path.read_text())
            for path in _FOLDER.glob("*.lua")
            if path.stem != "prelude"
        }

    def _run(self, script: str, *args: str | int | float) -> Any:
        return self._scripts[script](args=args)
