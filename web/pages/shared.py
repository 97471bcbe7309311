"""A job as its share link shows it: the picture and how far it is, without anything to change."""

from functools import partial
from typing import Annotated, Literal
from urllib.parse import urljoin

from flask import Blueprint, Response, make_response, render_template, request, url_for
from pydantic import BaseModel

from shared.errors import NotReady
from shared.paths import THUMBNAIL_WIDTHS
from shared.settings import OF_REQUESTS
from web.api.schemas import job_json
from web.identity.request_identity import public
from web.identity.share_links import load_shared_job
from web.openapi.reading import WHOLE_NUMBER, read_page_query
from web.pages.thumbnails import thumbnail_set
from web.services import get_services

LARGEST = THUMBNAIL_WIDTHS[-1]
blueprint = Blueprint("shared_page", __name__, url_prefix="/s")


class SharedPictureQuery(BaseModel):
    """How large the picture is."""

    model_config = OF_REQUESTS

    width: Annotated[Literal[320, 640, 1280], WHOLE_NUMBER] | None = None
    """The side of the box that it fits in, in pixels; if left out, it is the whole picture."""


@blueprint.get("/<secret>")
@public
def show(secret: str) -> Response:
    """Show the job."""
    job = load_shared_job(secret)
    address = partial(url_for, ".picture", secret=secret)
    page = render_template(
        "shared.html",
        job=job_json(job),
        picture=address() if job.result or job.preview else None,
        small=thumbnail_set(job, address=lambda _, width: address(width=width)),
        absolute=urljoin(request.host_url, address(width=LARGEST)) if job.result else None,
    )
    return _guarded(make_response(page))


@blueprint.get("/<secret>/picture")
@public
def picture(secret: str) -> Response:
    """Send the finished picture, whole or as a thumbnail of a width, or the newest preview."""
    job = load_shared_job(secret)
    width = read_page_query(SharedPictureQuery).width
    if job.result and width:
        small = get_services().thumbnails.get(job, "result", width)
        return _guarded(Response(small, mimetype="image/webp"))
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
