"""Named sets of settings."""

from typing import Any

PRESETS: dict[str, dict[str, Any]] = {
    "faithful": {},
    "balanced": {  # keeps the photograph recognisable; large strokes first, then small ones
        "iterations": 40,
        "content_layer": "block4_conv2",
        "content_weight": 5e-9,
        "tv_weight": 2e-6,
        "pyramid": 3,
        "geometry": "aspect",
    },
}
DEFAULT_PRESET = "balanced"  # what the form, the command line and the demo send
