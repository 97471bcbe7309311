"""A picture's settings.

`style` has the fields, `strength` what one of them stands for; `presets`; `levels` are the sizes;
`parsing` reads JSON.
"""

from shared.settings.levels import (
    SHORTEST_RESULT_SIDE,
    TALLEST_RESULT,
    Level,
    has_shape_of,
    largest_size,
    sizes_within,
)
from shared.settings.parsing import parse_settings, read_object, validate
from shared.settings.presets import DEFAULT_PRESET, PRESETS
from shared.settings.style import (
    CONVOLUTIONS_PER_BLOCK,
    DEPROCESS_MEANS,
    MAX_STYLES,
    Layer,
    StyleSettings,
)

__all__ = [
    "CONVOLUTIONS_PER_BLOCK",
    "DEFAULT_PRESET",
    "DEPROCESS_MEANS",
    "MAX_STYLES",
    "PRESETS",
    "SHORTEST_RESULT_SIDE",
    "TALLEST_RESULT",
    "Layer",
    "Level",
    "StyleSettings",
    "has_shape_of",
    "largest_size",
    "parse_settings",
    "read_object",
    "sizes_within",
    "validate",
]
