"""Settings from JSON, with errors that name the field and its bound."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, Field, ValidationError

from shared.errors import GramworksError, InvalidJson, InvalidSetting, UnknownSetting
from shared.settings.fields import one_of
from shared.settings.presets import PRESETS
from shared.settings.style import StyleSettings

DEFAULT = "faithful"  # the preset of settings that name none


class SentSettings(StyleSettings):
    """The settings that a request sends; all can be left out."""

    preset: Annotated[str, Field(json_schema_extra={"enum": list(PRESETS)})] = DEFAULT
    """The set of settings that the others override."""


def parse_settings(text: str) -> StyleSettings:
    """Read settings from the JSON object `text`, as `read_settings` does.

    Raises:
        InvalidJson: `text` is not a JSON object.
        UnknownSetting, InvalidSetting: as `read_settings`.
    """
    return read_settings(read_object("settings", text))


def read_settings(values: Mapping[str, Any]) -> StyleSettings:
    """Return settings from JSON values by name; `preset` names the defaults.

    Raises:
        UnknownSetting: a name is not a setting.
        InvalidSetting: a value has a wrong type or is out of bounds.
    """
    preset = values.get("preset", DEFAULT)
    if not isinstance(preset, str) or preset not in PRESETS:
        raise InvalidSetting(
            field="settings.preset", problem="literal_error", expected=one_of(PRESETS)
        )
    chosen = {name: value for name, value in values.items() if name != "preset"}
    return validate("settings", StyleSettings, {**PRESETS[preset], **chosen})


def read_object(field: str, text: str) -> dict[str, Any]:
    """Return the JSON object that `text` holds, or raise InvalidJson for `field`."""
    try:
        values = json.loads(text or "{}")
    except (ValueError, RecursionError) as error:
        raise InvalidJson(field=field, reason=str(error)[:200]) from error
    if not isinstance(values, dict):
        raise InvalidJson(field=field, reason=f"it holds {_JSON_NAMES[type(values)]}")
    return values


_JSON_NAMES = {
    list: "an array",
    str: "a string",
    int: "a number",
    float: "a number",
    bool: "a boolean",
    type(None): "null",
}
Model = TypeVar("Model", bound=BaseModel)


def validate(field: str, model: type[Model], values: Mapping[str, Any]) -> Model:
    """Return `values` as a `model`; raise the first fault as an error with its field and bound.

    Args:
        field: what has the values, or nothing if they stand for themselves.
        model: what validates them.
        values: as they came.
    """
    try:
        return model.model_validate_json(json.dumps(values))
    except ValidationError as error:
        raise _fault(field, model, error) from error


def _fault(field: str, model: type[BaseModel], error: ValidationError) -> GramworksError:
    first = error.errors(include_url=False)[0]
    names = [str(part) for part in first["loc"] if part != "[key]"]
    path = ".".join([field, *names] if field else names)
    if first["type"] == "extra_forbidden":
        return UnknownSetting(field=path, known=sorted(model.model_fields))
    internal = ("error", "class_name")  # of Python; a request has neither
    bounds = {key: value for key, value in first.get("ctx", {}).items() if key not in internal}
    return InvalidSetting(field=path, problem=first["type"], message=first["msg"], **bounds)
