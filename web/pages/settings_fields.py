"""The fields of forms that choose settings."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from flask_babel import gettext

from shared.settings import PRESETS, StyleSettings
from web.messages.languages import gettext_noop
from web.messages.schemas import translated_fields
from web.pages.formatting import sent_value, setting

GROUPS = {  # of the form, in its order; a setting that none names comes last, under OTHERS
    gettext_noop("Colours"): ("preserve_color", "deprocess_means", "color_profile"),
    gettext_noop("Time and detail"): (
        *("iterations", "coarse_iterations", "pyramid", "optimizer", "stop_when_settled"),
    ),
    gettext_noop("Style"): (
        *("style_scale", "style_blend", "style_octaves", "style_layers"),
        *("style_weight", "moments_weight"),
    ),
    gettext_noop("Photograph"): ("content_weight", "coarse_content", "content_layer"),
    gettext_noop("Starting image"): ("init", "seed"),
}
OTHERS = gettext_noop("Method")
APART = ("size", "strength")  # which the form shows outside of the groups


def settings_schema() -> dict[str, dict[str, Any]]:
    """Return the schema of each setting by name."""
    properties: dict[str, dict[str, Any]] = StyleSettings.model_json_schema()["properties"]
    return properties


def translated_schema() -> dict[str, dict[str, Any]]:
    """Return the schema of each setting by name, in the language of the request."""
    return translated_fields(StyleSettings)


def settings_groups() -> dict[str, dict[str, dict[str, Any]]]:
    """Return the translated schemas of the settings by the title of their group."""
    schema = translated_schema()
    grouped = {name for names in GROUPS.values() for name in names}.union(APART)
    others = tuple(name for name in schema if name not in grouped)
    return {
        gettext(title): {name: schema[name] for name in names}
        for title, names in {**GROUPS, OTHERS: others}.items()
    }


@cache
def preset_values() -> dict[str, dict[str, str]]:
    """Return what each preset sets, as forms show it, by the preset's name."""
    settings = {name: StyleSettings(**values).model_dump() for name, values in PRESETS.items()}
    return {
        name: {field: setting(value) for field, value in values.items()}
        for name, values in settings.items()
    }


def labels() -> dict[str, str]:
    """Return the label of each setting, by its name in errors."""
    return {f"settings.{name}": field["title"] for name, field in translated_schema().items()}


def chosen_values(form: Mapping[str, str], names: Iterable[str]) -> dict[str, object]:
    """Return the values of these fields that were filled in."""
    return {name: sent_value(form[name]) for name in names if form.get(name)}
