"""Rendering a finished job's picture again, without painting it again."""

from typing import Any

from flask import Blueprint, Response, current_app, request

from shared.errors import (
    NothingToRender,
    PixelsGone,
    RecordUnreadable,
    RenderingBusy,
    TooLongForFormat,
)
from shared.job import Job
from shared.pictures import FORMATS
from shared.settings import read_object, validate
from web.identity.load_job import load_job
from web.openapi.operation import Answer, Body, documented
from web.openapi.problems import OF_JSON
from web.rendering import Rendering
from web.services import get_services

blueprint = Blueprint("render", __name__, url_prefix="/api/v1/jobs")
PICTURE = Answer(
    200,
    "The picture.",
    media_types=tuple(dict.fromkeys(each.mimetype for each in FORMATS.values())),
    headers=("Content-Disposition",),
)
BODY = Body(
    Rendering,
    {
        "the result itself": {},
        "in other colours": {"deprocess_means": "shifted", "format": "jpeg"},
        "with 16 bits a channel": {"preserve_color": "luminance", "format": "tiff16"},
    },
)


@blueprint.post("/<job_id>/render")
@documented(
    PICTURE,
    scope="read",
    bodies=(BODY,),
    errors=(
        *OF_JSON,
        NothingToRender,
        PixelsGone,
        RecordUnreadable,
        RenderingBusy,
        TooLongForFormat,
    ),
)
def create(job_id: str) -> Response:
    """Render the finished picture again, with other means or in another format."""
    job = load_job(job_id, "read")
    request.max_content_length = current_app.config["MAX_FORM_MEMORY_SIZE"]
    body = read_object("render", request.get_data(as_text=True))
    return rendered(job, body)


def rendered(job: Job, values: dict[str, Any], *, download: bool = False) -> Response:
    """Return the picture that a rendering's fields describe.

    Raises:
        UnknownSetting, InvalidSetting: the error names the field under `render`.
    """
    wanted = validate("render", Rendering, values)
    data = get_services().renderer.render(job, wanted)
    return picture_response(job.id, data, wanted.format, download=download)


def picture_response(
    job_id: str, data: bytes, format_name: str, *, download: bool = False
) -> Response:
    """Return the response that sends a picture of a job."""
    file = FORMATS[format_name]
    response = Response(data, mimetype=file.mimetype)
    disposition = "attachment" if download else "inline"
    name = f"gramworks-{job_id}.{file.suffix}"
    response.headers["Content-Disposition"] = f'{disposition}; filename="{name}"'
    response.cache_control.private = True
    response.cache_control.max_age = 3600
    return response
