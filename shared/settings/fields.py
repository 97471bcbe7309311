"""The types of the settings' fields, and the configuration of models that requests fill."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
)
from pydantic_core import PydanticCustomError, PydanticKnownError

from shared.settings.levels import LONGEST_RESULT_SIDE, SHORTEST_RESULT_SIDE

# Of models whose values users send: unknown names, other types and NaN are errors. A field's
# docstring is its description in the schema, and its name its title.
OF_REQUESTS = ConfigDict(
    frozen=True,
    extra="forbid",
    strict=True,
    allow_inf_nan=False,
    use_attribute_docstrings=True,
    field_title_generator=lambda name, _: name.replace("_", " ").capitalize(),
)

CONVOLUTIONS_PER_BLOCK = (2, 2, 4, 4, 4)  # VGG19, table 1 (E) of Simonyan & Zisserman 2014
Layer = Literal[
    "block1_conv1", "block1_conv2",
    "block2_conv1", "block2_conv2",
    "block3_conv1", "block3_conv2", "block3_conv3", "block3_conv4",
    "block4_conv1", "block4_conv2", "block4_conv3", "block4_conv4",
    "block5_conv1", "block5_conv2", "block5_conv3", "block5_conv4",
]  # fmt: skip # a block a line

DEPROCESS_MEANS: dict[str, tuple[float, float, float]] = {
    "keras": (103.939, 116.779, 123.68),
    "shifted": (123.939, 96.779, 96.68),
}


def layers_with_weights(value: object) -> object:
    """Give the layers of a list equal weights."""
    if isinstance(value, list) and all(isinstance(name, str) for name in value):
        return dict.fromkeys(value, 1.0)
    return value


def _means_by_name(value: object) -> object:
    if isinstance(value, str) and value not in DEPROCESS_MEANS:
        raise PydanticCustomError(
            "not_means",
            "'{sent}' is not {among}, and not three numbers",
            {"sent": value, "among": one_of(DEPROCESS_MEANS)},
        )
    if isinstance(value, list):
        return tuple(value)
    return DEPROCESS_MEANS[value] if isinstance(value, str) else value


def one_above_zero(weights: list[float]) -> list[float]:
    """Refuse weights that are all 0; no weights at all are allowed."""
    if weights and not any(weights):
        raise PydanticCustomError("all_weights_zero", "at least one weight must be above 0")
    return weights


def one_fault(value: object, check: ValidatorFunctionWrapHandler) -> object:
    """Report a wrong number of rows as such, and not also as a text that is not `original`."""
    try:
        return check(value)
    except ValidationError as error:
        if isinstance(value, str):
            raise PydanticCustomError(
                "not_rows", "'{sent}' is not a whole number, and not 'original'", {"sent": value}
            ) from error
        first = error.errors(include_url=False)[0]
        raise PydanticKnownError(first["type"], first.get("ctx")) from error  # type: ignore[arg-type] # pydantic's own


Rows = Annotated[int, Field(ge=SHORTEST_RESULT_SIDE, le=LONGEST_RESULT_SIDE)]
Mean = Annotated[float, Field(ge=-255, le=510)]
Means = Annotated[
    tuple[Mean, Mean, Mean],
    BeforeValidator(
        _means_by_name,
        json_schema_input_type=Literal["keras", "shifted"] | tuple[Mean, Mean, Mean],
    ),
]
LayerWeights = dict[Layer, Annotated[float, Field(gt=0, le=1000)]]


def one_of(names: Mapping[str, Any]) -> str:
    """Return the names as a sentence lists them: `'a', 'b' or 'c'`."""
    *others, last = (f"'{name}'" for name in names)
    return f"{', '.join(others)} or {last}" if others else last
