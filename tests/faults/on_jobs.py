"""Faults caused by jobs: crashes, too little memory, cancellations."""

import random
import time
from contextlib import suppress

from shared.errors import NotLive, StoreUnavailable
from shared.job_store import Change, JobChanges
from tests.faults import orders
from tests.faults.fault import Fault, Stage
from tests.faults.orders import Order
from tests.parts import queue_of


class HarmfulJob(Fault):
    """A harmful job is submitted among the others."""

    order: Order
    measured = "submitted → ended"

    def inject(self) -> None:
        self.hit = self.stage.traffic.submit_until_accepted(self.order)

    def recovery(self) -> float | None:
        ended = self.stage.watch.ends(self.hit) if self.hit else None
        return ended - self.at if ended else None


class Poison(HarmfulJob):
    """A job that kills its process every time; one at a time, so that some workers are left."""

    kind = "poison"
    meaning = "a job that kills its process every time"
    order = orders.poison()
    part = "poison"
    lasts = (8.0, 8.0)


class Greedy(HarmfulJob):
    """A job for which there is never enough memory."""

    kind = "memory"
    meaning = "MemoryError in the engine"
    order = orders.greedy()


class OnHarmlessJob(Fault):
    """A user does something to a harmless job, queued or running."""

    def __init__(self, stage: Stage, rng: random.Random, target: str) -> None:
        super().__init__(stage, rng, target)
        self._running = rng.random() < 0.5

    def prepare(self) -> None:
        with suppress(StoreUnavailable):
            harmless = [job_id for job_id in self._candidates() if self._harmless(job_id)]
            self.hit = self.rng.choice(harmless) if harmless else None

    def _candidates(self) -> list[str]:
        jobs = self.stage.system.jobs
        return [job.id for job in jobs.running()] if self._running else queue_of(jobs).order()

    def _harmless(self, job_id: str) -> bool:
        order = self.stage.traffic.accepted.get(job_id)
        return order is not None and not order.harm


class Cancel(OnHarmlessJob):
    """A user cancels a job."""

    kind = "cancel"
    meaning = "a queued or running job cancelled"
    measured = "asked → answered"

    def inject(self) -> None:
        if self.hit:
            self.stage.traffic.cancel(self.hit)

    def recovery(self) -> float | None:
        return self.repaired_at - self.at if self.hit else None


class Pause(OnHarmlessJob):
    """A user pauses a job, and resumes it some seconds later, whatever else is broken."""

    kind = "pause"
    meaning = "a queued or running job paused for 1 to 8 s, then resumed"
    lasts = (1.0, 8.0)
    measured = "paused → resumed, without the time in between"

    def inject(self) -> None:
        self._change(Change(paused=True))

    def repair(self) -> None:
        self._change(Change(paused=False))

    def recovery(self) -> float | None:
        return self.repaired_at - self.at - self.seconds if self.hit else None

    def _change(self, change: Change) -> None:
        changes = JobChanges(self.stage.system.jobs._connection)
        while self.hit:
            try:
                with suppress(NotLive):  # it has ended
                    changes.change(self.hit, change)
                return
            except StoreUnavailable:
                time.sleep(0.2)
