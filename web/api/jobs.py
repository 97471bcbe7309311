"""The REST API of jobs and settings, for programs."""

import logging
from typing import Any

from flask import Blueprint, Response, request, url_for

from shared.errors import InvalidSetting, NotReady, StoreUnavailable
from shared.job import ENDED, Job, JobOptions
from shared.object_store import ObjectStore
from shared.pictures import FORMATS, decode, encode
from shared.settings import DEFAULT_PRESET, PRESETS, StyleSettings
from web.api.schemas import job_json
from web.identity.owner import owner_of
from web.intake.submission import submit
from web.services import get_services

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
LONGEST_PAGE = 100
log = logging.getLogger(__name__)


@blueprint.post("/jobs")
def create() -> tuple[dict[str, Any], int, dict[str, str]]:
    """Accept a job."""
    job = submit(get_services(), owner_of(request.remote_addr), request.files, request.form)
    return job_json(job), 202, {"Location": url_for(".show", job_id=job.id)}


@blueprint.get("/jobs")
def index() -> dict[str, Any]:
    """List jobs, newest first, a page at a time."""
    limit, cursor = _limit(), _cursor()
    page = get_services().jobs.page(limit, cursor)
    return {
        "jobs": [job_json(job) for job in page.jobs],
        "next": url_for(".index", limit=limit, cursor=page.cursor) if page.cursor else None,
    }


@blueprint.get("/jobs/<job_id>")
def show(job_id: str) -> dict[str, Any]:
    """Show a job."""
    return job_json(get_services().jobs.get(job_id))


@blueprint.delete("/jobs/<job_id>")
def delete(job_id: str) -> tuple[dict[str, Any] | str, int]:
    """Cancel a live job; delete an ended one with its pictures, but not with `?if=live`."""
    services, only_live = get_services(), _only_live()
    if services.jobs.cancel(job_id) not in ENDED or only_live:
        return job_json(services.jobs.get(job_id)), 200
    # The record first: pictures without one are collected by the workers, whatever fails here.
    if services.jobs.delete(job_id):
        _delete_pictures(services.objects, job_id)
    return "", 204


@blueprint.post("/jobs/<job_id>/retry")
def retry(job_id: str) -> tuple[dict[str, Any], int]:
    """Try a failed job again."""
    services = get_services()
    services.jobs.retry(job_id)
    services.wake()
    return job_json(services.jobs.get(job_id)), 202


@blueprint.get("/jobs/<job_id>/result")
def result(job_id: str) -> Response:
    """Send the finished picture, in the format that is asked for."""
    wanted = request.args.get("format", "png").lower()
    if wanted not in FORMATS:
        expected = " or ".join(f"'{name}'" for name in FORMATS)
        raise InvalidSetting(field="format", problem="literal_error", expected=expected)
    job = get_services().jobs.get(job_id)
    data = _picture(job, "result", job.result)
    if wanted != "png":
        data = encode(decode(data), wanted)
    response = Response(data, mimetype=FORMATS[wanted])
    response.headers["Content-Disposition"] = f'inline; filename="gramworks-{job_id}.{wanted}"'
    response.cache_control.private = True
    response.cache_control.max_age = 3600
    return response


@blueprint.get("/jobs/<job_id>/preview")
def preview(job_id: str) -> Response:
    """Send the newest preview."""
    job = get_services().jobs.get(job_id)
    response = Response(_picture(job, "preview", job.preview), mimetype="image/jpeg")
    response.cache_control.no_cache = True
    return response


@blueprint.get("/settings")
def settings() -> dict[str, Any]:
    """Show every knob with its type, bounds, default, unit and help, and the presets."""
    return {
        "schema": StyleSettings.model_json_schema(),
        "presets": {
            name: StyleSettings(**values).model_dump(mode="json")
            for name, values in PRESETS.items()
        },
        "default_preset": DEFAULT_PRESET,
        "options": JobOptions.model_json_schema(),
    }


def _delete_pictures(objects: ObjectStore, job_id: str) -> None:
    try:
        objects.delete_folder(f"jobs/{job_id}")
    except StoreUnavailable as error:
        log.warning("the pictures of %s are left to be collected: %s", job_id, error)


def _picture(job: Job, what: str, key: str | None) -> bytes:
    if key is None:
        raise NotReady(id=job.id, what=what, state=job.state)
    return get_services().objects.get(key)


def _only_live() -> bool:
    condition = request.args.get("if")
    if condition not in (None, "live"):
        raise InvalidSetting(field="if", problem="literal_error", expected="'live'")
    return condition is not None


def _limit() -> int:
    text = request.args.get("limit", "20")
    if not (text.isascii() and text.isdigit()):
        raise InvalidSetting(field="limit", problem="int_type")
    limit = int(text[:9])
    if limit < 1:
        raise InvalidSetting(field="limit", problem="greater_than_equal", ge=1)
    if limit > LONGEST_PAGE:
        raise InvalidSetting(field="limit", problem="less_than_equal", le=LONGEST_PAGE)
    return limit


def _cursor() -> str | None:
    cursor = request.args.get("cursor")
    if cursor and not (cursor.isascii() and cursor.isdigit() and len(cursor) < 20):
        raise InvalidSetting(field="cursor", problem="cursor", message="take it from a page's next")
    return cursor or None
