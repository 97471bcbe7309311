"""The settings of a picture: their schema and the presets."""

from typing import Any

from flask import Blueprint

from shared.job import JobOptions
from shared.settings import DEFAULT_PRESET, PRESETS, StyleSettings
from web.api import models
from web.openapi.operation import Answer, documented

blueprint = Blueprint("settings", __name__, url_prefix="/api/v1/settings")


def settings_guide() -> dict[str, Any]:
    """Return what a client needs to know of the settings."""
    return {
        "schema": StyleSettings.model_json_schema(),
        "presets": {
            name: StyleSettings(**values).model_dump(mode="json")
            for name, values in PRESETS.items()
        },
        "default_preset": DEFAULT_PRESET,
        "options": JobOptions.model_json_schema(),
    }


@blueprint.get("")
@documented(Answer(200, "The settings.", models.SettingsGuide, {"all settings": settings_guide}))
def index() -> dict[str, Any]:
    """List all settings with type, bounds, default, unit and help, and the presets."""
    return settings_guide()
