"""Named sets of settings."""

from typing import Any

# large strokes on coarse levels, where evaluations cost little; details of the style last
_PAINTED: dict[str, Any] = {
    "iterations": 10,
    "coarse_iterations": 26,
    "coarse_content": 0.25,
    "style_weight": 0.0,
    "moments_weight": 1.0,
    "tv_weight": 0.0,
    "normalization": "layers",
    "style_layers": {
        "block1_conv1": 16.0,
        "block2_conv1": 8.0,
        "block3_conv1": 4.0,
        "block4_conv1": 2.0,
        "block5_conv1": 1.0,
    },
    "style_octaves": 3,
    "content_layer": "block4_conv4",
    "pyramid": 4,
    "padding": "replicate",
    "geometry": "aspect",
}
PRESETS: dict[str, dict[str, Any]] = {
    "balanced": {**_PAINTED, "strength": 55},
    "draft": {
        **_PAINTED,
        "size": 200,
        "iterations": 3,
        "coarse_iterations": 12,
        "style_octaves": 1,
        "strength": 50,  # as much of the painting as `balanced` shows
    },
    "bold": {**_PAINTED, "strength": 70},
    "subtle": {**_PAINTED, "strength": 30},
    "fine": {**_PAINTED, "iterations": 44, "coarse_iterations": 115, "strength": 60},
    "faithful": {},  # the Keras example's objective
}
DEFAULT_PRESET = "balanced"  # what the form, the command line and the demo send
