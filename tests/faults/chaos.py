"""Injects faults while jobs run, several at a time."""

import random
import threading
import time
from collections.abc import Sequence

from tests.faults.fault import Fault, Stage

PAUSE = 0.1
STUCK_SECONDS = 90.0  # without an accepted job; the longest outages take a third of that
AHEAD = 32  # jobs


class Chaos:
    """The faults of `kinds`, spread over the jobs; at most `at_once` at a time.

    With one at a time, each waits for a part that holds a job, and for the previous recovery.
    """

    def __init__(
        self, kinds: Sequence[type[Fault]], jobs: int, at_once: int, rng: random.Random
    ) -> None:
        self.faults: list[Fault] = []
        self._kinds = list(kinds)
        self._count = len(kinds)
        self._jobs = jobs
        self._at_once = at_once
        self._rng = rng
        self._threads: list[threading.Thread] = []

    def allowed(self) -> float:
        """Return how many jobs may have been submitted by now."""
        if not self._kinds:
            return self._jobs
        return self._jobs * len(self.faults) / self._count + AHEAD

    def run(self, stage: Stage) -> None:
        """Inject all faults and return when they are repaired.

        Raises:
            TimeoutError: the system takes no more jobs.
        """
        while self._kinds:
            begun = stage.traffic.submitted - stage.system.in_flight()[0]
            if begun >= self._jobs * len(self.faults) / self._count:
                self._inject_one(stage)
            if stage.traffic.turned_away > STUCK_SECONDS:
                raise TimeoutError(f"no job was taken for {STUCK_SECONDS:.0f} s")
            time.sleep(PAUSE)
        for fault in self.faults:
            fault.over.wait()

    def await_recovery(self) -> None:
        """Return when the system has recovered from every fault, or a fault has timed out."""
        for thread in self._threads:
            thread.join()

    def _inject_one(self, stage: Stage) -> None:
        calm = self._at_once == 1
        current = [fault for fault in self.faults if not (fault.over, fault.done)[calm].is_set()]
        if len(current) >= self._at_once:
            return
        busy = {fault.target for fault in current if fault.target}
        for kind in self._kinds:
            free = _free(kind.targets(stage.system), busy, stage)
            if calm:
                free = [target for target in free if target not in _idle(stage)]
            if free:
                self._kinds.remove(kind)
                self._begin(kind(stage, self._rng, self._rng.choice(free)))
                return

    def _begin(self, fault: Fault) -> None:
        self.faults.append(fault)
        thread = threading.Thread(target=fault.run, daemon=True)
        self._threads.append(thread)
        thread.start()


def _idle(stage: Stage) -> set[str]:
    system = stage.system
    return {worker.name for worker in system.workers if not system.running_on(worker)}


def _free(targets: Sequence[str], busy: set[str], stage: Stage) -> list[str]:
    workers = {worker.name for worker in stage.system.workers}
    if len(workers & busy) == len(workers) - 1:
        busy = busy | workers  # the last healthy worker stays healthy
    return [target for target in targets if target not in busy]
