"""The first picture: a sample pair that one click paints, for people who have no job yet."""

import json
from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.wrappers import Response

from shared.settings import DEFAULT_PRESET
from web.builtin_styles import BUILTIN_STYLES
from web.errors import fault
from web.identity import csrf
from web.identity.request_identity import count_submission, get_identity, require
from web.intake.estimate import estimate, plan_of_sizes
from web.intake.submission import bounds_of, check_known, submit
from web.pages.workers import start_command
from web.services import Services, get_services
from web.static_files import ROOT

blueprint = Blueprint("first_run_page", __name__)
PHOTOGRAPH, PHOTOGRAPH_SIZE = "samples/chelsea.jpg", (451, 300)
STYLE = next(style for style in BUILTIN_STYLES if style.name == "woodcut-waves")
PAINTED = "samples/chelsea-woodcut-waves.webp"


@blueprint.post("/first-picture")
def create() -> Response:
    """Paint the sample pair, and show what happens on the job's page."""
    require("submit")
    count_submission()
    check_known(set(request.form) - {csrf.FIELD}, ())
    form = MultiDict({"settings": json.dumps(_settings(get_services()))})
    names = {"content": PHOTOGRAPH, "style": STYLE.file}
    files = {field: FileStorage((ROOT / name).open("rb"), name) for field, name in names.items()}
    try:
        job = submit(get_services(), get_identity().owner, MultiDict(files), form)
    finally:
        for file in files.values():
            file.close()
    return redirect(url_for("job_page.show", job_id=job.id, tour=1), 303)


def first_run() -> dict[str, Any]:
    """Return what the page says of the sample pair: how long it takes, or what it waits for."""
    services, identity = get_services(), get_identity()
    width, height = PHOTOGRAPH_SIZE
    sizes = {
        "content": {"width": width, "height": height},
        "styles": [{"width": STYLE.width, "height": STYLE.height}],
        "settings": _settings(services),
    }
    made = estimate(services, identity.owner, plan_of_sizes(services, sizes))
    return {
        "photograph": {"file": PHOTOGRAPH, "width": width, "height": height},
        "style": STYLE,
        "painted": PAINTED if (ROOT / PAINTED).is_file() else None,
        "seconds": made.times.runs if made.times else None,
        "waiting": fault(made.blocked_by) if made.blocked_by else None,
        "command": start_command(services.config) if identity.has("operate") else None,
        "is_offline": not made.workers,
    }


def _settings(services: Services) -> dict[str, Any]:
    """Return the settings: the photograph's size, or one that fits the workers."""
    width, height = PHOTOGRAPH_SIZE
    fits = bounds_of(services).pixels >= width * height
    return {"preset": DEFAULT_PRESET, **({"size": height} if fits else {})}
