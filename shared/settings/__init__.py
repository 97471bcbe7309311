"""A picture's settings.

`style` has the settings, `fields` their types, `strength` what one of them stands for; `presets`,
and the `closest_preset` of settings; `levels` are the sizes; `parsing` reads JSON.
"""

from shared.settings.closest_preset import ClosestPreset, closest_preset, shown_strength
from shared.settings.fields import (
    CONVOLUTIONS_PER_BLOCK,
    DEPROCESS_MEANS,
    OF_REQUESTS,
    Layer,
    Means,
)
from shared.settings.levels import (
    LONGEST_RESULT_SIDE,
    SHORTEST_RESULT_SIDE,
    Level,
    fitted_size,
    has_shape_of,
    largest_size,
    octaves_within,
    sizes_within,
)
from shared.settings.parsing import (
    SentSettings,
    parse_settings,
    read_object,
    read_objects,
    read_settings,
    validate,
)
from shared.settings.presets import DEFAULT_PRESET, PRESETS
from shared.settings.recipe import Recipe, recipe_of
from shared.settings.style import MAX_STYLES, StyleSettings

__all__ = [
    "CONVOLUTIONS_PER_BLOCK",
    "DEFAULT_PRESET",
    "DEPROCESS_MEANS",
    "LONGEST_RESULT_SIDE",
    "MAX_STYLES",
    "OF_REQUESTS",
    "PRESETS",
    "SHORTEST_RESULT_SIDE",
    "ClosestPreset",
    "Layer",
    "Level",
    "Means",
    "Recipe",
    "SentSettings",
    "StyleSettings",
    "closest_preset",
    "fitted_size",
    "has_shape_of",
    "largest_size",
    "octaves_within",
    "parse_settings",
    "read_object",
    "read_objects",
    "read_settings",
    "recipe_of",
    "shown_strength",
    "sizes_within",
    "validate",
]
