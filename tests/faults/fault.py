"""A fault: what it breaks, for how long, and how recovery is detected."""

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
    """The parts of the system that faults act on."""

    system: System
    traffic: Traffic
    watch: Watch


class Fault:
    """A fault of a `kind` with details from `rng`; no other fault uses the part `target`."""

    kind: ClassVar[str]
    meaning: ClassVar[str]
    part: ClassVar[str] = ""  # that only one fault at a time may use; "" is shared
    lasts: ClassVar[tuple[float, float]] = (0.0, 0.0)  # seconds
    measured: ClassVar[str]  # what counts as its recovery, in words

    def __init__(self, stage: Stage, rng: random.Random, target: str) -> None:
        self.stage = stage
        self.rng = rng
        self.target = target
        self.seconds = rng.uniform(*self.lasts)
        self.at = self.repaired_at = 0.0  # Redis's clock is this machine's
        self.over = threading.Event()  # nothing is broken any more
        self.done = threading.Event()  # the system has recovered, too
        self.took: float | None = None  # seconds until then
        self.back: float | None = None  # seconds until its job was in the queue again
        self.hit: str | None = None  # the job that ran on the part that it broke

    @classmethod
    def targets(cls, system: System) -> list[str]:  # noqa: ARG003 - subclasses use it
        """Return the parts that this fault can break."""
        return [cls.part]

    @classmethod
    def missing(cls, system: System) -> str:  # noqa: ARG003 - subclasses use it
        """Return what this machine lacks for this fault; empty if nothing."""
        return ""

    def run(self) -> None:
        """Inject it, wait, repair it, and wait for recovery; runs in its own thread."""
        self.prepare()
        self.at = time.time()
        self.inject()
        time.sleep(self.seconds)
        self.repair()
        self.repaired_at = time.time()
        self.over.set()
        self.took = self.recovery()
        self.done.set()

    def prepare(self) -> None:
        """Record what it will hit."""

    def inject(self) -> None:
        """Break something."""
        raise NotImplementedError

    def repair(self) -> None:
        """Repair it, unless that happens on its own."""

    def recovery(self) -> float | None:
        """Wait for recovery; return the seconds that it took, None if nothing could be observed."""
        return None


class WorkerFault(Fault):
    """A fault of one worker, which usually holds a job."""

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
        """Record the job that it holds."""
        self.hit = self.stage.system.running_on(self.worker)

    def recovery(self) -> float | None:
        """Wait until its job runs again."""
        if not self.hit:
            return None
        again = self.stage.watch.runs_again(self.hit, self.at)
        back = self.stage.watch.requeued_at(self.hit, self.at)
        self.back = back - self.at if back else None
        return again - self.at if again else None
