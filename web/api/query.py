"""Query strings, read by a model: each parameter is described and bounded where it is declared."""

from typing import TypeVar

from flask import request
from pydantic import BaseModel, ConfigDict

from shared.settings import OF_REQUESTS, validate
from web.intake.submission import check_known

OF_QUERIES = ConfigDict(**{**OF_REQUESTS, "strict": False})  # all values are text
Query = TypeVar("Query", bound=BaseModel)


def read_query(model: type[Query]) -> Query:
    """Return this request's query string as a `model`.

    Raises:
        UnknownField: it has a parameter that the model does not know, probably misspelled.
        InvalidSetting: a value has a wrong type or is out of bounds.
    """
    names = tuple(field.alias or name for name, field in model.model_fields.items())
    check_known(set(request.args), names)
    return validate("", model, request.args.to_dict())
