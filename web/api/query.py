"""Query strings, read by models that refuse what they do not know."""

from typing import TypeVar

from flask import request
from pydantic import BaseModel, ConfigDict

from shared.errors import UnknownField, UnknownSetting
from shared.settings import validate

Query = TypeVar("Query", bound=BaseModel)
OF_QUERIES = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


def read_query(model: type[Query]) -> Query:
    """Return this request's query as a `model`.

    Raises:
        UnknownField: there is no parameter of this name.
        InvalidSetting: a value has a wrong type or is out of bounds.
    """
    try:
        return validate("", model, request.args.to_dict())
    except UnknownSetting as error:
        raise UnknownField(**error.parameters) from error
