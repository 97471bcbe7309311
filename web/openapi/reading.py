"""Query parameters, as the operation's document says they are."""

import re
from typing import TypeVar

from flask import Flask, request
from pydantic import BaseModel, BeforeValidator
from pydantic_core import PydanticKnownError

from shared.errors import InvalidSetting, UnknownParameter
from shared.settings import validate
from web.openapi.operation import operation_of

Model = TypeVar("Model", bound=BaseModel)
_DIGITS = re.compile(r"-?\d+", re.ASCII)
FLAGS = {"true": True, "false": False}
MOST_DIGITS = 20  # that are read; no bound has as many


def _whole_number(value: object) -> object:
    if isinstance(value, str):
        if not _DIGITS.fullmatch(value):
            raise PydanticKnownError("int_type")
        return int(value[:MOST_DIGITS])
    return value


def _flag(value: object) -> object:
    if isinstance(value, str):
        if value not in FLAGS:
            raise PydanticKnownError("bool_parsing")
        return FLAGS[value]
    return value


FLAG = BeforeValidator(_flag)  # pydantic's own also takes "on" and "Yes"
WHOLE_NUMBER = BeforeValidator(_whole_number)  # pydantic's own also takes " 1_0.0"


def install(app: Flask) -> None:
    """Refuse parameters that an operation of `app` does not have."""
    app.before_request(_check_names)


def read_query(model: type[Model]) -> Model:
    """Return the query parameters of this request.

    Args:
        model: what validates them, the one that the operation documents.

    Raises:
        InvalidSetting: a value is invalid, or came twice.
    """
    operation = operation_of(request.endpoint)
    if operation is None or operation.query is not model:
        raise TypeError(f"{request.endpoint} does not document {model.__name__}")
    return _read(model)


def read_page_query(model: type[Model]) -> Model:
    """Return the query parameters of this request, which is for a page.

    Raises:
        UnknownParameter: the page has no such parameter.
        InvalidSetting: a value is invalid, or came twice.
    """
    known = {field.alias or name for name, field in model.model_fields.items()}
    for name in sorted(set(request.args) - known):
        raise UnknownParameter(field=name, known=sorted(known))
    return _read(model)


def _read(model: type[Model]) -> Model:
    for name, values in request.args.lists():
        if len(values) > 1:
            raise InvalidSetting(field=name, problem="repeated")
    return validate("", model, request.args.to_dict())


def _check_names() -> None:
    """Raise UnknownParameter, since what is misspelled would be ignored."""
    if not request.environ.get("QUERY_STRING"):
        return
    operation = operation_of(request.endpoint)
    if operation is None:
        return
    for name in sorted(set(request.args) - operation.parameters):
        raise UnknownParameter(field=name, known=sorted(operation.parameters))
