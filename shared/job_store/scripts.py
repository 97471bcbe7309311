"""Loads the Lua scripts in `lua/`; the constants and `common/` are prepended to each."""

from pathlib import Path
from typing import Any

from redis.commands.core import Script

from shared.job_store.connection import Connection
from shared.job_store.keys import lua_constants

_FOLDER = Path(__file__).parent / "lua"


class Scripts:
    """The scripts by name; redis-py loads each into Redis on its first use."""

    def __init__(self, connection: Connection) -> None:
        common = [path.read_text() for path in sorted(_FOLDER.glob("common/*.lua"))]
        prelude = "".join([lua_constants(), *common])
        self._scripts: dict[str, Script] = {
            path.stem: connection.register_script(prelude + path.read_text())
            for path in _FOLDER.glob("*.lua")
        }

    def run(self, name: str, *args: str | int | float) -> Any:
        """Run a script and return its answer.

        Raises:
            StoreUnavailable: Redis is not reachable, loading, full or read-only.
        """
        return self._scripts[name](args=args)
