"""Jobs: submit, list, show, cancel or delete, retry, fork; their pictures."""

from typing import Any

from flask import Blueprint, Response, current_app, request, url_for

from shared.errors import NotReady, RecordUnreadable
from shared.job import Job
from shared.metadata import Metadata
from shared.pictures import FORMATS, decode, encode
from shared.settings import read_object
from web.api import job_operations as operations
from web.api.prefer import job_answer, preferred_wait
from web.api.queries import DeleteQuery, ListQuery, PreviewQuery, ResultQuery
from web.api.render import picture_response, rendered
from web.api.schemas import job_json, trashed_json
from web.deletion import delete_job
from web.identity.load_job import list_jobs, load_job, load_record
from web.identity.request_identity import count_submission, get_identity, require
from web.intake.fork import fork
from web.intake.idempotency import keyed
from web.intake.limits import owner_bounds, queue_bounds
from web.intake.submission import submit
from web.openapi.reading import read_query
from web.services import get_services

blueprint = Blueprint("jobs", __name__, url_prefix="/api/v1/jobs")


@blueprint.post("")
@operations.CREATE
def create() -> Response:
    """Submit a job.

    The pictures are JPEG, PNG, HEIC, WebP, AVIF, TIFF, GIF or BMP, whatever their names and
    declared types are.
    """
    require("submit")
    wait = preferred_wait()
    count_submission()
    owner = get_identity().owner
    job = submit(get_services(), owner, request.files, request.form, keyed(request, owner))
    return job_answer(job, wait, 202, url_for(".show", job_id=job.id))


@blueprint.get("")
@operations.INDEX
def index() -> dict[str, Any]:
    """List the owner's jobs, or for an operator all, newest first, a page at a time."""
    require("read")
    query = read_query(ListQuery)
    page = list_jobs(query.limit, query.cursor)
    following = page.cursor and url_for(".index", limit=query.limit, cursor=page.cursor)
    return {"jobs": [job_json(job) for job in page.jobs], "next": following}


@blueprint.get("/<job_id>")
@operations.SHOW
def show(job_id: str) -> Response:
    """Show a job."""
    return job_answer(load_job(job_id, "read"), preferred_wait())


@blueprint.delete("/<job_id>")
@operations.DELETE
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
@operations.RETRY
def retry(job_id: str) -> Response:
    """Queue a failed job again; it continues from its checkpoint."""
    wait = preferred_wait()
    retry_job(job_id)
    return job_answer(get_services().jobs.get(job_id), wait, 202)


def retry_job(job_id: str) -> None:
    """Queue a failed job again; this counts as a submission."""
    services, job = get_services(), load_record(job_id, "submit")
    count_submission()
    bounds = queue_bounds(services.config), owner_bounds(services.config)
    services.jobs.retry(job.id, *bounds, keyed(request, get_identity().owner))
    services.wake()


@blueprint.post("/<job_id>/fork")
@operations.FORK
def create_fork(job_id: str) -> Response:
    """Submit a new job with this one's pictures, which starts from its pixels or once more.

    From pixels, the new job has `init` `image`, and `pyramid` 1 unless it is given. A `strength`
    that is given replaces this job's `content_weight`. The new job has copies of the pictures.
    """
    parent = load_job(job_id, "submit")
    wait = preferred_wait()
    count_submission()
    request.max_content_length = current_app.config["MAX_FORM_MEMORY_SIZE"]
    body = read_object("fork", request.get_data(as_text=True))
    owner = get_identity().owner
    job = fork(get_services(), owner, parent, body, keyed(request, owner))
    return job_answer(job, wait, 202, url_for(".show", job_id=job.id))


@blueprint.get("/<job_id>/result")
@operations.RESULT
def result(job_id: str) -> Response:
    """Send the finished picture in the requested format."""
    job = load_job(job_id, "read")
    wanted = read_query(ResultQuery).format
    data = _picture(job, "result", job.result)
    if FORMATS[wanted].bits == 16:
        return rendered(job, {"format": wanted})
    if wanted != "png":
        data = encode(decode(data, with_alpha=True), wanted, Metadata.of_file(data))
    return picture_response(job_id, data, wanted)


@blueprint.get("/<job_id>/preview")
@operations.PREVIEW
def preview(job_id: str) -> Response:
    """Send the newest preview."""
    job = load_job(job_id, "read")
    read_query(PreviewQuery)
    response = Response(_picture(job, "preview", job.preview), mimetype="image/jpeg")
    response.cache_control.no_cache = True
    return response


def _picture(job: Job, what: str, key: str | None) -> bytes:
    if key is None:
        raise NotReady(id=job.id, what=what, state=job.state)
    return get_services().objects.get(key)
