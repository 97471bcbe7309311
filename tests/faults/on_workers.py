"""Faults of a worker: its processes are killed, stopped or frozen, or its clock is wrong."""

import signal
from pathlib import Path

from tests.faults.fault import WorkerFault
from tests.faults.system import System

FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")

WRONG_CLOCK = Path(__file__).parent / "wrong_clock"


class PoolKill(WorkerFault):
    """The pool process is killed, as the kernel does when memory runs out."""

    kind = "pool-kill"
    meaning = "SIGKILL of a pool process"
    lasts = (2.0, 3.0)

    def inject(self) -> None:
        self.worker.kill_largest_child()


class WorkerKill(WorkerFault):
    """A whole worker is killed at once, as when its machine dies."""

    kind = "worker-kill"
    meaning = "SIGKILL of a whole worker"
    lasts = (3.0, 5.0)

    def inject(self) -> None:
        self.worker.signal_group(signal.SIGKILL)


class ParentKill(WorkerFault):
    """Celery's main process is killed; the pool process is left without it."""

    kind = "parent-kill"
    meaning = "SIGKILL of Celery's parent process alone"
    lasts = (3.0, 5.0)

    def inject(self) -> None:
        self.worker.send_signal(signal.SIGKILL)


class WorkerTerm(WorkerFault):
    """A worker gets SIGTERM and is started again, as in a rolling restart."""

    kind = "worker-term"
    meaning = "SIGTERM of a worker (rolling restart)"
    lasts = (3.0, 5.0)

    def inject(self) -> None:
        self.worker.send_signal(signal.SIGTERM)


class WorkerStop(WorkerFault):
    """A worker is frozen for longer than its lease and then continues."""

    kind = "worker-stop"
    meaning = "SIGSTOP of a worker beyond its lease, then SIGCONT"
    lasts = (11.0, 15.0)

    def inject(self) -> None:
        self.worker.signal_group(signal.SIGSTOP)

    def repair(self) -> None:
        self.worker.signal_group(signal.SIGCONT)


class EngineBroken(WorkerFault):
    """A worker's engine raises in every job, like a device that lost its context."""

    kind = "engine-broken"
    meaning = "an unexpected error in every job of a worker"
    lasts = (5.0, 10.0)

    def inject(self) -> None:
        self.stage.system.flag(self.target).touch()

    def repair(self) -> None:
        self.stage.system.flag(self.target).unlink()


class Clock(WorkerFault):
    """A worker runs for a while with a clock that is minutes off."""

    kind = "clock"
    meaning = "a worker's clock off by minutes (after a restart)"
    lasts = (6.0, 10.0)

    @classmethod
    def missing(cls, system: System) -> str:  # noqa: ARG003 - it is the same for all
        return "" if FAKETIME.exists() else "libfaketime is not installed"

    def inject(self) -> None:
        minutes = self.rng.choice([-30, -7, -2, 2, 7, 30])
        self.worker.extra = {
            "LD_PRELOAD": str(FAKETIME),
            "FAKETIME": f"{minutes:+d}m",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",  # as when an operator sets the clock
            "PYTHONPATH": str(WRONG_CLOCK),
        }
        self.worker.send_signal(signal.SIGTERM)

    def repair(self) -> None:
        self.worker.extra = {}
        self.worker.send_signal(signal.SIGTERM)
