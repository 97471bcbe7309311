"""The documented routes of an application, with the errors that each can answer."""

import re
from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from shared import errors
from web.identity.csrf import SAFE_METHODS
from web.identity.request_identity import is_public
from web.openapi.headers import PREFER
from web.openapi.operation import Error, Operation, operation_of

AUTOMATIC = frozenset({"HEAD", "OPTIONS"})  # Flask answers them for every route with GET
OF_ARGUMENTS: dict[str, tuple[Error, ...]] = {  # of paths that have them
    "job_id": (errors.JobNotFound, errors.JobInTrash),
    "name": (errors.InputNotFound,),
    "batch_id": (errors.BatchNotFound,),
    "sha256": (errors.InvalidHash,),
    "webhook_id": (errors.WebhookNotFound,),
    "worker": (errors.WorkerNotFound,),
}


@dataclass(frozen=True)
class Route:
    """A method of a path, and what is documented of it."""

    rule: Rule
    method: str
    operation: Operation
    view: Any
    is_public: bool

    @property
    def path(self) -> str:
        """The path as OpenAPI writes it."""
        return template_of(self.rule)

    @property
    def tag(self) -> str:
        """The name of the group that the operation belongs to: its blueprint."""
        return str(self.rule.endpoint).partition(".")[0]

    @property
    def errors(self) -> tuple[Error, ...]:
        """All errors that the operation can answer."""
        operation = self.operation
        found: list[Error] = [*operation.errors, errors.UnknownParameter]
        if operation.query:
            found.append(errors.InvalidSetting)
        if PREFER in operation.headers:  # the job can be deleted while the request waits
            found += [errors.InvalidSetting, errors.JobNotFound, errors.JobInTrash]
        found += [error for name in sorted(self.rule.arguments) for error in OF_ARGUMENTS[name]]
        if not self.is_public:
            found += [errors.TokenRequired, errors.TokenInvalid, errors.StoreUnavailable]
            if self.method not in SAFE_METHODS:
                found += [errors.OriginNotAllowed, errors.FormExpired]
        if operation.scope:
            found.append(errors.ScopeMissing)
        return (*found, errors.HostNotAllowed, errors.GramworksError)


def template_of(rule: Rule) -> str:
    """Return a path as OpenAPI writes it: `/jobs/{job_id}`."""
    return re.sub(r"<(?:[^<>:]+:)?(\w+)>", r"{\1}", rule.rule)


def routes(app: Flask) -> list[Route]:
    """Return every documented method of every path, in the order of the paths."""
    found = []
    with app.app_context():
        for rule in app.url_map.iter_rules():
            operation = operation_of(rule.endpoint)
            if operation is None:
                continue
            view, public = app.view_functions[rule.endpoint], is_public(rule.endpoint)
            methods = (rule.methods or set()) - AUTOMATIC
            found += [Route(rule, method, operation, view, public) for method in methods]
    return sorted(found, key=lambda route: (route.path, route.method))
