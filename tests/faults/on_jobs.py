"""Faults that jobs bring: poison, too little memory, and users who change their mind."""

import random
from typing import Any

from tests.faults import orders
from tests.faults.fault import Fault, Stage
from tests.faults.on_redis import ask
from tests.faults.orders import Order


class HarmfulJob(Fault):
    """A job that does harm is submitted among the others."""

    order: Order
    measured = "submitted → ended"

    def inflict(self) -> None:
        self.hit = self.stage.traffic.insist(self.order)

    def recovery(self) -> float | None:
        ended = self.stage.watch.ends(self.hit) if self.hit else None
        return ended - self.at if ended else None


class Poison(HarmfulJob):
    """A job that kills its process every time; only one at a time, or no worker would be left."""

    kind = "poison"
    meaning = "a job that kills its process every time"
    order = orders.poison()
    part = "poison"
    lasts = (8.0, 8.0)


class Greedy(HarmfulJob):
    """A job for which there is never memory enough."""

    kind = "memory"
    meaning = "MemoryError in the engine"
    order = orders.greedy()


class Cancel(Fault):
    """A user cancels a job, queued or running."""

    kind = "cancel"
    meaning = "a queued or running job cancelled"
    measured = "asked → answered"

    def __init__(self, stage: Stage, rng: random.Random, target: str) -> None:
        super().__init__(stage, rng, target)
        self._kind = rng.choice(["gw:queue", "gw:leases"])

    def prepare(self) -> None:
        waiting: Any = ask(self.stage, "ZRANGE", self._kind, 0, -1)
        harmless = [job_id for job_id in waiting or [] if self._harmless(job_id)]
        self.hit = self.rng.choice(harmless) if harmless else None

    def inflict(self) -> None:
        if self.hit:
            self.stage.traffic.cancel(self.hit)

    def recovery(self) -> float | None:
        return self.mended_at - self.at if self.hit else None

    def _harmless(self, job_id: str) -> bool:
        order = self.stage.traffic.accepted.get(job_id)
        return order is not None and not order.harm
