"""A picture's settings: `style` (the fields), `presets`, `levels` (sizes), `parsing` (JSON)."""

from shared.settings.levels import (
    SHORTEST_RESULT_SIDE,
    TALLEST_RESULT,
    Level,
    largest_size,
    sizes_within,
)
from shared.settings.parsing import parse_settings, read_object, validate
from shared.settings.presets import DEFAULT_PRESET, PRESETS
from shared.settings.style import (
    CONVOLUTIONS_PER_BLOCK,
    DEPROCESS_MEANS,
    Layer,
    Means,
    StyleSettings,
)

__all__ = [
    "CONVOLUTIONS_PER_BLOCK",
    "DEFAULT_PRESET",
    "DEPROCESS_MEANS",
    "PRESETS",
    "SHORTEST_RESULT_SIDE",
    "TALLEST_RESULT",
    "Layer",
    "Level",
    "Means",
    "StyleSettings",
    "largest_size",
    "parse_settings",
    "read_object",
    "sizes_within",
    "validate",
]
