"""The page for a new picture: a form built from the settings' schema, and the latest jobs."""

from collections.abc import Mapping
from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    json,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from shared.errors import InvalidRequest, Refused
from shared.job import ENDED
from shared.settings import DEFAULT_PRESET, PRESETS
from web.api.schemas import job_json
from web.errors import problem, retry_after, status_of
from web.identity import csrf
from web.identity.load_job import list_jobs
from web.identity.request_identity import count_submission, get_identity, require
from web.intake.clean import FORMAT_NAMES
from web.intake.submission import check_known, submit
from web.messages.errors import sentence
from web.pages.settings_fields import chosen_values, labels, settings_schema
from web.services import get_services

blueprint = Blueprint("new_page", __name__)
LATEST = 12
FILES = {"content": "Photograph", "style": "Painting"}
OPTIONAL_FILES = {"init": "Image to start from"}


@blueprint.get("/")
def index() -> str:
    """Show the form and the latest jobs."""
    return _page({}, None)


@blueprint.post("/")
def create() -> AnyResponse:
    """Accept the form, or show it again with the error."""
    require("submit")
    try:
        count_submission()
        check_known(set(request.form) - {csrf.FIELD}, ("preset", *settings_schema()))
        form = MultiDict({"settings": _chosen_settings(request.form)})
        job = submit(get_services(), get_identity().owner, request.files, form)
    except (InvalidRequest, Refused) as error:
        page = _page(request.form, problem(error, FILES | OPTIONAL_FILES | labels()))
        return Response(page, status_of(error), retry_after(error))
    return redirect(url_for("job_page.show", job_id=job.id), 303)


def _page(values: Mapping[str, str], error: Mapping[str, Any] | None) -> str:
    schema = settings_schema()
    latest = list_jobs(LATEST).jobs if get_identity().has("read") else []
    limit = current_app.config["MAX_CONTENT_LENGTH"]
    advanced = {name: field for name, field in schema.items() if not field.get("basic")}
    return render_template(
        "new.html",
        values=values,
        error=error,
        files=FILES,
        optional_files=OPTIONAL_FILES,
        presets=list(PRESETS),
        default_preset=DEFAULT_PRESET,
        basic={name: field for name, field in schema.items() if field.get("basic")},
        advanced=advanced,
        advanced_chosen=any(values.get(name) for name in advanced),
        limit=limit,
        formats=FORMAT_NAMES,
        too_large=sentence("upload_too_large", {"maximum": limit}),
        jobs=[job_json(job) for job in latest],
        ended=ENDED,
    )


def _chosen_settings(form: Mapping[str, str]) -> str:
    """Return the values chosen in the form as `settings` JSON; empty fields are left out."""
    chosen = chosen_values(form, settings_schema())
    return json.dumps({"preset": form.get("preset") or DEFAULT_PRESET, **chosen})
