"""Breaks the system while jobs flow: one fault after the other, several at a time."""

import random
import threading
import time
from collections.abc import Sequence

from tests.faults.fault import Fault, Stage

AT_ONCE = 5
PAUSE = 0.1
STUCK_SECONDS = 240.0
AHEAD = 8  # faults that the jobs may be ahead of, so that both end together


class Chaos:
    """`kinds` as they are dealt, spread over the jobs of the traffic."""

    def __init__(self, kinds: Sequence[type[Fault]], jobs: int, rng: random.Random) -> None:
        self.faults: list[Fault] = []
        self._kinds = list(kinds)
        self._count = len(kinds)
        self._jobs = jobs
        self._rng = rng
        self._threads: list[threading.Thread] = []

    def allowed(self) -> float:
        """Return how many jobs may have been submitted by now."""
        if not self._kinds:
            return self._jobs
        return self._jobs * (len(self.faults) + AHEAD) / self._count

    def run(self, stage: Stage) -> None:
        """Inflict them all and return when they are mended.

        Raises:
            TimeoutError: the system takes no more jobs.
        """
        latest = time.monotonic()
        while self._kinds:
            due = stage.traffic.submitted >= self._jobs * len(self.faults) / self._count
            if due and self._inflict_one(stage):
                latest = time.monotonic()
            elif time.monotonic() - latest > STUCK_SECONDS:
                raise TimeoutError(f"no job was taken for {STUCK_SECONDS:.0f} s")
            time.sleep(PAUSE)
        for fault in self.faults:
            fault.over.wait()

    def await_recovery(self) -> None:
        """Return when every fault has seen the system recover, or has given up."""
        for thread in self._threads:
            thread.join()

    def _inflict_one(self, stage: Stage) -> bool:
        current = [fault for fault in self.faults if not fault.over.is_set()]
        if len(current) >= AT_ONCE:
            return False
        busy = {fault.target for fault in current if fault.target}
        for kind in self._kinds:
            if free := _free(kind.targets(stage.system), busy, stage):
                self._kinds.remove(kind)
                self._begin(kind(stage, self._rng, self._rng.choice(free)))
                return True
        return False

    def _begin(self, fault: Fault) -> None:
        self.faults.append(fault)
        thread = threading.Thread(target=fault.run, daemon=True)
        self._threads.append(thread)
        thread.start()


def _free(targets: Sequence[str], busy: set[str], stage: Stage) -> list[str]:
    workers = {worker.name for worker in stage.system.workers}
    if len(workers & busy) == len(workers) - 1:
        busy = busy | workers  # the last that is whole stays so
    return [target for target in targets if target not in busy]
