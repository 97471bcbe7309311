"""A fault: what it breaks, for how long, and how it is seen that the system has recovered."""

import random
import threading
import time
from dataclasses import dataclass
from typing import ClassVar

from tests.faults.process import Process
from tests.faults.system import System
from tests.faults.traffic import Traffic
from tests.faults.watch import Watch


@dataclass(frozen=True)
class Stage:
    """What faults work on."""

    system: System
    traffic: Traffic
    watch: Watch


class Fault:
    """One fault of a `kind`, its details drawn from `rng`; it has the part `target` to itself."""

    kind: ClassVar[str]
    meaning: ClassVar[str]
    part: ClassVar[str] = ""  # that one fault has to itself; "" is shared
    lasts: ClassVar[tuple[float, float]] = (0.0, 0.0)  # seconds
    measured: ClassVar[str]  # what its recovery is, in words

    def __init__(self, stage: Stage, rng: random.Random, target: str) -> None:
        self.stage = stage
        self.rng = rng
        self.target = target
        self.seconds = rng.uniform(*self.lasts)
        self.at = self.mended_at = 0.0  # Redis's clock is this machine's
        self.over = threading.Event()  # nothing is broken any more
        self.done = threading.Event()  # the system has recovered, too
        self.took: float | None = None  # seconds until then
        self.back: float | None = None  # seconds until its job was in the queue again
        self.hit: str | None = None  # the job that ran where it struck

    @classmethod
    def targets(cls, system: System) -> list[str]:  # noqa: ARG003 - others have several
        """Return the parts that such a fault could break."""
        return [cls.part]

    @classmethod
    def missing(cls, system: System) -> str:  # noqa: ARG003 - others look
        """Return what this machine lacks for such faults, or nothing."""
        return ""

    def run(self) -> None:
        """Inflict it, wait, mend it, see the system recover; in a thread of its own."""
        self.prepare()
        self.at = time.time()
        self.inflict()
        time.sleep(self.seconds)
        self.mend()
        self.mended_at = time.time()
        self.over.set()
        self.took = self.recovery()
        self.done.set()

    def prepare(self) -> None:
        """See what it will hit."""

    def inflict(self) -> None:
        """Break something."""
        raise NotImplementedError

    def mend(self) -> None:
        """Make it whole, where it does not become so by itself."""

    def recovery(self) -> float | None:
        """Wait for recovery; return the seconds it took, None where there was nothing to see."""
        return None


class WorkerFault(Fault):
    """A fault of one worker, which most likely holds a job."""

    measured = "fault → its job's next progress elsewhere"

    @classmethod
    def targets(cls, system: System) -> list[str]:
        """Return the workers."""
        return [worker.name for worker in system.workers]

    @property
    def worker(self) -> Process:
        """The worker that is hit."""
        return next(worker for worker in self.stage.system.workers if worker.name == self.target)

    def prepare(self) -> None:
        """Note the job that it holds."""
        self.hit = self.stage.system.running_on(self.worker)

    def recovery(self) -> float | None:
        """Wait until its job runs again."""
        if not self.hit:
            return None
        again = self.stage.watch.runs_again(self.hit, self.at)
        back = self.stage.watch.put_back(self.hit, self.at)
        self.back = back - self.at if back else None
        return again - self.at if again else None
