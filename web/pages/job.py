"""A job's page, the actions of its buttons, and its picture rendered again."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urljoin

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from shared.errors import (
    InvalidRequest,
    NotFailed,
    NothingToFork,
    PixelsGone,
    Refused,
)
from shared.job import Job, JobState
from shared.job_store import UnreadableJob
from shared.settings import validate
from web.api.jobs import retry_job
from web.api.render import rendered
from web.api.schemas import job_json, trashed_json
from web.deletion import delete_job
from web.errors import problem, retry_after, status_of
from web.identity import csrf
from web.identity.load_job import load_job, load_record
from web.identity.request_identity import count_submission, get_identity
from web.identity.share_links import make_share_link, revoke_share_link
from web.intake.fork import fork
from web.intake.strength import Variation, changed_strength
from web.intake.submission import check_known
from web.pages.finished import CHANNELS, finished_page
from web.pages.formatting import sent_value
from web.pages.live import parts_of
from web.pages.settings_fields import chosen_values, labels, translated_schema
from web.services import get_services

blueprint = Blueprint("job_page", __name__, url_prefix="/jobs")
FORKED = ("iterations", "strength", "size")  # the settings that the page offers for painting on


@blueprint.get("/<job_id>")
def show(job_id: str) -> str:
    """Show a job with live updates, or that it is in the trash."""
    job = load_record(job_id, "read", in_trash=True)
    if job.deleted_at:
        return render_template("trashed.html", job=trashed_json(job))
    if isinstance(job, UnreadableJob):
        hours = get_services().config.trash_hours
        return render_template("unreadable.html", job=job_json(job), trash_hours=hours)
    return _page(job)


@blueprint.get("/<job_id>/picture")
def picture(job_id: str) -> Response:
    """Send the picture as the form beside it describes; empty fields are left out.

    `means` is `painted`, the name of some means, or `own`, with a number for each channel.
    """
    job = load_job(job_id, "read")
    check_known(set(request.args), ("means", *CHANNELS, "preserve_color", "format", "download"))
    chosen = chosen_values(request.args, ("preserve_color", "format"))
    means = request.args.get("means") or "painted"
    if means == "own":
        channels = [sent_value(request.args.get(name, "")) for name in CHANNELS]
        chosen["deprocess_means"] = channels
    elif means != "painted":
        chosen["deprocess_means"] = means
    return rendered(job, chosen, download="download" in request.args)


@blueprint.post("/<job_id>/retry")
def retry(job_id: str) -> AnyResponse:
    """Queue a failed job again; one that is not failed stays as it is."""
    with suppress(NotFailed):
        retry_job(job_id)
    return redirect(url_for(".show", job_id=job_id), 303)


@blueprint.post("/<job_id>/fork")
def create_fork(job_id: str) -> AnyResponse:
    """Paint on with the settings in the form, as a new job; or show the page with the error."""
    parent = load_job(job_id, "submit")
    return _forked(parent, lambda: {"settings": _chosen(FORKED)})


@blueprint.post("/<job_id>/variation")
def create_variation(job_id: str) -> AnyResponse:
    """Paint the same pictures once more, `weaker` or `stronger`, as a new job."""
    parent = load_job(job_id, "submit")

    def changes() -> dict[str, Any]:
        check_known(set(request.form) - {csrf.FIELD}, ("direction",))
        sent = {"direction": request.form.get("direction")}
        direction = validate("", Variation, sent).direction
        return {"start": "inputs", "settings": changed_strength(parent.settings, direction) or {}}

    return _forked(parent, changes)


def _chosen(names: Iterable[str]) -> dict[str, object]:
    check_known(set(request.form) - {csrf.FIELD}, tuple(names))
    return chosen_values(request.form, names)


def _forked(parent: Job, changes: Callable[[], Mapping[str, Any]]) -> AnyResponse:
    """Submit a job again with changes, and show the new one; or show the page with the error."""
    try:
        count_submission()
        job = fork(get_services(), get_identity().owner, parent, changes())
    except (InvalidRequest, Refused, NothingToFork, PixelsGone) as error:
        page = _page(parent, problem(error, labels()))
        return Response(page, status_of(error), retry_after(error))
    return redirect(url_for(".show", job_id=job.id), 303)


@blueprint.post("/<job_id>/delete")
def delete(job_id: str) -> AnyResponse:
    """Cancel and delete a job; its page then says that it is in the trash."""
    services, job = get_services(), load_record(job_id, "submit", in_trash=True)
    check_known(set(request.form) - {csrf.FIELD}, ("permanently",))
    services.jobs.cancel(job.id)
    if delete_job(services, job.id, permanently="permanently" in request.form):
        return redirect(url_for(".show", job_id=job_id), 303)
    return redirect(url_for("new_page.index"), 303)


@blueprint.post("/<job_id>/restore")
def restore(job_id: str) -> AnyResponse:
    """Take a job out of the trash."""
    get_services().trash.restore(load_record(job_id, "submit", in_trash=True).id)
    return redirect(url_for(".show", job_id=job_id), 303)


@blueprint.post("/<job_id>/share")
def share(job_id: str) -> str:
    """Make a share link, and show the page with it."""
    job = load_job(job_id, "submit")
    path = url_for("shared_page.show", secret=make_share_link(job))
    shared = job.model_copy(update={"shared": True})
    return _page(shared, share_link=urljoin(request.host_url, path))


@blueprint.post("/<job_id>/unshare")
def unshare(job_id: str) -> AnyResponse:
    """Revoke the share link."""
    revoke_share_link(load_job(job_id, "submit"))
    return redirect(url_for(".show", job_id=job_id), 303)


def _page(
    job: Job, fork_error: Mapping[str, Any] | None = None, share_link: str | None = None
) -> str:
    schema = translated_schema()
    return render_template(
        "job.html",
        job=job_json(job),
        **parts_of(job),
        finished=finished_page(job) if job.state is JobState.SUCCEEDED else None,
        forked={name: schema[name] for name in FORKED},
        fork_error=fork_error,
        share_link=share_link,
        trash_hours=get_services().config.trash_hours,
    )
