"""Describes a setting's JSON Schema and value in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Schema = Mapping[str, Any]

KINDS = {
    "boolean": "true or false",
    "integer": "whole number",
    "null": "null",
    "number": "number",
    "string": "text",
}
FEW = 6


def allowed(setting: Schema, root: Schema) -> str:
    """`32 to 4096 px`, `keras or aspect`, `list of text`; `root` resolves `$ref`."""
    return " ".join(filter(None, (_allowed(setting, root), setting.get("unit"))))


def value(setting: object) -> str:
    """`400`, `2.5e-08`, `keras`, `103.939, 116.779`; for an object, one line per name."""
    if isinstance(setting, bool) or setting is None:
        return {True: "true", False: "false", None: "null"}[setting]
    if isinstance(setting, float):
        return f"{setting:g}" if abs(setting) < 1e-3 else f"{setting:.10g}"
    if isinstance(setting, Mapping):
        return "\n".join(f"{name}: {value(of)}" for name, of in setting.items())
    if isinstance(setting, Sequence) and not isinstance(setting, str):
        return ", ".join(map(value, setting))
    return str(setting)


def branches(setting: Schema, root: Schema) -> list[Schema]:
    """Return the alternatives that a setting's schema allows, each without `$ref`."""
    match _resolved(setting, root):
        case {"anyOf": alternatives} | {"oneOf": alternatives}:
            return [one for branch in alternatives for one in branches(branch, root)]
        case other:
            return [other]


def _allowed(setting: Schema, root: Schema) -> str:
    texts = [text for branch in branches(setting, root) for text in _alternative(branch, root)]
    *first, last = dict.fromkeys(texts)
    return f"{', '.join(first)} or {last}" if first else last


def _alternative(setting: Schema, root: Schema) -> list[str]:
    match setting:
        case {"enum": choices} if len(choices) <= FEW:
            return [value(choice) for choice in choices]
        case {"enum": [first, *_, last] as choices}:
            return [f"{value(first)} … {value(last)} ({len(choices)} names)"]
        case {"const": only}:
            return [value(only)]
        case other:
            return [_of_type(other, root)]


def _of_type(setting: Schema, root: Schema) -> str:
    match setting.get("type"):
        case "number" | "integer":
            return _number(setting)
        case "array":
            return _array(setting, root)
        case "object":
            return _object(setting, root)
        case _:
            return _kind(setting)


def _kind(setting: Schema) -> str:
    return KINDS.get(setting.get("type", ""), "anything")


def _resolved(setting: Schema, root: Schema) -> Schema:
    if "$ref" not in setting:
        return setting
    found: Any = root
    for key in setting["$ref"].removeprefix("#/").split("/"):
        found = found[key]
    return _resolved(found, root)


def _number(setting: Schema) -> str:
    low, high = setting.get("minimum"), setting.get("maximum")
    above, below = setting.get("exclusiveMinimum"), setting.get("exclusiveMaximum")
    if low is not None and high is not None:
        return f"{value(low)} to {value(high)}"
    bounds = {"at least": low, "above": above, "at most": high, "below": below}
    said = [f"{word} {value(bound)}" for word, bound in bounds.items() if bound is not None]
    return ", ".join(said) or _kind(setting)


def _array(setting: Schema, root: Schema) -> str:
    if "prefixItems" in setting:
        return f"[{', '.join(_allowed(item, root) for item in setting['prefixItems'])}]"
    return f"a list of {_allowed(setting.get('items', {}), root)}"


def _object(setting: Schema, root: Schema) -> str:
    of = setting.get("additionalProperties")
    return f"{{name: {_allowed(of, root) if isinstance(of, Mapping) else 'anything'}}}"
