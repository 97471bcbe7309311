"""Every error as a response: problem+json for programs, a page for people."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, json, render_template, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from shared.errors import (
    FormTooLarge,
    GramworksError,
    InvalidRequest,
    JobFailure,
    NotFound,
    RateLimited,
    StorageFull,
    StoreUnavailable,
    UploadTooLarge,
    Waits,
)
from shared.job import JobFault
from web.messages.errors import heading, http_sentence, sentence

STATUSES: dict[str, HTTPStatus] = {  # all others are 500
    "upload_too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "form_too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "not_found": HTTPStatus.NOT_FOUND,
    "job_not_found": HTTPStatus.NOT_FOUND,
    "webhook_not_found": HTTPStatus.NOT_FOUND,
    "webhook_disabled": HTTPStatus.CONFLICT,
    "image_not_found": HTTPStatus.NOT_FOUND,
    "input_not_found": HTTPStatus.NOT_FOUND,
    "job_in_trash": HTTPStatus.GONE,
    "batch_not_found": HTTPStatus.NOT_FOUND,
    "object_not_found": HTTPStatus.NOT_FOUND,
    "token_required": HTTPStatus.UNAUTHORIZED,
    "token_invalid": HTTPStatus.UNAUTHORIZED,
    "sign_in_link_invalid": HTTPStatus.UNAUTHORIZED,
    "scope_missing": HTTPStatus.FORBIDDEN,
    "origin_not_allowed": HTTPStatus.FORBIDDEN,
    "form_expired": HTTPStatus.FORBIDDEN,
    "host_not_allowed": HTTPStatus.MISDIRECTED_REQUEST,
    "record_unreadable": HTTPStatus.CONFLICT,
    "not_ready": HTTPStatus.CONFLICT,
    "not_failed": HTTPStatus.CONFLICT,
    "nothing_to_fork": HTTPStatus.CONFLICT,
    "nothing_to_render": HTTPStatus.CONFLICT,
    "pixels_gone": HTTPStatus.GONE,
    "rendering_busy": HTTPStatus.SERVICE_UNAVAILABLE,
    "decoding_busy": HTTPStatus.SERVICE_UNAVAILABLE,
    "not_live": HTTPStatus.CONFLICT,
    "not_queued": HTTPStatus.CONFLICT,
    "not_running": HTTPStatus.CONFLICT,
    "job_paused": HTTPStatus.CONFLICT,
    "worker_not_found": HTTPStatus.NOT_FOUND,
    "fetching_busy": HTTPStatus.SERVICE_UNAVAILABLE,
    "downloads_busy": HTTPStatus.SERVICE_UNAVAILABLE,
    "superseded": HTTPStatus.CONFLICT,
    "queue_full": HTTPStatus.TOO_MANY_REQUESTS,
    "owner_quota_reached": HTTPStatus.TOO_MANY_REQUESTS,
    "rate_limited": HTTPStatus.TOO_MANY_REQUESTS,
    "storage_full": HTTPStatus.SERVICE_UNAVAILABLE,
    "store_unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
}
RETRY_SECONDS = {
    "queue_full": 60,
    "owner_quota_reached": 60,
    "storage_full": 300,
    "store_unavailable": 5,
    "rendering_busy": 10,
    "decoding_busy": 10,
    "fetching_busy": 10,
    "downloads_busy": 10,
}
PARAMETER_NAMES = {  # pydantic's names of bounds, and those of the API
    "ge": "minimum", "le": "maximum", "gt": "exclusive_minimum", "lt": "exclusive_maximum",
    "min_length": "minimum", "max_length": "maximum",
}  # fmt: skip # pairs side by side
FOR_PROGRAMS = ("health", "openapi")  # blueprints outside of /api
log = logging.getLogger(__name__)


def install(app: Flask) -> None:
    """Register the handlers for all errors of `app`."""
    app.register_error_handler(GramworksError, respond)
    app.register_error_handler(HTTPException, _respond_to_http)
    app.register_error_handler(Exception, _respond_to_unexpected)


def respond(error: GramworksError) -> Response:
    """Turn an error into a response: problem+json for programs, a page for people."""
    response = _response(problem(error))
    response.headers.update(retry_after(error))
    if response.status_code == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="gramworks"'
    if isinstance(error, StoreUnavailable | StorageFull):
        log.warning("%s", error)
    return response


def status_of(error: GramworksError) -> HTTPStatus:
    """Return the HTTP status of an error."""
    if isinstance(error, InvalidRequest):
        return STATUSES.get(error.code, HTTPStatus.UNPROCESSABLE_ENTITY)
    return STATUSES.get(error.code, HTTPStatus.INTERNAL_SERVER_ERROR)


def retry_after(error: GramworksError) -> dict[str, str]:
    """Return the Retry-After header, if trying again can help."""
    if isinstance(error, RateLimited):
        return {"Retry-After": str(error.parameters["seconds"])}
    seconds = RETRY_SECONDS.get(error.code)
    return {} if seconds is None else {"Retry-After": str(seconds)}


def problem(error: GramworksError, labels: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the RFC 9457 body of an error; `labels` are the page's names for fields."""
    status = status_of(error)
    body = _detailed(error.code, error.parameters, labels or {})
    return {
        "type": f"urn:gramworks:error:{error.code}",
        "title": status.phrase,
        "status": int(status),
        **body,
    }


