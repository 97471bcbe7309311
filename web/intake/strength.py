"""A job's picture painted once more, stronger or weaker."""

from typing import Any, Literal

from pydantic import BaseModel

from shared.settings import OF_REQUESTS, StyleSettings
from shared.settings.strength import STRENGTH_PER_DECADE, content_weight_of

STEP = 20  # of strength: as far as the presets subtle, balanced and bold are apart (decision 24)
LARGEST_WEIGHT = 100  # of the content, as StyleSettings has it
Direction = Literal["weaker", "stronger"]


class Variation(BaseModel):
    """What the form of a job's page asks for."""

    model_config = OF_REQUESTS

    direction: Direction
    """How the new picture differs."""


def strength_of(settings: StyleSettings) -> int | None:
    """Return the strength that settings have; None if their content weight was given instead."""
    stands_for = content_weight_of(settings.strength, settings.normalization)
    return settings.strength if stands_for == settings.content_weight else None


def changed_strength(settings: StyleSettings, direction: Direction) -> dict[str, Any] | None:
    """Return the settings that make a job's picture stronger or weaker by `STEP`; None if none do.

    A strength goes up to 100 and down to 0. A job whose content weight was given has no strength;
    its weight changes by the factor that the step stands for.
    """
    step = STEP if direction == "stronger" else -STEP
    strength = strength_of(settings)
    if strength is not None:
        changed = max(0, min(100, strength + step))
        return None if changed == strength else {"strength": changed}
    weight = float(f"{settings.content_weight / 10 ** (step / STRENGTH_PER_DECADE):.4g}")
    if weight == settings.content_weight or weight > LARGEST_WEIGHT:
        return None  # there is no content to weigh, or it cannot weigh more
    return {"content_weight": weight}
