"""Reads `--set NAME=VALUE` as a person writes it, with the server's schema of the settings."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import click

from gramworks.cli.schema import Schema, branches

NAMES = {
    "NoneType": "null",
    "bool": "boolean",
    "dict": "object",
    "float": "number",
    "int": "integer",
    "list": "array",
    "str": "string",
}
"""JSON Schema's names of Python's types."""


def read_assignments(texts: Iterable[str], schema: Schema) -> dict[str, Any]:
    """Return the settings that `NAME=VALUE` texts set.

    A value is JSON if it parses, and a text otherwise. Where the schema expects a list, `1,2,3` is
    one; where it expects an object, `a:1,b:2` is one.
    """
    fields = schema.get("properties", {})
    pairs = [_pair(text) for text in texts]
    return {name: _value(text, fields.get(name, {}), schema) for name, text in pairs}


def check_assignments(texts: Iterable[str]) -> None:
    """Raise UsageError unless all texts are `NAME=VALUE`."""
    for text in texts:
        _pair(text)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name.strip() and equals):
        raise click.UsageError(f"--set needs NAME=VALUE, and got {text!r}.")
    return name.strip(), value.strip()


def _value(text: str, field: Schema, root: Schema) -> Any:
    value = _json_or_text(text)
    expected = {branch.get("type") for branch in branches(field, root)}
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if isinstance(value, list | dict) or not expected & {"array", "object"}:
        return value
    if "object" in expected and parts and all(":" in part for part in parts):
        named = (part.rpartition(":") for part in parts)
        return {name.strip(): _json_or_text(number.strip()) for name, _, number in named}
    if "array" in expected and ("," in text or NAMES[type(value).__name__] not in expected):
        return [_json_or_text(part) for part in parts]
    return value


def _json_or_text(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return value
