"""The pages for people: the upload form with the latest jobs, and the page of a job."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from flask import Blueprint, Response, json, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from shared.errors import InvalidRequest, NotFailed, Refused
from shared.job import ENDED
from shared.settings import DEFAULT_PRESET, DEPROCESS_MEANS, PRESETS, StyleSettings
from web.api.schemas import job_json
from web.errors import problem, retry_after
from web.identity.owner import owner_of
from web.intake.submission import submit
from web.messages.job_log import left, place
from web.services import get_services

blueprint = Blueprint("pages", __name__)
LATEST = 12
NUMBERS = ("size", "iterations")
LABELS = {
    "content": "Photograph",
    "style": "Painting",
    "settings.size": "Size",
    "settings.iterations": "Iterations",
    "settings.deprocess_means": "Means added back",
}


@blueprint.get("/")
def index() -> str:
    """Show the form and the latest jobs."""
    return _form({}, None)


@blueprint.post("/")
def create() -> AnyResponse:
    """Accept the form, or show it again with what has to be mended."""
    try:
        form = {"settings": _settings(request.form)}
        job = submit(get_services(), owner_of(request.remote_addr), request.files, form)
    except (InvalidRequest, Refused) as error:
        body = problem(error.code, _as_labelled(error.parameters))
        return Response(_form(request.form, body), body["status"], retry_after(error))
    return redirect(url_for(".show", job_id=job.id), 303)


@blueprint.get("/jobs/<job_id>")
def show(job_id: str) -> str:
    """Show a job as it goes on."""
    job = get_services().jobs.get(job_id)
    shown = job_json(job)
    return render_template(
        "job.html",
        job=shown,
        place=place(shown),
        left=left(shown),
        has_preview=job.preview is not None,
    )


@blueprint.post("/jobs/<job_id>/cancel")
def cancel(job_id: str) -> AnyResponse:
    """Cancel a live job; an ended one stays as it is."""
    get_services().jobs.cancel(job_id)
    return redirect(url_for(".show", job_id=job_id), 303)


@blueprint.post("/jobs/<job_id>/retry")
def retry(job_id: str) -> AnyResponse:
    """Try a failed job again; one that did not fail, or goes on already, stays as it is."""
    services = get_services()
    with suppress(NotFailed):
        services.jobs.retry(job_id)
        services.wake()
    return redirect(url_for(".show", job_id=job_id), 303)


def _as_labelled(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Name the field as the form does."""
    field = parameters.get("field")
    return {**parameters, "field": LABELS.get(str(field), field)}


def _form(values: Mapping[str, str], error: Mapping[str, Any] | None) -> str:
    services = get_services()
    return render_template(
        "index.html",
        values=values,
        error=error,
        knobs=StyleSettings.model_json_schema()["properties"],
        presets=list(PRESETS),
        defaults={"preset": DEFAULT_PRESET, **_defaults()},
        means=list(DEPROCESS_MEANS),
        limit_mb=services.config.max_upload_mb,
        jobs=[job_json(job) for job in services.jobs.page(LATEST).jobs],
        ended=ENDED,
    )


def _defaults() -> dict[str, Any]:
    chosen = StyleSettings(**PRESETS[DEFAULT_PRESET])
    return {name: getattr(chosen, name) for name in NUMBERS}


def _settings(form: Mapping[str, str]) -> str:
    """Return the form's fields as the JSON that programs send; what is left empty is not sent."""
    texts = {name: form[name] for name in ("preset", "deprocess_means") if form.get(name)}
    numbers = {name: _number(form[name]) for name in NUMBERS if form.get(name)}
    return json.dumps({"preset": DEFAULT_PRESET, **texts, **numbers})


def _number(text: str) -> int | str:
    try:
        return int(text)
    except ValueError:
        return text  # the settings say what is wrong with it
