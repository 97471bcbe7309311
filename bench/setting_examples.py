"""What shows each setting: values to paint one pair with, beside the preset's."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from shared.settings import DEFAULT_PRESET, PRESETS, StyleSettings

PHOTOGRAPH, STYLES = "coffee", ("brushwork", "stained-glass")
BASE = {**PRESETS[DEFAULT_PRESET], "size": 128}
NOT_SHOWN = {"color_profile": "It changes the colour space of the file, not what is painted."}


class Example(NamedTuple):
    """One picture: what is changed, and how many of the `STYLES` it is painted with."""

    label: str
    changes: Mapping[str, Any]
    styles: int = 1

    @property
    def settings(self) -> StyleSettings:
        """The settings that the picture is painted with."""
        return StyleSettings(**{**BASE, **self.changes})


def _values(name: str, *values: Any, **also: Any) -> list[Example]:
    return [Example(f"{name} {value}", {**also, name: value}) for value in values]


NOISE = {"init": "noise"}
FAITHFUL = StyleSettings(size=128, iterations=40).model_dump()
EXAMPLES: dict[str, Sequence[Example]] = {
    "size": _values("size", 64, 192),
    "iterations": _values("iterations", 2, 60),
    "coarse_iterations": _values("coarse_iterations", 4, 150),
    "optimizer": _values("optimizer", "lbfgs", "adam"),
    "stop_when_settled": _values("stop_when_settled", False, True, coarse_iterations=150),
    "init": _values("init", "content", "noise"),
    "seed": _values("seed", 1, 2, **NOISE),
    "strength": _values("strength", 10, 90),
    "content_weight": _values("content_weight", 2, 0.02),
    "coarse_content": _values("coarse_content", 1, 0.05),
    "style_weight": [
        Example("style_weight 1, moments_weight 0", {"style_weight": 1, "moments_weight": 0}),
        Example("style_weight 1, moments_weight 1", {"style_weight": 1}),
    ],
    "moments_weight": _values("moments_weight", 0.2, 5),
    "tv_weight": _values("tv_weight", 0, 2e-5),
    "normalization": [
        Example("layers", {}),
        Example("keras, with the weights of faithful", FAITHFUL),
    ],
    "style_layers": [
        Example("blocks 1 and 2", {"style_layers": ["block1_conv1", "block2_conv1"]}),
        Example("blocks 4 and 5", {"style_layers": ["block4_conv1", "block5_conv1"]}),
    ],
    "style_blend": [
        Example("style_blend 3, 1", {"style_blend": [3, 1]}, styles=2),
        Example("style_blend 1, 3", {"style_blend": [1, 3]}, styles=2),
    ],
    "style_scale": _values("style_scale", 0.5, 2),
    "style_octaves": _values("style_octaves", 1, 3),
    "content_layer": _values("content_layer", "block2_conv2", "block5_conv2"),
    "pyramid": _values("pyramid", 1, 3),
    "padding": _values("padding", "zero", "replicate"),
    "pooling": _values("pooling", "max", "average"),
    "geometry": _values("geometry", "keras", "aspect"),
    "deprocess_means": _values("deprocess_means", "keras", "shifted"),
    "preserve_color": _values("preserve_color", "luminance", "match"),
}
