"""What a job's page offers until it has succeeded: pausing, stopping, cancelling, once more."""

from contextlib import suppress
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from shared.errors import NotLive, NotRunning
from shared.job import Job, JobState
from shared.job_store import Losses
from web.api.changes import JobChange, change_job
from web.api.schemas import job_json
from web.identity import csrf
from web.identity.load_job import load_job, load_record
from web.identity.request_identity import count_submission, get_identity
from web.intake.fork import fork
from web.intake.submission import check_known
from web.pages.settings_fields import chosen_values
from web.pages.workers import start_command
from web.services import get_services

blueprint = Blueprint("live_page", __name__, url_prefix="/jobs")


@blueprint.get("/<job_id>/cancel")
def ask_to_cancel(job_id: str) -> str:
    """Ask whether to cancel; with a script, a dialog on the job's page asks."""
    return _ask(job_id, "cancel")


@blueprint.get("/<job_id>/stop")
def ask_to_stop(job_id: str) -> str:
    """Ask whether to stop and keep the picture."""
    return _ask(job_id, "stop")


@blueprint.post("/<job_id>/cancel")
def cancel(job_id: str) -> AnyResponse:
    """Cancel a queued or running job; an ended one stays as it is."""
    get_services().jobs.cancel(load_record(job_id, "submit").id)
    return _show(job_id)


@blueprint.post("/<job_id>/stop")
def stop(job_id: str) -> AnyResponse:
    """End a running job with the pixels that it has; one in another state stays as it is."""
    return _change(job_id, JobChange(stop=True))


@blueprint.post("/<job_id>/pause")
def pause(job_id: str) -> AnyResponse:
    """Pause a job; an ended one stays as it is."""
    return _change(job_id, JobChange(paused=True))


@blueprint.post("/<job_id>/resume")
def resume(job_id: str) -> AnyResponse:
    """Queue a paused job again, or show the bound of the queue that is reached."""
    return _change(job_id, JobChange(paused=False))


@blueprint.post("/<job_id>/again")
def paint_again(job_id: str) -> AnyResponse:
    """Paint a job's pictures once more as a new job, in another size if the form has one."""
    parent = load_job(job_id, "submit")
    count_submission()
    check_known(set(request.form) - {csrf.FIELD}, ("size",))
    values = {"start": "inputs", "settings": chosen_values(request.form, ("size",))}
    job = fork(get_services(), get_identity().owner, parent, values)
    return _show(job.id)


def parts_of(job: Job) -> dict[str, Any]:
    """Return what the parts of the page need besides the job's JSON.

    `terms` and `losses` are of the chart and its table, up to the newest evaluation. `smaller` is
    the size that a failed job's error names as one that fits.
    """
    losses = get_services().events.losses(job.id)
    now = job.progress
    if now and not (losses and losses[-1].evaluation >= now.evaluation):
        losses.append(Losses(now.evaluation, now.level, now.loss))
    rows, columns = job.result_shape
    smaller = job.error.parameters.get("maximum") if job.error else None
    return {
        "losses": losses,
        "terms": list(dict.fromkeys(name for each in losses for name in each.loss)),
        "rows": rows,
        "columns": columns,
        "worker_command": start_command(get_services().config),
        "has_preview": job.preview is not None,
        "has_checkpoint": job.checkpoint is not None,
        "smaller": smaller if job.state is JobState.FAILED else None,
    }


def _ask(job_id: str, what: str) -> str:
    return render_template("job/confirm.html", job=job_json(load_job(job_id, "submit")), what=what)


def _change(job_id: str, wanted: JobChange) -> AnyResponse:
    """Make a change, unless the job has ended or left the state for it meanwhile."""
    with suppress(NotLive, NotRunning):
        change_job(load_record(job_id, "submit").id, wanted)
    return _show(job_id)


def _show(job_id: str) -> AnyResponse:
    return redirect(url_for("job_page.show", job_id=job_id), 303)
