"""The shortest way to send settings: a preset, and what differs from it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from shared.errors import InvalidSetting
from shared.settings.closest_preset import closest_preset
from shared.settings.fields import DEPROCESS_MEANS
from shared.settings.parsing import read_settings, validate
from shared.settings.style import StyleSettings


class Recipe(NamedTuple):
    """Settings as `POST /jobs` takes them, and the names of those that cannot be used."""

    settings: dict[str, Any]
    ignored: list[str]


def recipe_of(stored: Mapping[str, Any]) -> Recipe:
    """Return all of a picture's settings, which another version may have written, as a recipe.

    What this version does not know, or does not accept, is left out.
    """
    known = {name: value for name, value in stored.items() if name in StyleSettings.model_fields}
    while True:
        try:
            settings = validate("settings", StyleSettings, known)
        except InvalidSetting as error:
            name = str(error.parameters["field"]).split(".")[1:2]
            known = {other: known[other] for other in known if other not in name} if name else {}
        else:
            return Recipe(shortest(settings), sorted(stored.keys() - known.keys()))


def shortest(settings: StyleSettings) -> dict[str, Any]:
    """Return what has to be sent for these settings: a preset, the size, and few others."""
    preset = closest_preset(settings).name
    wanted = settings.model_dump(mode="json")
    base = read_settings({"preset": preset}).model_dump(mode="json")
    differing = {name: value for name, value in wanted.items() if value != base[name]}
    sent = {"preset": preset, **differing, "size": wanted["size"]}
    without_weight = {name: value for name, value in sent.items() if name != "content_weight"}
    if read_settings(without_weight) == settings:  # the strength stands for it
        sent = without_weight
    for name, means in DEPROCESS_MEANS.items():
        if "deprocess_means" in sent and settings.deprocess_means == means:
            sent["deprocess_means"] = name
    return sent
