"""Thumbnails of a job's pictures, and their addresses for pages."""

from collections.abc import Callable, Mapping
from functools import partial
from hashlib import sha256
from typing import Annotated, Any, Literal, NamedTuple

from flask import Blueprint, Flask, Response, request, url_for
from pydantic import BaseModel, Field

from shared.errors import RecordUnreadable
from shared.job import Job
from shared.job_store import UnreadableJob
from shared.paths import THUMBNAIL_WIDTHS
from shared.settings import OF_REQUESTS
from web.identity.load_job import load_record
from web.openapi.reading import WHOLE_NUMBER, read_page_query
from web.services import get_services
from web.thumbnails import fitted, picture_size

blueprint = Blueprint("thumbnails_page", __name__, url_prefix="/jobs")
YEAR_SECONDS = 365 * 86_400
SRC_WIDTH = 640  # of the thumbnail that a browser without `srcset` shows


class ThumbnailQuery(BaseModel):
    """Which thumbnail of a job."""

    model_config = OF_REQUESTS

    name: Annotated[str, Field(pattern=r"^(result|content|init|style-[0-9]{1,3})$")] = "result"
    """Which picture."""

    width: Annotated[Literal[320, 640, 1280], WHOLE_NUMBER] = 640
    """The side of the box that it fits in, in pixels."""

    attempt: Annotated[int, Field(ge=0, lt=10**9), WHOLE_NUMBER] | None = None
    """Changes nothing; it is in the address so that no cache answers with an earlier attempt's."""


class PictureSet(NamedTuple):
    """What an <img> element needs: the sizes are those of the whole picture."""

    src: str
    srcset: str
    width: int
    height: int


def install(app: Flask) -> None:
    """Offer templates `thumbnail(job, name, width)` and `thumbnail_set(job, name)`."""
    app.jinja_env.globals.update(thumbnail=thumbnail, thumbnail_set=thumbnail_set)


@blueprint.get("/<job_id>/thumbnail")
def show(job_id: str) -> Response:
    """Send a thumbnail, which browsers keep: what it is made from never changes."""
    job = load_record(job_id, "read", in_trash=True)
    wanted = read_page_query(ThumbnailQuery)
    if isinstance(job, UnreadableJob):
        raise RecordUnreadable(id=job_id, reason=job.reason)
    response = Response(mimetype="image/webp")
    response.headers["Cache-Control"] = f"private, max-age={YEAR_SECONDS}, immutable"
    response.set_etag(_etag(job, wanted))
    if request.if_none_match.contains(response.get_etag()[0] or ""):
        response.status_code = 304
        return response
    response.set_data(get_services().thumbnails.get(job, wanted.name, wanted.width))
    return response


def thumbnail(job: Job | Mapping[str, Any] | str, name: str = "result", width: int = 640) -> str:
    """Return the address of a thumbnail.

    Args:
        job: the job, its JSON, or its id.
        name: `result`, `content`, `init`, or `style-0` and so on.
        width: one of `THUMBNAIL_WIDTHS`: the box that the picture fits in.
    """
    job_id, attempt = _id_and_attempt(job)
    attempt = attempt if name == "result" else None  # inputs are the same in all attempts
    return url_for("thumbnails_page.show", job_id=job_id, name=name, width=width, attempt=attempt)


def thumbnail_set(
    job: Job, name: str = "result", address: Callable[[str, int], str] | None = None
) -> PictureSet:
    """Return the addresses of a picture's thumbnails, for browsers to choose from.

    Args:
        job: the job.
        name: of the picture, as `thumbnail` takes it.
        address: returns the address of a picture's thumbnail of a width, if not `thumbnail` does.
    """
    address = address or partial(thumbnail, job)
    width, height = picture_size(job, name)
    widths: dict[int, str] = {}
    for box in THUMBNAIL_WIDTHS:
        widths.setdefault(fitted(width, height, box)[0], address(name, box))
    srcset = ", ".join(f"{each} {of}w" for of, each in widths.items())
    return PictureSet(address(name, SRC_WIDTH), srcset, width, height)


def _id_and_attempt(job: Job | Mapping[str, Any] | str) -> tuple[str, int | None]:
    if isinstance(job, str):
        return job, None
    if isinstance(job, Job):
        return job.id, job.attempt
    return job["id"], job.get("attempt")


def _etag(job: Job, wanted: ThumbnailQuery) -> str:
    of_attempt = job.result if wanted.name == "result" else None
    source = f"{job.id} {of_attempt} {wanted.name} {wanted.width}"
    return sha256(source.encode()).hexdigest()[:16]
