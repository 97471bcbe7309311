"""The share link of a job."""

from flask import Blueprint, url_for

from web.identity.load_job import load_job
from web.identity.share_links import make_share_link, revoke_share_link

blueprint = Blueprint("share", __name__, url_prefix="/api/v1/jobs")


@blueprint.post("/<job_id>/share")
def create(job_id: str) -> tuple[dict[str, str], int, dict[str, str]]:
    """Make a link that shows the job to whoever has it, in place of an earlier one."""
    path = url_for("shared_page.show", secret=make_share_link(load_job(job_id, "submit")))
    return {"href": path}, 201, {"Location": path}


@blueprint.delete("/<job_id>/share")
def delete(job_id: str) -> tuple[str, int]:
    """Revoke the link."""
    revoke_share_link(load_job(job_id, "submit"))
    return "", 204
