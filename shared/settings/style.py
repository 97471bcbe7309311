"""The settings of one picture, each with its bounds, default, unit and help."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from shared.settings.levels import SHORTEST_RESULT_SIDE, TALLEST_RESULT, Level, levels

CONVOLUTIONS_PER_BLOCK = (2, 2, 4, 4, 4)  # VGG19, table 1 (E) of Simonyan & Zisserman 2014
Layer = Literal[
    "block1_conv1", "block1_conv2",
    "block2_conv1", "block2_conv2",
    "block3_conv1", "block3_conv2", "block3_conv3", "block3_conv4",
    "block4_conv1", "block4_conv2", "block4_conv3", "block4_conv4",
    "block5_conv1", "block5_conv2", "block5_conv3", "block5_conv4",
]  # fmt: skip

DEPROCESS_MEANS: dict[str, tuple[float, float, float]] = {
    "keras": (103.939, 116.779, 123.68),
    "shifted": (123.939, 96.779, 96.68),
}


def _layers_with_weights(value: object) -> object:
    if isinstance(value, list) and all(isinstance(name, str) for name in value):
        return dict.fromkeys(value, 1.0)
    return value


def _means_by_name(value: object) -> object:
    if isinstance(value, str) and value not in DEPROCESS_MEANS:
        raise ValueError(f"'{value}' is not {one_of(DEPROCESS_MEANS)}, and not three numbers")
    if isinstance(value, list):
        return tuple(value)
    return DEPROCESS_MEANS[value] if isinstance(value, str) else value


Mean = Annotated[float, Field(ge=-255, le=510)]
Means = Annotated[
    tuple[Mean, Mean, Mean],
    BeforeValidator(
        _means_by_name,
        json_schema_input_type=Literal["keras", "shifted"] | tuple[float, float, float],
    ),
]


# `content_weight` at strength 50 by `normalization`: the Keras example's, and what looks balanced
NEUTRAL_CONTENT_WEIGHT = {"keras": 2.5e-8, "layers": 0.2}
STRENGTH_PER_DECADE = 40  # how much strength divides the content's weight by ten


def content_weight_of(strength: int, normalization: str) -> float:
    """Return the content weight that a strength stands for, to four digits."""
    decades = (50 - strength) / STRENGTH_PER_DECADE
    return float(f"{NEUTRAL_CONTENT_WEIGHT[normalization] * 10**decades:.4g}")


class StyleSettings(BaseModel):
    """The settings of one picture; the defaults are the Keras example's (preset `faithful`)."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
        field_title_generator=lambda name, _: name.replace("_", " ").capitalize(),
    )

    size: Annotated[
        int,
        Field(
            ge=SHORTEST_RESULT_SIDE,
            le=TALLEST_RESULT,
            json_schema_extra={"unit": "px", "basic": True},
        ),
    ] = 400
    """Height of the result; the width follows from the content image."""

    iterations: Annotated[
        int, Field(ge=1, le=4000, json_schema_extra={"unit": "evaluations", "basic": True})
    ] = 100
    """Evaluations of the loss at full size."""

    coarse_iterations: Annotated[
        int, Field(ge=1, le=4000, json_schema_extra={"unit": "evaluations"})
    ] = 25
    """Evaluations of the loss at each coarser level of the pyramid. They cost little, and they
    make the large strokes and the composition."""

    strength: Annotated[int, Field(ge=0, le=100, json_schema_extra={"basic": True})] = 50
    """How much of the style the result takes on: 0 is close to the photograph, 100 close to the
    painting. It stands for `content_weight`, which overrides it."""

    content_weight: Annotated[float, Field(ge=0, le=100)] = NEUTRAL_CONTENT_WEIGHT["keras"]
    """How closely the result follows the content image; by default what `strength` stands for."""

    coarse_content: Annotated[float, Field(ge=0, le=4)] = 1
    """The content's weight at each coarser level of the pyramid, as a multiple of the next finer
    level's. Below 1 the painting decides light and colour, and the photograph the outlines."""

    style_weight: Annotated[float, Field(ge=0, le=100)] = 1e-6
    """How strongly the result takes on the style image's textures and colours, measured by Gram
    matrices."""

    moments_weight: Annotated[float, Field(ge=0, le=100)] = 0
    """The same, measured by the mean and covariance of each style layer."""

    tv_weight: Annotated[float, Field(ge=0, le=100, title="Smoothing weight")] = 1e-6
    """Total variation: how strongly neighbouring pixels are smoothed."""

    normalization: Literal["keras", "layers"] = "keras"
    """How each loss is scaled: `keras` as in the Keras example, where one layer makes up most of
    the style; `layers` relative to the style's or the content's own size at each layer, so that
    layers and sizes count alike."""

    style_layers: Annotated[
        dict[Layer, Annotated[float, Field(gt=0, le=1000)]],
        BeforeValidator(
            _layers_with_weights, json_schema_input_type=list[Layer] | dict[Layer, float]
        ),
        Field(min_length=1),
    ] = {
        "block1_conv1": 1.0,
        "block2_conv1": 1.0,
        "block3_conv1": 1.0,
        "block4_conv1": 1.0,
        "block5_conv1": 1.0,
    }
    """The VGG19 layers that define the style: a list, or layers with relative weights."""

    content_layer: Layer = "block5_conv2"
    """The VGG19 layer that defines the content."""

    pyramid: Annotated[int, Field(ge=1, le=5, json_schema_extra={"unit": "levels"})] = 2
    """How many levels from coarse to fine, each twice the previous size; 1 is full size only."""

    padding: Literal["zero", "replicate"] = "zero"
    """What each convolution sees around its input: `zero` as in the Keras example, which can leave
    coloured lines and specks along the borders; `replicate` continues the input's edge."""

    geometry: Literal["keras", "aspect"] = "keras"
    """How images are resized: `keras` stretches the style to the content's shape and takes the
    nearest pixel; `aspect` keeps the style's shape, resizes smoothly, and adjusts the weights so
    that the picture looks the same at every size."""

    deprocess_means: Annotated[
        Means,
        Field(title="Means added back", json_schema_extra={"unit": "B, G, R", "basic": True}),
    ] = DEPROCESS_MEANS["keras"]
    """What is added to each colour channel at the end: `keras` (the true means), `shifted` (an
    experiment that changes the colours), or three numbers."""

    preserve_color: Annotated[
        Literal["none", "luminance", "match"],
        Field(title="Preserved colours", json_schema_extra={"basic": True}),
    ] = "none"
    """How the photograph's colours are kept: `luminance` gives the finished picture the
    photograph's colours and keeps only its light and dark; `match` gives the painting the
    photograph's colours before it is used."""

    color_profile: Literal["srgb", "photograph"] = "srgb"
    """The colour space of the result: `srgb`, or that of the ICC profile that is embedded in the
    photograph, which the result then carries. The painting is converted to it. A profile that is
    not for R, G, B, damaged, or larger than 1 MB is not kept."""

    @model_validator(mode="before")
    @classmethod
    def _weigh_content(cls, values: Any) -> Any:
        """Fill in the content weight that the strength stands for; leave faults to the fields."""
        if not isinstance(values, Mapping) or "content_weight" in values:
            return values
        strength, normalization = values.get("strength", 50), values.get("normalization", "keras")
        if type(strength) is not int or not 0 <= strength <= 100:
            return values
        if not isinstance(normalization, str) or normalization not in NEUTRAL_CONTENT_WEIGHT:
            return values
        return {**values, "content_weight": content_weight_of(strength, normalization)}

    @model_validator(mode="after")
    def _weigh_something(self) -> Self:
        weights = (self.content_weight, self.style_weight, self.moments_weight, self.tv_weight)
        if not any(weights):
            raise ValueError(
                "there is nothing to minimise; at least one of content_weight, style_weight,"
                " moments_weight and tv_weight must be above 0"
            )
        return self

    def result_shape(self, width: int, height: int) -> tuple[int, int]:
        """Return the result's rows and columns for a content image of `width` × `height` pixels."""
        return self.size, int(width * self.size / height)  # truncated, as the Keras example does

    def levels(self, rows: int, columns: int) -> list[Level]:
        """Return the levels for a result of `rows` × `columns`, coarsest first."""
        return levels(rows, columns, self.iterations, self.coarse_iterations, self.pyramid)


def one_of(names: Mapping[str, Any]) -> str:
    """Return the names as a sentence lists them: `'a', 'b' or 'c'`."""
    *others, last = (f"'{name}'" for name in names)
    return f"{', '.join(others)} or {last}" if others else last
