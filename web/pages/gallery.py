"""The gallery: all of one's pictures, and what can be done with several of them."""

from math import log
from typing import Any

from flask import Blueprint, Flask, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from shared.job import Job, JobState
from shared.job_store import UnreadableJob
from shared.settings import PRESETS, closest_preset, shown_strength
from web.deletion import delete_job
from web.identity.load_job import can_see_everybodys
from web.identity.request_identity import get_identity
from web.messages.states import state_name
from web.openapi.reading import read_page_query
from web.pages.formatting import number
from web.pages.selection import MOST, selected_jobs
from web.picture_list import (
    STATES,
    Filter,
    Place,
    find_style,
    newer_than,
    older_than,
    recent_styles,
)
from web.picture_zip import zip_of_jobs, zip_response
from web.services import get_services

blueprint = Blueprint("gallery_page", __name__, url_prefix="/gallery")
MOST_COMPARED = 4
RATIO_STEP, RATIO_STEPS = 1.05, 30  # of the classes in css/ratios.css


class GalleryQuery(Filter):
    """Which part of the gallery is shown."""

    before: Place | None = None
    """Only jobs that were submitted before this place; it comes from the link to older ones."""

    after: Place | None = None
    """Only jobs that were submitted after this place; it comes from the link to newer ones."""


def install(app: Flask) -> None:
    """Offer templates what they show of a picture."""
    app.jinja_env.globals.update(ratio_class=ratio_class, shown_details=shown_details)
    app.jinja_env.tests["unreadable"] = lambda job: isinstance(job, UnreadableJob)


@blueprint.get("")
def show() -> str:
    """Show a page of the gallery."""
    query = read_page_query(GalleryQuery)
    wanted = Filter(**query.model_dump(include=set(Filter.model_fields)))
    if query.after and not query.before:
        view = newer_than(wanted, query.after)
    else:
        view = older_than(wanted, query.before)
    styles = recent_styles(wanted)
    if wanted.style and wanted.style not in styles:
        styles |= {wanted.style: found} if (found := find_style(view.jobs, wanted.style)) else {}
    chosen = wanted.model_dump(exclude_defaults=True)
    return render_template(
        "gallery.html",
        jobs=view.jobs,
        view=view,
        chosen=chosen,
        wanted=wanted,
        states=list(STATES),
        presets=list(PRESETS),
        styles=styles,
        address=lambda **changes: url_for(".show", **{**chosen, **changes}),
        everybodys=can_see_everybodys(),
        most=MOST,
        most_compared=MOST_COMPARED,
        trash_hours=get_services().config.trash_hours,
        own_count=get_services().jobs.count(get_identity().owner),
    )


@blueprint.post("/download")
def download() -> Response:
    """Send the selected pictures as a ZIP."""
    jobs = selected_jobs("read")
    services = get_services()
    parts = zip_of_jobs(services, jobs)
    name = f"gramworks-{len(jobs)}-pictures.zip"
    return zip_response(services, get_identity().owner, parts, name)


@blueprint.post("/compare")
def compare() -> AnyResponse:
    """Go to the page that compares the selected pictures."""
    ids = [job.id for job in selected_jobs("read", 2, MOST_COMPARED)]
    return redirect(url_for("compare_page.show", jobs=",".join(ids)), 303)


@blueprint.post("/delete")
def delete() -> AnyResponse | str:
    """Cancel and delete the selected jobs; ask first if that is for good."""
    services, jobs = get_services(), selected_jobs("submit", known=("confirmed",))
    kept = services.config.trash_hours > 0
    if not kept and "confirmed" not in request.form:
        return render_template("delete_for_good.html", jobs=jobs)
    for job in jobs:
        if not job.deleted_at:
            services.jobs.cancel(job.id)
            delete_job(services, job.id, permanently=False)
    if not kept:
        return redirect(url_for(".show"), 303)
    return redirect(url_for("trash_page.show", deleted=",".join(job.id for job in jobs)), 303)


def ratio_class(width: int, height: int) -> str:
    """Return the class of css/ratios.css whose ratio is closest to a picture's.

    A style attribute would say it exactly, but the pages' policy allows none.
    """
    step = round(log(width / height) / log(RATIO_STEP))
    step = max(-RATIO_STEPS, min(step, RATIO_STEPS))
    return f"ratio-{step}" if step >= 0 else f"ratio-n{-step}"


def shown_details(job: Job) -> dict[str, Any]:
    """Return what pages say of a picture beside its time, each part on its own."""
    rows, columns = job.result_shape
    seconds = None
    if job.state is JobState.SUCCEEDED and job.started_at and job.finished_at:
        seconds = (job.finished_at - job.started_at).total_seconds()
    progress = job.progress if job.state is JobState.SUCCEEDED else None
    return {
        "state": state_name("paused" if job.is_paused else job.state),
        "preset": closest_preset(job.settings).name,
        "strength": shown_strength(job.settings),
        "size": f"{columns} × {rows}",
        "seconds": seconds,
        "loss": number(progress.loss["total"]) if progress and "total" in progress.loss else None,
        "losses": progress.loss if progress else {},
    }
