"""The settings' schema: enough for a client that knows no setting by name."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from shared.settings import PRESETS, StyleSettings
from tests.web.api_requests import accepted, submit

NAMES = list(StyleSettings.model_fields)
NUMBERS = [
    *("iterations", "coarse_iterations", "strength", "pyramid"),
    *("content_weight", "style_weight", "moments_weight", "tv_weight"),
]
UNITS = {
    "iterations": "evaluations",
    "coarse_iterations": "evaluations",
    "pyramid": "levels",
}


@pytest.fixture
def guide(client: FlaskClient) -> dict[str, Any]:
    response = client.get("/api/v1/settings")
    assert response.status_code == 200
    return dict(response.get_json())


def test_every_setting_is_listed_with_help_and_default(guide: dict[str, Any]) -> None:
    listed = guide["schema"]["properties"]
    assert list(listed) == NAMES
    assert all(setting["description"] and "default" in setting for setting in listed.values())


@pytest.mark.parametrize("name", NUMBERS)
def test_every_number_is_listed_with_bounds_and_unit(guide: dict[str, Any], name: str) -> None:
    setting = guide["schema"]["properties"][name]
    assert setting["minimum"] <= setting["default"] <= setting["maximum"]
    assert setting.get("unit") == UNITS.get(name)


def test_the_size_is_listed_as_a_number_with_bounds_or_original(guide: dict[str, Any]) -> None:
    setting = guide["schema"]["properties"]["size"]
    rows, original = setting["anyOf"]
    assert rows == {"type": "integer", "minimum": 32, "maximum": 65_500}
    assert original["const"] == "original"
    assert (setting["default"], setting["unit"]) == (400, "px")


def test_presets_are_complete_settings_that_a_program_can_send_back(
    client: FlaskClient, guide: dict[str, Any]
) -> None:
    assert set(guide["presets"]) == set(PRESETS)
    assert guide["default_preset"] in guide["presets"]
    for values in guide["presets"].values():
        assert list(values) == NAMES
        job = accepted(submit(client, settings=client.application.json.dumps(values)))
        assert job["settings"] == values


def test_options_are_listed_too(guide: dict[str, Any]) -> None:
    assert guide["options"]["properties"]["priority"]["enum"] == ["high", "normal", "low"]
