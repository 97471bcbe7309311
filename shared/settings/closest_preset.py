"""The preset that settings are closest to, since a job's record has only its settings."""

from functools import cache
from typing import Any, NamedTuple

from shared.settings.presets import DEFAULT_PRESET, PRESETS
from shared.settings.strength import content_weight_of
from shared.settings.style import StyleSettings

ANY = frozenset({"size", "strength"})  # of any preset; a strength counts as its content weight


class ClosestPreset(NamedTuple):
    """A preset, and the settings that differ from it; the size does not count."""

    name: str
    changed: tuple[str, ...]


def closest_preset(settings: StyleSettings) -> ClosestPreset:
    """Return the preset from which the fewest settings differ: of several, the default one."""
    values = settings.model_dump(mode="json")
    found = [
        ClosestPreset(name, tuple(each for each, value in preset.items() if values[each] != value))
        for name, preset in _presets().items()
    ]
    return min(found, key=lambda each: len(each.changed))


def shown_strength(settings: StyleSettings) -> int | None:
    """Return the strength that a job has; None if its content weight was given instead."""
    stands_for = content_weight_of(settings.strength, settings.normalization)
    return settings.strength if stands_for == settings.content_weight else None


@cache
def _presets() -> dict[str, dict[str, Any]]:
    names = sorted(PRESETS, key=lambda name: name != DEFAULT_PRESET)
    return {
        name: StyleSettings(**PRESETS[name]).model_dump(mode="json", exclude=set(ANY))
        for name in names
    }
