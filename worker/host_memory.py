"""How much memory the worker can use on this machine or in its container."""

import os
from collections.abc import Sequence
from pathlib import Path

CGROUP_LIMITS = (  # cgroup v2 and v1
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)
OOM_COUNTERS = (  # on this machine; in this container, cgroup v2 and v1
    Path("/proc/vmstat"),
    Path("/sys/fs/cgroup/memory.events"),
    Path("/sys/fs/cgroup/memory/memory.oom_control"),
)
USABLE_SHARE = 0.75  # the rest is for the system, the main process and the page cache


def usable_bytes(limits: Sequence[Path] = CGROUP_LIMITS) -> int:
    """Return how many bytes the worker can use."""
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return int(
        min(physical, *(_container_limit(path) or physical for path in limits)) * USABLE_SHARE
    )


def oom_kills(counters: Sequence[Path] = OOM_COUNTERS) -> int:
    """Return how many processes the kernel's OOM killer has ended here or on this machine."""
    return sum(_counted(path, "oom_kill") for path in counters)


def _counted(path: Path, name: str) -> int:
    try:
        lines = dict(line.split(None, 1) for line in path.read_text().splitlines())
        return int(lines.get(name, 0))
    except (OSError, ValueError):
        return 0


def _container_limit(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (OSError, ValueError):  # no such file, or "max"
        return None
