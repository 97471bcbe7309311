"""Jobs: submit, list, show, cancel or delete, retry, fork; their pictures."""

from typing import Annotated, Any, Literal

from flask import Blueprint, Response, current_app, request, url_for
from pydantic import BaseModel, Field

from shared.errors import InvalidSetting, NotReady, RecordUnreadable
from shared.job import Job
from shared.metadata import Metadata
from shared.pictures import FORMATS, decode, encode
from shared.settings import read_object
from web.api.query import OF_QUERIES, read_query
from web.api.render import picture_response, rendered
from web.api.schemas import job_json, trashed_json
from web.deletion import delete_job
from web.identity.load_job import list_jobs, load_job, load_record
from web.identity.request_identity import count_submission, get_identity, require
from web.intake.fork import fork
from web.intake.idempotency import keyed
from web.intake.limits import owner_bounds, queue_bounds
from web.intake.submission import submit
from web.services import get_services

blueprint = Blueprint("jobs", __name__, url_prefix="/api/v1/jobs")
MAX_PAGE = 100


class DeleteQuery(BaseModel):
    """What is deleted."""

    model_config = OF_QUERIES

    condition: Annotated[Literal["live"] | None, Field(alias="if")] = None
    """With `live`, a job is only cancelled: one that has ended stays as it is."""

    permanently: bool = False
    """Whether an ended job is deleted for good, also from the trash."""


@blueprint.post("")
def create() -> tuple[dict[str, Any], int, dict[str, str]]:
    """Accept a job."""
    require("submit")
    count_submission()
    owner = get_identity().owner
    job = submit(get_services(), owner, request.files, request.form, keyed(request, owner))
    return job_json(job), 202, {"Location": url_for(".show", job_id=job.id)}


@blueprint.get("")
def index() -> dict[str, Any]:
    """List the owner's jobs, or for an operator all, newest first, a page at a time."""
    require("read")
    limit, cursor = _limit(), _cursor()
    page = list_jobs(limit, cursor)
    return {
        "jobs": [job_json(job) for job in page.jobs],
        "next": url_for(".index", limit=limit, cursor=page.cursor) if page.cursor else None,
    }


@blueprint.get("/<job_id>")
def show(job_id: str) -> dict[str, Any]:
    """Show a job."""
    return job_json(load_job(job_id, "read"))


@blueprint.delete("/<job_id>")
def delete(job_id: str) -> tuple[dict[str, Any] | str, int]:
    """Cancel a queued or running job; move an ended one to the trash, or delete it for good."""
    services, wanted = get_services(), read_query(DeleteQuery)
    load_record(job_id, "submit", in_trash=wanted.permanently)
    was_live = services.jobs.cancel(job_id)
    if was_live or wanted.condition:
        try:
            return job_json(services.jobs.get(job_id)), 200
        except RecordUnreadable:
            if wanted.condition:
                raise
    if delete_job(services, job_id, permanently=wanted.permanently):
        return trashed_json(services.jobs.find(job_id)), 200
    return "", 204


@blueprint.post("/<job_id>/retry")
def retry(job_id: str) -> tuple[dict[str, Any], int]:
    """Queue a failed job again."""
    retry_job(job_id)
    return job_json(get_services().jobs.get(job_id)), 202


def retry_job(job_id: str) -> None:
    """Queue a failed job again; this counts as a submission."""
    services, job = get_services(), load_record(job_id, "submit")
    count_submission()
    bounds = queue_bounds(services.config), owner_bounds(services.config)
    services.jobs.retry(job.id, *bounds, keyed(request, get_identity().owner))
    services.wake()


@blueprint.post("/<job_id>/fork")
def create_fork(job_id: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Accept a new job with this one's pictures, which starts from its pixels or once more."""
    parent = load_job(job_id, "submit")
    count_submission()
    request.max_content_length = current_app.config["MAX_FORM_MEMORY_SIZE"]
    body = read_object("fork", request.get_data(as_text=True))
    owner = get_identity().owner
    job = fork(get_services(), owner, parent, body, keyed(request, owner))
    return job_json(job), 202, {"Location": url_for(".show", job_id=job.id)}


@blueprint.get("/<job_id>/result")
def result(job_id: str) -> Response:
    """Send the finished picture in the requested format."""
    job = load_job(job_id, "read")
    wanted = request.args.get("format", "png").lower()
    if wanted not in FORMATS:
        expected = " or ".join(f"'{name}'" for name in FORMATS)
        raise InvalidSetting(field="format", problem="literal_error", expected=expected)
    data = _picture(job, "result", job.result)
    if FORMATS[wanted].bits == 16:
        return rendered(job, {"format": wanted})
    if wanted != "png":
        data = encode(decode(data, with_alpha=True), wanted, Metadata.of_file(data))
    return picture_response(job_id, data, wanted)


@blueprint.get("/<job_id>/preview")
def preview(job_id: str) -> Response:
    """Send the newest preview."""
    job = load_job(job_id, "read")
    response = Response(_picture(job, "preview", job.preview), mimetype="image/jpeg")
    response.cache_control.no_cache = True
    return response


def _picture(job: Job, what: str, key: str | None) -> bytes:
    if key is None:
        raise NotReady(id=job.id, what=what, state=job.state)
    return get_services().objects.get(key)


def _limit() -> int:
    text = request.args.get("limit", "20")
    if not (text.isascii() and text.isdigit()):
        raise InvalidSetting(field="limit", problem="int_type")
    limit = int(text[:9])
    if limit < 1:
        raise InvalidSetting(field="limit", problem="greater_than_equal", ge=1)
    if limit > MAX_PAGE:
        raise InvalidSetting(field="limit", problem="less_than_equal", le=MAX_PAGE)
    return limit


def _cursor() -> str | None:
    cursor = request.args.get("cursor")
    if cursor and not (cursor.isascii() and cursor.isdigit() and len(cursor) < 20):
        raise InvalidSetting(field="cursor", problem="cursor", message="take it from a page's next")
    return cursor or None
