"""Rows of the documents' tables; `python -m bench.setting_tables` prints those of Config."""

from collections.abc import Iterator
from typing import Any

from shared.config import Config
from shared.settings import PRESETS, StyleSettings


def setting_rows() -> Iterator[str]:
    """Return a row for each setting of a picture."""
    for name, setting in StyleSettings.model_json_schema()["properties"].items():
        cells = (f"`{name}`", _value(setting["default"]), _bounds(setting), setting.get("unit", ""))
        yield _row(*cells, setting["description"])


def preset_rows() -> Iterator[str]:
    """Return a row for each setting in which the presets differ, with its value in each."""
    presets = [StyleSettings(**values).model_dump() for values in PRESETS.values()]
    yield _row("name", *(f"`{name}`" for name in PRESETS))
    for name in StyleSettings.model_fields:
        values = [preset[name] for preset in presets]
        if any(value != values[0] for value in values):
            yield _row(f"`{name}`", *map(_value, values))


def config_rows() -> Iterator[str]:
    """Return a row for each deployment setting."""
    for field in Config.model_fields.values():
        default = "" if field.default in ("", None) else f"`{field.default}`"
        yield _row(f"`{field.alias}`", default, str(field.description))


def _row(*cells: str) -> str:
    return "| " + " | ".join(" ".join(cell.split()) for cell in cells) + " |"


def _value(value: Any) -> str:
    if isinstance(value, dict):  # the first convolution of each block in all presets
        weights = [f"{weight:g}" for weight in value.values()]
        return "equal" if len(set(weights)) == 1 else " ".join(weights)
    if isinstance(value, (list, tuple)):
        return " ".join(map(str, value))
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, bool):
        return str(value).lower()
    return f"`{value}`" if isinstance(value, str) else str(value)


def _bounds(setting: dict[str, Any]) -> str:
    if setting.get("type") == "boolean":
        return "true or false"
    if "enum" in setting:
        names = setting["enum"]
        return " or ".join(f"`{name}`" for name in names) if len(names) < 4 else ""
    if "anyOf" in setting:
        branches = [
            f"`{each['const']}`" if "const" in each else _bounds(each) for each in setting["anyOf"]
        ]
        return " or ".join(branches) if all(branches) else ""
    return f"{setting['minimum']} to {setting['maximum']}" if "minimum" in setting else ""


if __name__ == "__main__":
    print("\n".join(config_rows()))
