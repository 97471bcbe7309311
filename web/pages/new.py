"""The page for a new picture: pictures, presets and settings, and the latest jobs."""

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
from flask_babel import gettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from shared.errors import InvalidRequest, Refused
from shared.settings import DEFAULT_PRESET, MAX_STYLES, PRESETS
from web.api.recipe import recipe_json
from web.api.schemas import job_json
from web.builtin_styles import styles_by_hash
from web.errors import problem, retry_after, status_of
from web.identity import csrf
from web.identity.load_job import list_jobs, load_job
from web.identity.request_identity import count_submission, get_identity, require
from web.intake.by_hash import JobPicture, latest_pictures
from web.intake.clean import FORMAT_NAMES
from web.intake.recipe import recipe_of_job
from web.intake.submission import check_known, submit
from web.messages.errors import sentence
from web.messages.languages import gettext_noop
from web.messages.presets import PRESETS as PRESET_TEXTS
from web.pages.first_run import first_run
from web.pages.formatting import setting
from web.pages.settings_fields import (
    chosen_values,
    labels,
    preset_values,
    settings_groups,
    settings_schema,
    translated_schema,
)
from web.services import get_services
from web.static_files import ROOT

blueprint = Blueprint("new_page", __name__)
LATEST = 12
MOST_EARLIER = 12  # photographs, and as many style images
FILES = {
    "content": gettext_noop("Photograph"),
    "style": gettext_noop("Style"),
    "init": gettext_noop("Image to start from"),
}
HASHES = ("content_sha256", "style_sha256")


@blueprint.get("/")
def index() -> str:
    """Show the form and the latest jobs; `?from=` names a job whose recipe is chosen."""
    if not (job_id := request.args.get("from")):
        return _page(MultiDict(), None)
    job = load_job(job_id, "read")
    found = recipe_of_job(get_services(), get_identity().owner, job)
    values = {name: setting(value) for name, value in found.recipe.settings.items()}
    return _page(MultiDict(values), None, recipe_json(found))


@blueprint.post("/")
def create() -> AnyResponse:
    """Accept the form, or show it again with the error."""
    require("submit")
    try:
        count_submission()
        known = ("preset", *HASHES, *settings_schema())
        check_known(set(request.form) - {csrf.FIELD}, known)
        form = MultiDict({"settings": _chosen_settings(request.form)})
        for field in HASHES:
            form.setlist(field, request.form.getlist(field))
        job = submit(get_services(), get_identity().owner, request.files, form)
    except (InvalidRequest, Refused) as error:
        files = {field: gettext(title) for field, title in FILES.items()}
        page = _page(request.form, problem(error, files | labels()))
        return Response(page, status_of(error), retry_after(error))
    return redirect(url_for("job_page.show", job_id=job.id), 303)


def _page(
    values: MultiDict[str, str],
    error: Mapping[str, Any] | None,
    recipe: Mapping[str, Any] | None = None,
) -> str:
    schema = translated_schema()
    may_read = get_identity().has("read")
    latest = list_jobs(LATEST).jobs if may_read else []
    limit = current_app.config["MAX_CONTENT_LENGTH"]
    return render_template(
        "new.html",
        values=values,
        error=error,
        recipe=recipe,
        had_files=any(upload.filename for upload in request.files.values()),
        most_styles=MAX_STYLES,
        builtin_styles=styles_by_hash(),
        earlier=_earlier_pictures() if may_read else {},
        presets=_presets(),
        preset=_preset(values),
        size=schema["size"],
        strength=schema["strength"],
        groups=settings_groups(),
        all_settings=schema,
        chosen=[name for name in schema if values.get(name)],
        limit=limit,
        formats=FORMAT_NAMES,
        too_large=sentence("upload_too_large", {"maximum": limit}),
        jobs=[job_json(job) for job in latest],
        first_run=None if latest or error else _first_run(),
    )


def _earlier_pictures() -> dict[str, list[JobPicture]]:
    """Return the pictures of the owner's latest jobs that can be chosen again, the latest first."""
    found = latest_pictures(get_services(), get_identity().owner)
    styles = [each for each in found["style"] if each.image.sha256 not in styles_by_hash()]
    return {"content": found["content"][:MOST_EARLIER], "style": styles[:MOST_EARLIER]}


def _first_run() -> dict[str, Any] | None:
    """Return what the page offers somebody who has no job and may submit one."""
    identity = get_identity()
    return first_run() if identity.has("read") and identity.has("submit") else None


def _presets() -> list[dict[str, Any]]:
    """Return what the card of each preset shows."""
    values = preset_values()
    return [
        {
            "name": name,
            "title": gettext(title),
            "help": gettext(text),
            "values": values[name],
            "example": f"presets/{name}.webp" if _has_example(name) else None,
        }
        for name, (title, text) in PRESET_TEXTS.items()
    ]


def _has_example(preset: str) -> bool:
    return (ROOT / "presets" / f"{preset}.webp").is_file()


def _preset(values: Mapping[str, str]) -> str:
    """Return the chosen preset, or the default."""
    chosen = values.get("preset", DEFAULT_PRESET)
    return chosen if chosen in PRESETS else DEFAULT_PRESET


def _chosen_settings(form: Mapping[str, str]) -> str:
    """Return the values chosen in the form as `settings` JSON; empty fields are left out."""
    chosen = chosen_values(form, settings_schema())
    return json.dumps({"preset": form.get("preset") or DEFAULT_PRESET, **chosen})
