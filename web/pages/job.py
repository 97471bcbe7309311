"""A job's page, the actions of its buttons, and its picture rendered again."""

from contextlib import suppress

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from shared.errors import NotFailed, RecordUnreadable
from shared.pictures import FORMATS
from shared.settings import DEPROCESS_MEANS
from web.api.jobs import delete_job
from web.api.render import rendered
from web.api.schemas import UNREADABLE, job_json
from web.errors import fault
from web.intake.limits import queue_bounds
from web.intake.submission import check_known
from web.pages.formatting import sent_value
from web.rendering import Rendering
from web.services import get_services

blueprint = Blueprint("job_page", __name__, url_prefix="/jobs")


@blueprint.get("/<job_id>")
def show(job_id: str) -> str:
    """Show a job with live updates."""
    try:
        job = get_services().jobs.get(job_id)
    except RecordUnreadable as error:
        job_like = {"id": job_id, "state": UNREADABLE, "error": fault(error)}
        return render_template("unreadable.html", job=job_like)
    return render_template(
        "job.html",
        job=job_json(job),
        has_preview=job.preview is not None,
        rendering=Rendering.model_json_schema()["properties"],
        means=list(DEPROCESS_MEANS),
        formats=FORMATS,
    )


@blueprint.get("/<job_id>/picture")
def picture(job_id: str) -> Response:
    """Send the picture as the form below it describes; empty fields are left out."""
    check_known(set(request.args), ("download", *Rendering.model_fields))
    chosen = {
        name: sent_value(text)
        for name in Rendering.model_fields
        if (text := request.args.get(name))
    }
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


@blueprint.post("/<job_id>/delete")
def delete(job_id: str) -> AnyResponse:
    """Cancel and delete a job."""
    services = get_services()
    services.jobs.cancel(job_id)
    delete_job(services, job_id)
    return redirect(url_for("new_page.index"), 303)
