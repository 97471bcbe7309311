"""Faults of Redis and the connections to it: restarts, freezes, cuts, delays, lost wake-ups."""

import random
import signal
from typing import Any

from shared.errors import StoreUnavailable
from shared.wakeup import QUEUE, celery_app, wake
from tests.faults.fault import Fault, Stage
from tests.faults.system import System

WAKEUPS = f"gw:celery:{QUEUE}"


class RedisFault(Fault):
    """A fault of Redis, which affects all processes."""

    part = "redis"
    measured = "repaired → any job's next progress"

    def recovery(self) -> float | None:
        again = self.stage.watch.any_progresses(self.repaired_at)
        return again - self.repaired_at if again else None


class RedisTerm(RedisFault):
    """Redis is restarted with SIGTERM."""

    kind = "redis-term"
    meaning = "Redis restarted (SIGTERM), AOF"
    lasts = (2.0, 3.0)

    def inject(self) -> None:
        self.stage.system.redis.send_signal(signal.SIGTERM)


class RedisKill(RedisFault):
    """Redis is killed and comes back with what its AOF holds."""

    kind = "redis-kill"
    meaning = "Redis killed and started again, AOF"
    lasts = (2.0, 3.0)

    def inject(self) -> None:
        self.stage.system.redis.send_signal(signal.SIGKILL)


class RedisFreeze(RedisFault):
    """Redis is frozen for a while."""

    kind = "redis-freeze"
    meaning = "Redis frozen (SIGSTOP) for 3 to 15 s"
    lasts = (3.0, 15.0)

    def inject(self) -> None:
        self.stage.system.redis.send_signal(signal.SIGSTOP)

    def repair(self) -> None:
        self.stage.system.redis.send_signal(signal.SIGCONT)


class LinkFault(Fault):
    """A fault of one connection to Redis: a worker's or the web's."""

    measured = "fault → its job's (the web's) next progress (202)"

    @classmethod
    def targets(cls, system: System) -> list[str]:
        return [f"link of {name}" for name in sorted(system.links)]

    def __init__(self, stage: Stage, rng: random.Random, target: str) -> None:
        super().__init__(stage, rng, target)
        self.client = target.removeprefix("link of ")
        self.link = stage.system.links[self.client]

    def prepare(self) -> None:
        for worker in self.stage.system.workers:
            if worker.name == self.client:
                self.hit = self.stage.system.running_on(worker)

    def repair(self) -> None:
        self.link.repair()

    def recovery(self) -> float | None:
        watch = self.stage.watch
        if self.client == "web":
            again = watch.any_accepted(self.at)
        else:
            again = watch.progresses(self.hit, self.at) if self.hit else None
        return again - self.at if again else None


class LinkCut(LinkFault):
    """The connection to Redis is reset or silent."""

    kind = "link-cut"
    meaning = "connection to Redis cut (reset or silent) for 1 to 12 s"
    lasts = (1.0, 12.0)

    def inject(self) -> None:
        self.rng.choice([self.link.cut, self.link.silence])()


class LinkSlow(LinkFault):
    """The connection to Redis is slow."""

    kind = "link-slow"
    meaning = "connection to Redis slowed by 0.05 to 0.5 s each way"
    lasts = (3.0, 8.0)

    def inject(self) -> None:
        self.link.slow(self.rng.uniform(0.05, 0.5))


class WakeupsLost(RedisFault):
    """Celery's messages for the workers are deleted."""

    kind = "wakeups-lost"
    meaning = "all wake-ups deleted"
    part = ""

    def inject(self) -> None:
        ask(self.stage, "DEL", WAKEUPS)


class WakeupsDoubled(WakeupsLost):
    """There are more wake-ups than jobs."""

    kind = "wakeups-doubled"
    meaning = "wake-ups doubled, and some more"

    def inject(self) -> None:
        app = celery_app(self.stage.system.redis_url)
        for _ in range(self.rng.randint(2, 20)):
            wake(app)


def ask(stage: Stage, *command: Any) -> Any:
    """Send a command to Redis; None if it is not available."""
    try:
        return stage.system.jobs._connection.execute_command(*command)
    except StoreUnavailable:
        return None
