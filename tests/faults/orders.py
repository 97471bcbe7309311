"""The jobs that are submitted: short, long and harmful ones."""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# The engine recognises a harmful job by its number of evaluations, which no other job has.
POISON, GREEDY = 1666, 1667
LONG_SHARE = 0.05


@dataclass(frozen=True)
class Order:
    """A job to submit; `harm` is what the engine does with it, if anything."""

    settings: Mapping[str, Any]
    harm: str = ""

    def as_json(self) -> str:
        """Return the settings as JSON."""
        return json.dumps(self.settings)


def scripted(rng: random.Random) -> Order:
    """Return a job of a fraction of a second or, sometimes, of 5 to 12 seconds."""
    long = rng.random() < LONG_SHARE
    return _scripted(rng.randint(250, 600) if long else rng.randint(5, 20))


def steady(rng: random.Random) -> Order:
    """Return a job of about 12 seconds."""
    return _scripted(rng.randint(550, 650))


def real(rng: random.Random) -> Order:
    """Return a small job for the real engine, of 5 to 30 seconds."""
    preset = rng.choice(["faithful", "balanced"])
    rows, evaluations = rng.choice([64, 80, 96]), rng.randint(40, 120)
    return Order(
        {"preset": preset, "size": rows, "iterations": evaluations, "coarse_iterations": 20}
    )


def poison() -> Order:
    """Return a job that kills its process every time."""
    return _scripted(POISON, "poison")


def greedy() -> Order:
    """Return a job for which there is never enough memory."""
    return _scripted(GREEDY, "memory")


def _scripted(evaluations: int, harm: str = "") -> Order:
    return Order({"size": 32, "iterations": evaluations, "pyramid": 1}, harm)
