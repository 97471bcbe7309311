"""A job's page, the actions of its buttons, and its picture rendered again."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from shared.errors import (
    InvalidRequest,
    NotFailed,
    NothingToFork,
    PixelsGone,
    RecordUnreadable,
    Refused,
)
from shared.job import Job
from shared.pictures import FORMATS
from shared.settings import DEPROCESS_MEANS
from web.api.jobs import delete_job
from web.api.render import rendered
from web.api.schemas import UNREADABLE, job_json
from web.errors import fault, problem, retry_after, status_of
from web.identity.owner import owner_of
from web.intake.fork import fork
from web.intake.limits import queue_bounds
from web.intake.submission import check_known
from web.pages.settings_fields import chosen_values, labels, settings_schema
from web.rendering import Rendering
from web.services import get_services

blueprint = Blueprint("job_page", __name__, url_prefix="/jobs")
FORKED = ("iterations", "strength", "size")  # the settings that the page offers for painting on


@blueprint.get("/<job_id>")
def show(job_id: str) -> str:
    """Show a job with live updates."""
    try:
        job = get_services().jobs.get(job_id)
    except RecordUnreadable as error:
        job_like = {"id": job_id, "state": UNREADABLE, "error": fault(error)}
        return render_template("unreadable.html", job=job_like)
    return _page(job)


@blueprint.get("/<job_id>/picture")
def picture(job_id: str) -> Response:
    """Send the picture as the form below it describes; empty fields are left out."""
    check_known(set(request.args), ("download", *Rendering.model_fields))
    chosen = chosen_values(request.args, Rendering.model_fields)
    job = get_services().jobs.get(job_id)
    return rendered(job, chosen, download="download" in request.args)


@blueprint.post("/<job_id>/cancel")
def cancel(job_id: str) -> AnyResponse:
    """Cancel a queued or running job; an ended one stays as it is."""
    get_services().jobs.cancel(job_id)
    return redirect(url_for(".show", job_id=job_id), 303)


@blueprint.post("/<job_id>/retry")
def retry(job_id: str) -> AnyResponse:
    """Queue a failed job again; one that is not failed stays as it is."""
    services = get_services()
    with suppress(NotFailed):
        services.jobs.retry(job_id, queue_bounds(services.config))
        services.wake()
    return redirect(url_for(".show", job_id=job_id), 303)


@blueprint.post("/<job_id>/fork")
def create_fork(job_id: str) -> AnyResponse:
    """Paint on with the settings in the form, as a new job; or show the page with the error."""
    services = get_services()
    parent = services.jobs.get(job_id)
    try:
        check_known(set(request.form), FORKED)
        chosen = chosen_values(request.form, FORKED)
        job = fork(services, owner_of(request.remote_addr), parent, {"settings": chosen})
    except (InvalidRequest, Refused, NothingToFork, PixelsGone) as error:
        page = _page(parent, problem(error, labels()))
        return Response(page, status_of(error), retry_after(error))
    return redirect(url_for(".show", job_id=job.id), 303)


@blueprint.post("/<job_id>/delete")
def delete(job_id: str) -> AnyResponse:
    """Cancel and delete a job."""
    services = get_services()
    services.jobs.cancel(job_id)
    delete_job(services, job_id)
    return redirect(url_for("new_page.index"), 303)


def _page(job: Job, fork_error: Mapping[str, Any] | None = None) -> str:
    schema = settings_schema()
    return render_template(
        "job.html",
        job=job_json(job),
        has_preview=job.preview is not None,
        rendering=Rendering.model_json_schema()["properties"],
        means=list(DEPROCESS_MEANS),
        formats=FORMATS,
        forked={name: schema[name] for name in FORKED},
        fork_error=fork_error,
    )
