"""A job as its share link shows it: the picture and how far it is, without anything to change."""

from flask import Blueprint, Response, make_response, render_template

from shared.errors import NotReady
from web.api.schemas import job_json
from web.identity.request_identity import public
from web.identity.share_links import load_shared_job
from web.services import get_services

blueprint = Blueprint("shared_page", __name__, url_prefix="/s")


@blueprint.get("/<secret>")
@public
def show(secret: str) -> Response:
    """Show the job."""
    job = load_shared_job(secret)
    has_picture = bool(job.result or job.preview)
    page = render_template("shared.html", job=job_json(job), secret=secret, has_picture=has_picture)
    return _guarded(make_response(page))


@blueprint.get("/<secret>/picture")
@public
def picture(secret: str) -> Response:
    """Send the finished picture, or the newest preview."""
    job = load_shared_job(secret)
    key = job.result or job.preview
    if key is None:
        raise NotReady(id=job.id, what="preview", state=job.state)
    mimetype = "image/png" if job.result else "image/jpeg"
    return _guarded(Response(get_services().objects.get(key), mimetype=mimetype))


def _guarded(response: Response) -> Response:
    response.headers["Referrer-Policy"] = "no-referrer"  # the address is the secret
    response.headers["X-Robots-Tag"] = "noindex"
    response.cache_control.no_store = True  # the link can be revoked
    return response
