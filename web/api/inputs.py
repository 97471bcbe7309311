"""A job's input pictures, as files."""

from flask import Blueprint, Response

from shared.errors import InputNotFound, ObjectNotFound, RecordUnreadable
from web.api.stored_pictures import MIMETYPES, stored_picture
from web.identity.load_job import load_job
from web.intake.recipe import inputs_of
from web.openapi.operation import Answer, documented

blueprint = Blueprint("inputs", __name__, url_prefix="/api/v1/jobs")


@blueprint.get("/<job_id>/inputs/<name>")
@documented(
    Answer(200, "The picture.", media_types=MIMETYPES),
    scope="read",
    errors=(ObjectNotFound, RecordUnreadable),
)
def show(job_id: str, name: str) -> Response:
    """Send an input picture: `content`, `style-0` and so on, or `init`.

    It is the picture as it is painted, without the metadata of the file that was uploaded.
    """
    job = load_job(job_id, "read")
    picture = inputs_of(job).get(name)
    if picture is None:
        raise InputNotFound(id=job_id, name=name)
    return stored_picture(picture.key, picture.orientation)
