"""What an operation of the API takes and answers, said beside its route.

    @blueprint.get("")
    @documented(
        Answer(200, "A page of jobs.", models.JobPage, {"two jobs": examples.page}),
        scope="read",
        query=ListQuery,
    )
    def index() -> dict[str, Any]:
        query = read_query(ListQuery)

The view's docstring is the operation's summary and description. The models are those that validate:
a route gets its query parameters with `read_query`, which accepts the documented model alone, and
validates its body with `Body.model`. Answers are not validated, since a status read is hot; tests
compare what the server answers with the document.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeVar

from flask import current_app
from pydantic import BaseModel

from shared.errors import GramworksError
from shared.job_store import Scope

View = TypeVar("View", bound=Callable[..., Any])
Error = type[GramworksError] | HTTPStatus
Examples = Mapping[str, Any]  # by name; a function is called when the document is made


@dataclass(frozen=True)
class Body:
    """What a request may carry.

    Attributes:
        model: what validates it; None if it is a file.
        examples: some values, by name.
        media_type: its format.
        parts: for a form, the media types of fields that are not plain text.
        is_required: whether it must not be empty.
    """

    model: type[BaseModel] | None
    examples: Examples
    media_type: str = "application/json"
    parts: Mapping[str, str] = field(default_factory=dict)
    is_required: bool = False


@dataclass(frozen=True)
class Answer:
    """What an operation answers if it succeeds.

    Attributes:
        status: the HTTP status.
        description: a sentence.
        model: the model of a JSON body.
        examples: some bodies, by name.
        media_types: the formats of a body that is not JSON.
        headers: names in `web.openapi.headers`.
        events: for an event stream, the model of each event's data; `examples` are then data by
            the event's name.
    """

    status: int
    description: str
    model: type[BaseModel] | None = None
    examples: Examples = field(default_factory=dict)
    media_types: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    events: Mapping[str, type[BaseModel]] = field(default_factory=dict)


@dataclass(frozen=True)
class Operation:
    """All that the document says of an operation, except for its path, method and docstring.

    `errors` are those of its own; the document adds the errors that every operation has.
    """

    answers: tuple[Answer, ...]
    scope: Scope | None
    query: type[BaseModel] | None
    bodies: tuple[Body, ...]
    headers: tuple[str, ...]
    errors: tuple[Error, ...]
    is_counted: bool

    @property
    def parameters(self) -> frozenset[str]:
        """The names of the query parameters."""
        fields = self.query.model_fields if self.query else {}
        return frozenset(each.alias or name for name, each in fields.items())


_operations: dict[Callable[..., Any], Operation] = {}


def documented(
    *answers: Answer,
    scope: Scope | None = None,
    query: type[BaseModel] | None = None,
    bodies: tuple[Body, ...] = (),
    headers: tuple[str, ...] = (),
    errors: tuple[Error, ...] = (),
    is_counted: bool = False,
) -> Callable[[View], View]:
    """Document a view; it stays as it is.

    Args:
        answers: what it answers if it succeeds.
        scope: what a token needs; None if any token will do.
        query: the model of its query parameters.
        bodies: what a request may carry, one of them.
        headers: the names of the request headers that it reads, in `web.openapi.headers`.
        errors: those that not every operation has.
        is_counted: whether it counts as a submission, and says how many are left.
    """
    operation = Operation(answers, scope, query, bodies, headers, errors, is_counted)

    def register(view: View) -> View:
        _operations[view] = operation
        return view

    return register


def operation_of(endpoint: str | None) -> Operation | None:
    """Return what is documented of an endpoint of the current application."""
    if endpoint is None:
        return None
    return _operations.get(current_app.view_functions[endpoint])
