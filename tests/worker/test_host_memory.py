"""A worker uses the memory of its machine or its container."""

import os
from pathlib import Path

from worker.host_memory import oom_kills, usable_bytes


def test_a_container_s_limit_counts(tmp_path: Path) -> None:
    limit = tmp_path / "memory.max"
    limit.write_text("2000000000\n")
    assert usable_bytes([tmp_path / "none", limit]) == 1_500_000_000


def test_without_a_limit_the_machine_s_memory_counts(tmp_path: Path) -> None:
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = tmp_path / "memory.max"
    limit.write_text("max\n")
    assert usable_bytes([limit]) == usable_bytes([limit, tmp_path]) == int(physical * 0.75)


def test_processes_ended_by_the_oom_killer_are_counted(tmp_path: Path) -> None:
    machine, container = tmp_path / "vmstat", tmp_path / "memory.events"
    machine.write_text("nr_free_pages 12\noom_kill 3\n")
    container.write_text("low 0\noom 5\noom_kill 2\noom_group_kill 0\n")
    assert oom_kills([machine, container, tmp_path / "none"]) == 5
