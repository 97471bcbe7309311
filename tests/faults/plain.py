"""The same faults on plain Celery, for comparison: `python -m tests.faults.plain`."""

import argparse
import json
import signal
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.faults.plain_app import VARIANTS
from tests.faults.plain_system import Line, PlainSystem, read
from tests.faults.process import Process
from tests.faults.table import seconds, table
from tests.system.running_system import wait_until

STRIKE_SECONDS = 3.0  # from the start of the jobs to the fault
FROZEN = 15.0
LIMIT = 45.0  # seconds from the fault, in which a job must end
HEAD = ("plain Celery", "fault", "jobs", "lost", "not back", "doubled", "median s", "worst s", "")


@dataclass(frozen=True)
class Row:
    """What a fault did to the jobs it hit; those `not_back` are in Redis but not running."""

    variant: str
    fault: str
    jobs: int
    lost: int
    not_back: int
    doubled: int
    median: float | None
    worst: float | None

    @property
    def cells(self) -> tuple[str, ...]:
        """Return it as a table's row."""
        counts = (str(n) for n in (self.jobs, self.lost, self.not_back, self.doubled))
        return (self.variant, self.fault, *counts, seconds(self.median), seconds(self.worst), "")


def kill_pools(plain: PlainSystem) -> Sequence[Process]:
    """Kill the pool processes."""
    for worker in plain.workers:
        worker.kill_largest_child()
    return plain.workers


def kill_workers(plain: PlainSystem) -> Sequence[Process]:
    """Kill all workers except one, which could take their jobs."""
    for worker in plain.workers[1:]:
        worker.signal_group(signal.SIGKILL)
    return plain.workers[1:]


def freeze_workers(plain: PlainSystem) -> Sequence[Process]:
    """Freeze all workers except one for a while."""
    for worker in plain.workers[1:]:
        worker.signal_group(signal.SIGSTOP)
    time.sleep(FROZEN)
    for worker in plain.workers[1:]:
        worker.signal_group(signal.SIGCONT)
    return plain.workers[1:]


def restart_redis(plain: PlainSystem) -> Sequence[Process]:
    """Restart Redis with a pause of a second."""
    plain.redis.send_signal(signal.SIGTERM)
    return plain.workers


FAULTS: dict[str, Callable[[PlainSystem], Sequence[Process]]] = {
    "pool-kill": kill_pools,
    "worker-kill": kill_workers,
    "worker-stop": freeze_workers,
    "redis-term": restart_redis,
}


def measure(plain: PlainSystem, variant: str, fault: str) -> Row:
    """Give each worker a job, inject the fault while it runs, and count the results."""
    log_files = [plain.submit() for _ in plain.workers]
    wait_until(lambda: all(log_file.exists() for log_file in log_files), "the jobs run")
    time.sleep(STRIKE_SECONDS)
    struck = time.time()
    workers = {worker.name for worker in FAULTS[fault](plain)}
    time.sleep(struck + LIMIT - time.time())
    hit = [log_file for log_file in log_files if read(log_file)[0].worker in workers]
    unended = [log_file for log_file in hit if not _ends(read(log_file))]
    kept = sum(plain.holds(log_file) for log_file in unended)
    took = [again - struck for log_file in hit if (again := _again(read(log_file), struck))]
    return Row(
        variant,
        fault,
        jobs=len(hit),
        lost=len(unended) - kept,
        not_back=kept,
        doubled=sum(_ends(read(log_file)) > 1 for log_file in hit),
        median=statistics.median(took) if took else None,
        worst=max(took, default=None),
    )


def compare(folder: Path) -> list[Row]:
    """Try all variants in parallel, since they mostly wait."""
    with ThreadPoolExecutor() as threads:
        tried = threads.map(lambda variant: _try(variant, folder), VARIANTS)
    return [row for rows in tried for row in rows]


def _try(variant: str, folder: Path) -> list[Row]:
    own = folder / f"variant-{list(VARIANTS).index(variant)}"
    own.mkdir(parents=True)
    plain = PlainSystem(variant, own)
    try:
        plain.start()
        return [measure(plain, variant, fault) for fault in FAULTS]
    finally:
        plain.end()


def _ends(job_data: Sequence[Line]) -> int:
    return sum(line.what == "end" for line in job_data)


def _again(job_data: Sequence[Line], struck: float) -> float | None:
    return next((line.at for line in job_data if line.at > struck), None)


def main() -> None:
    """Run the comparison and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.plain", description=__doc__)
    parser.add_argument("--json", type=Path, help="where to write the figures")
    arguments = parser.parse_args()
    rows = compare(Path(tempfile.mkdtemp(prefix="gramworks-plain-")))
    print(*table([HEAD, *(row.cells for row in rows)]), sep="\n")
    print(f"not back: not within {LIMIT:.0f} s; its message waits for the visibility timeout, 1 h")
    if arguments.json:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n")


if __name__ == "__main__":
    main()
