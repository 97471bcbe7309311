"""The share link of a job."""

from flask import Blueprint, url_for

from shared.errors import RecordUnreadable
from web.api import models
from web.identity.load_job import load_job
from web.identity.share_links import make_share_link, revoke_share_link
from web.openapi.operation import Answer, documented

blueprint = Blueprint("share", __name__, url_prefix="/api/v1/jobs")


@blueprint.post("/<job_id>/share")
@documented(
    Answer(
        201,
        "The link; it is answered only once.",
        models.ShareLink,
        {"a link": {"href": "/s/2vYb0rB0m3C8yVnq8m6yHh4tT1Jm0oLx"}},
        headers=("Location",),
    ),
    scope="submit",
    errors=(RecordUnreadable,),
)
def create(job_id: str) -> tuple[dict[str, str], int, dict[str, str]]:
    """Make a share link, which shows the job to whoever has it, in place of an earlier one."""
    path = url_for("shared_page.show", secret=make_share_link(load_job(job_id, "submit")))
    return {"href": path}, 201, {"Location": path}


@blueprint.delete("/<job_id>/share")
@documented(Answer(204, "The job has no link."), scope="submit", errors=(RecordUnreadable,))
def delete(job_id: str) -> tuple[str, int]:
    """Revoke the job's share link."""
    revoke_share_link(load_job(job_id, "submit"))
    return "", 204
