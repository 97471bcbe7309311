"""How much memory this machine, or the container it is in, has for the worker."""

import os
from pathlib import Path

LIMIT = Path("/sys/fs/cgroup/memory.max")
SHARE = 0.75  # the rest is for the system, the parent process and the page cache


def usable_bytes(limit: Path = LIMIT) -> int:
    """Return how many bytes the worker may plan with."""
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return int(min(physical, _container_limit(limit) or physical) * SHARE)


def _container_limit(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (OSError, ValueError):  # no such file, or "max"
        return None
