"""A worker's memory over many jobs: a real worker process, web and Redis."""

import random
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

from gramworks import Client
from samples import PHOTOGRAPHS, STYLES, photograph_path, style_path
from shared.job_store import connect
from tests.system.running_system import RunningSystem, largest_child

JOBS = 300
EARLY = 50  # jobs after which the memory no longer grows
WINDOW = 10  # jobs that a median is of: the pool process may have been replaced at the last one
GROWTH = 1.05
SIZES = range(64, 193, 8)
PRESETS = ("draft", "balanced", "faithful")
QUICK = {"iterations": 3, "coarse_iterations": 3}  # memory depends on sizes, not on evaluations
MEGABYTE = 1_000_000
PAGE = 4096  # bytes


@pytest.fixture
def system(redis_url: str, tmp_path: Path) -> Iterator[RunningSystem]:
    connect(redis_url).flushall()
    system = RunningSystem(redis_url, tmp_path)
    system.start_web()
    system.start_worker()
    yield system
    system.end()


@pytest.mark.timeout(5400)
def test_a_workers_memory_stays_as_it_is_after_fifty_jobs_of_mixed_sizes(
    system: RunningSystem,
) -> None:
    worker, chosen, sizes = system.running("worker").pid, random.Random(1), []
    with system.client() as client:
        for number in range(1, JOBS + 1):
            paint(client, chosen)
            sizes.append(resident_bytes(worker, largest_child(worker)) / MEGABYTE)
            if number % WINDOW == 0:
                print(f"{number} jobs: {median(sizes[-WINDOW:]):.0f} MB", flush=True)
    early, late = median(sizes[EARLY - WINDOW : EARLY]), median(sizes[-WINDOW:])
    assert late <= GROWTH * early, f"{early:.0f} MB grew to {late:.0f} MB"


def paint(client: Client, chosen: random.Random) -> None:
    """Paint a sample of a random size and preset."""
    settings = {"preset": chosen.choice(PRESETS), "size": chosen.choice(SIZES), **QUICK}
    photograph, style = chosen.choice(list(PHOTOGRAPHS)), chosen.choice(list(STYLES))
    job = client.submit(photograph_path(photograph), style_path(style), settings)
    assert client.wait(job.id).state == "succeeded"


def resident_bytes(*processes: int) -> int:
    """Return the memory that processes hold, together."""
    files = [Path(f"/proc/{process}/statm") for process in processes]
    return sum(int(file.read_text().split()[1]) for file in files) * PAGE
