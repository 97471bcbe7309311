"""The titles, descriptions and units of models whose fields a form shows."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from web.messages.sentences import say_as_it_is

TEXTS = ("title", "description", "unit")
Fields = Mapping[str, Mapping[str, Any]]


def translated_fields(model: type[BaseModel]) -> dict[str, dict[str, Any]]:
    """Return the schema of each field by name, in the language of the request."""
    fields: Fields = model.model_json_schema()["properties"]
    return {
        name: {**field, **{part: say_as_it_is(text) for part, text in _texts(field).items()}}
        for name, field in fields.items()
    }


def field_texts(model: type[BaseModel]) -> Iterator[str]:
    """Return all texts of a model's fields that can be translated."""
    for field in model.model_json_schema()["properties"].values():
        yield from _texts(field).values()


def _texts(field: Mapping[str, Any]) -> dict[str, str]:
    """Return the texts of a field on one line each."""
    return {part: " ".join(str(field[part]).split()) for part in TEXTS if part in field}
