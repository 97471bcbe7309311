"""The document as JSON.

It needs no token: it is the same for everybody, and says nothing of a deployment or its jobs.
"""

from typing import Any, cast

from flask import Blueprint, Response, current_app, json, request

from web.api import models
from web.identity.request_identity import public
from web.openapi.document import document
from web.openapi.operation import Answer, documented

blueprint = Blueprint("openapi", __name__)
SHORT = {"openapi": "3.1.0", "info": {"title": "Gramworks"}, "paths": {}, "components": {}}
_KEY = "gramworks.openapi"


@blueprint.get("/openapi.json")
@documented(
    Answer(200, "This document.", models.Document, {"in short": SHORT}, headers=("ETag",)),
    Answer(304, "It is the same as before."),
    headers=("If-None-Match",),
)
@public
def show() -> Response:
    """Describe the API in OpenAPI 3.1."""
    return with_etag(json.dumps(current_document()), "application/json")


def current_document() -> dict[str, Any]:
    """Return the current application's document, which is made at the first request for it."""
    made: dict[str, Any] | None = current_app.extensions.get(_KEY)
    if made is None:
        made = current_app.extensions[_KEY] = document(current_app)
    return made


def with_etag(text: str, mimetype: str) -> Response:
    """Return a response that says 304 to those who have it."""
    response = Response(text, mimetype=mimetype)
    response.add_etag()
    return cast(Response, response.make_conditional(request))
