"""A worker whose engine always raises: `python -m tests.faults.broken`.

Beside healthy workers, no job fails. Alone, it fails at most one job; the others wait, show the
reason, and are painted once the worker is repaired.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from gramworks import Job
from shared.errors import StoreUnavailable
from tests.faults import evidence, picture
from tests.faults.log import read_log
from tests.faults.oracle import Known, judge
from tests.faults.orders import Order
from tests.faults.scripted_engine import BROKEN_WORDS
from tests.faults.system import System
from tests.system.running_system import wait_until

BROKEN = "worker-1"
PATIENCE = 300.0
FEW = 6  # jobs
POLL = 0.2
ORDER = Order({"size": 32, "iterations": 20, "pyramid": 1})
ENDED = {"succeeded", "failed", "cancelled"}


@dataclass
class Outcome:
    """The results of one scene; `pauses` are the seconds for which the worker was suspended."""

    title: str
    jobs: int = 0
    ends: dict[str, int] = field(default_factory=dict)
    lost_attempts: int = 0
    pauses: list[int] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)

    def check(self, *, true: bool, otherwise: str) -> None:
        """Record a finding unless the condition is true."""
        if not true:
            self.findings.append(otherwise)


class Scene:
    """A system whose first worker is broken from the start."""

    def __init__(self, title: str, folder: Path, workers: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.outcome = Outcome(title)
        self.system = System(folder, workers, "scripted")
        self.flag = self.system.flag(BROKEN)
        self.ids: list[str] = []
        self._until = 0.0

    def __enter__(self) -> "Scene":
        self.flag.touch()
        try:
            self.system.start()
        except BaseException:
            self.system.end()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.system.end()

    def submit(self, count: int) -> list[str]:
        """Submit jobs and return their ids."""
        with self.system.client() as client:
            given = picture.upload(), picture.upload(), dict(ORDER.settings)
            submitted = [client.submit(*given).id for _ in range(count)]
        self.ids += submitted
        return submitted

    def shown(self) -> list[Job]:
        """Return all jobs as the web shows them."""
        with self.system.client() as client:
            return [client.job(job_id) for job_id in self.ids]

    def await_end(self) -> None:
        """Return when every job has ended."""
        wait_until(lambda: all(job.state in ENDED for job in self.shown()), "all end", PATIENCE)

    def await_suspension(self) -> None:
        """Return when the broken worker is suspended again, and record for how long."""
        wait_until(lambda: self._suspended_until() > self._until, "it is suspended", PATIENCE)
        self._until = self._suspended_until()
        remaining = self._until - self.system.jobs._connection.clock()
        self.outcome.pauses.append(round(remaining))
        # its main process reads of the suspension with its next heartbeat
        wait_until(self._logs_why, "its log says why it pauses", remaining)

    def submit_until_suspended(self) -> None:
        """Keep jobs queued until the broken worker is suspended, even if the others are fast."""
        while self._suspended_until() <= self._until:
            if self.system.in_flight()[0] < FEW:
                self.submit(FEW)
            time.sleep(POLL)
        self.await_suspension()

    def judge(self) -> Outcome:
        """Return the outcome, with all findings about what is left."""
        found = evidence.collect(self.system, set(self.ids))
        self.outcome.jobs = len(self.ids)
        self.outcome.ends = dict(Counter(job.state for job in self.shown()))
        logs = [read_log(self.system.jobs._connection, job_id) for job_id in self.ids]
        self.outcome.lost_attempts = sum(line.reason == "error" for log in logs for line in log)
        known = Known(orders=dict.fromkeys(self.ids, ORDER))
        self.outcome.findings += [
            f"{each.wrong}: {each.about}: {each.words}" for each in judge(found, known)
        ]
        return self.outcome

    def listed(self) -> dict[str, str | None]:
        """Return the workers that are listed as suspended, each with the reason."""
        return {
            worker.name: worker.suspended_reason
            for worker in self.system.live.live()
            if worker.suspended_until
        }

    def _logs_why(self) -> bool:
        log = self.system.folder / f"{BROKEN}.log"
        return "lost several jobs in a row" in log.read_text(errors="replace")

    def _suspended_until(self) -> float:
        try:
            return max((each.suspended_until or 0.0 for each in self.system.live.live()), default=0)
        except StoreUnavailable:
            return 0.0


def beside(folder: Path, jobs: int, workers: int = 3) -> Outcome:
    """Run a broken worker beside healthy ones until all jobs have ended."""
    with Scene(f"beside {workers - 1} healthy workers", folder, workers) as scene:
        scene.submit(jobs)
        scene.submit_until_suspended()
        reasons = list(scene.listed().values())
        scene.outcome.check(
            true=len(reasons) == 1 and BROKEN_WORDS in str(reasons[0]),
            otherwise=f"the list of workers says {reasons}",
        )
        scene.await_end()
        outcome = scene.judge()
    failed = outcome.ends.get("failed", 0)
    outcome.check(true=not failed, otherwise=f"{failed} jobs failed")
    return outcome


def alone(folder: Path, jobs: int, trials: int) -> Outcome:
    """Run a broken worker alone for some trials, then repair it.

    The first job is submitted alone, so that it is lost three times; all others follow.
    """
    with Scene("alone", folder, workers=1) as scene:
        scene.submit(1)
        wait_until(lambda: scene.shown()[0].state == "failed", "the first job fails", PATIENCE)
        scene.submit(jobs - 1)
        for _ in range(1 + trials):
            scene.await_suspension()
        for job in scene.shown()[1:]:
            why = job.waiting.detail if job.waiting else ""
            scene.outcome.check(
                true=job.state == "queued" and BROKEN_WORDS in why,
                otherwise=f"{job.id} is {job.state} and says {why!r}",
            )
        scene.flag.unlink()
        scene.await_end()
        outcome = scene.judge()
    failed = outcome.ends.get("failed", 0)
    outcome.check(true=failed <= 1, otherwise=f"{failed} jobs failed")
    return outcome


def lines(outcome: Outcome) -> Iterator[str]:
    """Yield an outcome as lines of text for a terminal."""
    ends = ", ".join(f"{count} {end}" for end, count in outcome.ends.items())
    pauses = ", ".join(map(str, outcome.pauses))
    yield f"A broken worker {outcome.title}: {outcome.jobs} jobs, {ends}"
    yield f"  attempts that it lost: {outcome.lost_attempts}; suspended for {pauses} s"
    yield from (f"  wrong: {finding}" for finding in outcome.findings)


def main() -> None:
    """Run both scenes, print the results, and exit with 1 if anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.broken", description=__doc__)
    parser.add_argument("--scene", choices=["beside", "alone"], help="default: both")
    parser.add_argument("--jobs", type=int, default=400, help="beside healthy workers")
    parser.add_argument("--alone", type=int, default=5, help="jobs of the worker that is alone")
    parser.add_argument(
        "--trials", type=int, default=1, help="of that worker, before it is repaired"
    )
    parser.add_argument("--json", type=Path, help="where to write what was found")
    parser.add_argument("--keep", type=Path, help="an empty folder for logs and data")
    arguments = parser.parse_args()
    folder = Path(arguments.keep or tempfile.mkdtemp(prefix="gramworks-broken-"))
    scenes: dict[str, Callable[[], Outcome]] = {
        "beside": lambda: beside(folder / "beside", arguments.jobs),
        "alone": lambda: alone(folder / "alone", arguments.alone, arguments.trials),
    }
    outcomes = []
    for name, run in scenes.items():
        if arguments.scene in (None, name):
            outcomes.append(run())
            print(*lines(outcomes[-1]), sep="\n", flush=True)
    if arguments.json:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        texts = [asdict(outcome) for outcome in outcomes]
        arguments.json.write_text(json.dumps(texts, indent=1) + "\n")
    sys.exit(any(outcome.findings for outcome in outcomes))


if __name__ == "__main__":
    main()
