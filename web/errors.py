"""Every error as an answer: problem+json for programs, a page for people."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, current_app, json, render_template, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from shared.errors import (
    FormTooLarge,
    GramworksError,
    NotFound,
    StorageFull,
    StoreUnavailable,
    UploadTooLarge,
    Waits,
)
from shared.job import JobFault
from web.messages.errors import BOUNDS, RETRY_SECONDS, sentence, status_of

log = logging.getLogger(__name__)


def install(app: Flask) -> None:
    """Let `app` answer every error from here."""
    app.register_error_handler(GramworksError, answer)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(Exception, _answer_unforeseen)


def answer(error: GramworksError) -> Response:
    """Turn an error into a response: problem+json for programs, a page for people."""
    body = problem(error.code, error.parameters)
    response = _respond(body)
    response.headers.update(retry_after(error))
    if isinstance(error, StoreUnavailable | StorageFull):
        log.warning("%s", error)
    return response


def retry_after(error: GramworksError) -> dict[str, str]:
    """Return the header that says when to try again, if that helps."""
    return {"Retry-After": str(RETRY_SECONDS[error.code])} if error.code in RETRY_SECONDS else {}


def problem(code: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the RFC 9457 body for an error's code and parameters."""
    status = status_of(code)
    shown = {BOUNDS.get(name, name): value for name, value in parameters.items()}
    return {
        "type": f"urn:gramworks:error:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": sentence(code, shown),
        "code": code,
        **{name: value for name, value in shown.items() if name not in ("problem", "message")},
    }


def fault(error: JobFault | Waits) -> dict[str, Any]:
    """Return why a job failed, or is not started, for its representation."""
    body = problem(error.code, error.parameters)
    return {name: value for name, value in body.items() if name not in ("type", "title", "status")}


def _answer_http(error: HTTPException) -> Response:
    if isinstance(error, RequestEntityTooLarge):
        return answer(_too_large())
    if error.code == HTTPStatus.NOT_FOUND:
        return answer(NotFound())
    status = HTTPStatus(error.code or 500)
    if status < 400:  # a redirect
        return Response(error.get_response().response, status, error.get_headers())
    code = status.name.lower()
    body = {
        "type": f"urn:gramworks:error:{code}",
        "title": status.phrase,
        "status": int(status),
        "detail": error.description or status.description,
        "code": code,
    }
    return _respond(body, error.get_headers())


def _too_large() -> GramworksError:
    # Werkzeug says the same of long files and of long fields; the length tells them apart.
    longest = current_app.config["MAX_CONTENT_LENGTH"]
    if request.content_length is None or request.content_length > longest:
        return UploadTooLarge(maximum=longest)
    limits = current_app.config
    return FormTooLarge(maximum=limits["MAX_FORM_MEMORY_SIZE"], parts=limits["MAX_FORM_PARTS"])


def _answer_unforeseen(error: Exception) -> Response:
    log.error("%s %s", request.method, request.path, exc_info=error)
    return answer(GramworksError())


def _respond(body: Mapping[str, Any], headers: list[tuple[str, str]] | None = None) -> Response:
    if request.path.startswith("/api/") or request.blueprint == "health":
        response = Response(json.dumps(body), mimetype="application/problem+json")
    else:
        response = Response(render_template("error.html", problem=body))
    response.status_code = body["status"]
    if allow := dict(headers or []).get("Allow"):
        response.headers["Allow"] = allow
    return response
