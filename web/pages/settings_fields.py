"""The fields of forms that choose settings."""

from collections.abc import Iterable, Mapping
from typing import Any

from shared.settings import StyleSettings
from web.pages.formatting import sent_value


def settings_schema() -> dict[str, dict[str, Any]]:
    """Return the schema of each setting by name."""
    properties: dict[str, dict[str, Any]] = StyleSettings.model_json_schema()["properties"]
    return properties


def labels() -> dict[str, str]:
    """Return the label of each setting, by its name in errors."""
    return {f"settings.{name}": field["title"] for name, field in settings_schema().items()}


def chosen_values(form: Mapping[str, str], names: Iterable[str]) -> dict[str, object]:
    """Return the values of these fields that were filled in."""
    return {name: sent_value(form[name]) for name in names if form.get(name)}
