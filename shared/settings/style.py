"""The settings of one picture, each with its bounds, default, unit and help."""

from collections.abc import Mapping
from math import floor, sqrt
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    WrapValidator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from shared.settings.fields import (
    DEPROCESS_MEANS,
    OF_REQUESTS,
    Layer,
    LayerWeights,
    Means,
    Rows,
    layers_with_weights,
    one_above_zero,
    one_fault,
)
from shared.settings.levels import Level, levels
from shared.settings.strength import NEUTRAL_CONTENT_WEIGHT, content_weight_of

MAX_STYLES = 8
MOST_STYLE_PIXELS = 16  # of all style images for one of the result; the memory plan has room for it


class StyleSettings(BaseModel):
    """The settings of one picture; the defaults are the Keras example's (preset `faithful`)."""

    model_config = OF_REQUESTS

    size: Annotated[
        Rows | Literal["original"],
        WrapValidator(one_fault),
        Field(json_schema_extra={"unit": "px", "basic": True}),
    ] = 400
    """Height of the result, or `original` for the content image's own; the width follows from the
    content image. If it is left out, a picture whose sides differ by more than 3:1 is painted with
    as many pixels as one of 4:3."""

    iterations: Annotated[
        int, Field(ge=1, le=4000, json_schema_extra={"unit": "evaluations", "basic": True})
    ] = 100
    """Evaluations of the loss at full size."""

    coarse_iterations: Annotated[
        int, Field(ge=1, le=4000, json_schema_extra={"unit": "evaluations"})
    ] = 20
    """Evaluations of the loss at each coarser level of the pyramid. They cost little, and they
    make the large strokes and the composition."""

    optimizer: Literal["lbfgs", "adam"] = "lbfgs"
    """The step rule: `lbfgs` needs the fewest evaluations; `adam` less memory, and it makes steps
    of similar length everywhere."""

    stop_when_settled: bool = False
    """Whether a level ends early: when its last 20 evaluations have lowered the loss by less than
    1 %."""

    init: Literal["style_colors", "content", "noise", "image"] = "style_colors"
    """What the coarsest level starts from: `style_colors` is the content image in the style's
    colours, `content` the content image, `noise` normal noise that `seed` chooses, and `image` an
    image of your own, sent as the file `init`, with the content image's proportions."""

    seed: Annotated[int, Field(ge=0, le=2**32 - 1)] = 0
    """Which noise a picture starts from (`init` `noise`). The same seed gives the same picture."""

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
        Annotated[LayerWeights, Field(min_length=1)],
        BeforeValidator(
            layers_with_weights,
            json_schema_input_type=Annotated[list[Layer], Field(min_length=1)]
            | Annotated[LayerWeights, Field(min_length=1)],
        ),
    ] = {
        "block1_conv1": 1.0,
        "block2_conv1": 1.0,
        "block3_conv1": 1.0,
        "block4_conv1": 1.0,
        "block5_conv1": 1.0,
    }
    """The VGG19 layers that define the style: a list, or layers with relative weights."""

    style_blend: Annotated[
        list[Annotated[float, Field(ge=0, le=1000)]],
        AfterValidator(one_above_zero),
        Field(max_length=MAX_STYLES),
    ] = []
    """How much each style image counts: relative weights in the order of the images, each from 0
    to 1000, and at least one above 0. Empty means that all count equally."""

    style_scale: Annotated[float, Field(ge=0.1, le=4, json_schema_extra={"unit": "times"})] = 1
    """How large the style image is beside the result: above 1 its strokes get larger, below 1
    smaller. For two styles it can be up to 2.82, for four up to 2, for eight up to 1.41."""

    style_octaves: Annotated[int, Field(ge=1, le=4, json_schema_extra={"unit": "sizes"})] = 1
    """At how many sizes the style is compared: the picture's own, half of it, a quarter and an
    eighth. With more, large strokes keep their shape at full size."""

    content_layer: Layer = "block5_conv2"
    """The VGG19 layer that defines the content."""

    pyramid: Annotated[int, Field(ge=1, le=5, json_schema_extra={"unit": "levels"})] = 3
    """How many levels from coarse to fine, each twice the previous size; 1 is full size only."""

    padding: Literal["zero", "replicate"] = "zero"
    """What each convolution sees around its input: `zero` as in the Keras example, which can leave
    coloured lines and specks along the borders; `replicate` continues the input's edge."""

    pooling: Literal["max", "average"] = "max"
    """What VGG19 passes on of each 2 × 2 activations: `max` the largest, as in the Keras example;
    `average` their mean, for softer pictures."""

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

    color_profile: Annotated[Literal["srgb", "photograph"], Field(title="Colour profile")] = "srgb"
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
            raise PydanticCustomError(
                "nothing_to_minimise",
                "there is nothing to minimise; at least one of {among} must be above 0",
                {"among": "content_weight, style_weight, moments_weight and tv_weight"},
            )
        return self

    def result_shape(self, width: int, height: int) -> tuple[int, int]:
        """Return the result's rows and columns for a content image of `width` × `height` pixels."""
        rows = self.size if isinstance(self.size, int) else height
        return rows, int(width * rows / height)  # truncated, as the Keras example does

    def style_shares(self, styles: int) -> list[float]:
        """Return each style image's share, which add up to 1.

        Args:
            styles: how many style images there are.

        Raises:
            ValueError: `style_blend` has another number of weights.
        """
        weights = self.style_blend or [1.0] * styles
        if len(weights) != styles:
            raise ValueError(f"style_blend has {len(weights)} weights for {styles} style images")
        return [weight / sum(weights) for weight in weights]

    def largest_style_scale(self, styles: int) -> float:
        """Return the largest `style_scale` for this many style images; those of weight 0 are free.

        Raises:
            ValueError: `style_blend` has another number of weights.
        """
        counted = sum(share > 0 for share in self.style_shares(styles))
        return floor(100 * sqrt(MOST_STYLE_PIXELS / counted)) / 100

    def levels(self, rows: int, columns: int) -> list[Level]:
        """Return the levels for a result of `rows` × `columns`, coarsest first."""
        evaluations = (self.iterations, self.coarse_iterations)
        return levels(rows, columns, *evaluations, self.pyramid, self.style_octaves)