def fault(error: JobFault | JobFailure | Waits | GramworksError) -> dict[str, Any]:
    """Return the JSON that says why a job failed or does not start."""
    return _detailed(error.code, error.parameters, {})


def _detailed(
    code: str, parameters: Mapping[str, Any], labels: Mapping[str, str]
) -> dict[str, Any]:
    shown = {PARAMETER_NAMES.get(name, name): value for name, value in parameters.items()}
    labelled = {**shown, "field": _label(str(shown.get("field")), labels)}
    hidden = ("problem", "message", "sent", "among")
    return {
        "detail": sentence(code, labelled),
        "code": code,
        **{name: value for name, value in shown.items() if name not in hidden},
    }


def _label(field: str, labels: Mapping[str, str]) -> str:
    """Return what the page calls a field, or a part of one (`Style layers: block1_conv1`)."""
    parent, dot, part = field.rpartition(".")
    if field in labels or not dot:
        return labels.get(field, field)
    return f"{labels[parent]}: {part}" if parent in labels else field


def _respond_to_http(error: HTTPException) -> Response:
    if isinstance(error, RequestEntityTooLarge):
        return respond(_too_large())
    if error.code == HTTPStatus.NOT_FOUND:
        return respond(NotFound())
    status = HTTPStatus(error.code or 500)
    if status < 400:  # a redirect
        return Response(error.get_response().response, status, error.get_headers())
    return _response(http_problem(status, error.description), error.get_headers())


def http_problem(status: HTTPStatus, detail: str | None = None) -> dict[str, Any]:
    """Return the body of an error that Flask or Werkzeug raise; `detail` is their sentence."""
    code = status.name.lower()
    return {
        "type": f"urn:gramworks:error:{code}",
        "title": status.phrase,
        "status": int(status),
        "detail": http_sentence(detail or status.description),
        "code": code,
    }


def _too_large() -> GramworksError:
    # Werkzeug raises the same error for large files and for long fields; the length decides.
    limits = current_app.config
    longest = limits["MAX_CONTENT_LENGTH"]
    if request.content_length is None or request.content_length > longest:
        return UploadTooLarge(maximum=longest)
    return FormTooLarge(maximum=limits["MAX_FORM_MEMORY_SIZE"], parts=limits["MAX_FORM_PARTS"])


def _respond_to_unexpected(error: Exception) -> Response:
    log.error("%s %s", request.method, request.path, exc_info=error)
    return respond(GramworksError())


def _response(body: Mapping[str, Any], headers: list[tuple[str, str]] | None = None) -> Response:
    if request.path.startswith("/api/") or request.blueprint in FOR_PROGRAMS:
        response = Response(json.dumps(body), mimetype="application/problem+json")
    else:
        title, back = heading(body["status"]), _page_to_go_back_to()
        page = render_template("error.html", problem=body, title=title, back=back)
        response = Response(page)
    response.status_code = body["status"]
    if allow := dict(headers or []).get("Allow"):
        response.headers["Allow"] = allow
    return response


def _page_to_go_back_to() -> str:
    """Return the page to load again: this page, or the page whose form was sent."""
    if request.method in ("GET", "HEAD"):
        return request.full_path.removesuffix("?")
    referrer = urlsplit(request.referrer or "")
    return referrer.path if referrer.netloc == request.host and referrer.path else "/"
