"""Images that are uploaded once and used by many jobs, each under the hash of its file."""

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, request, url_for

from shared.errors import (
    FormTooLarge,
    HashMismatch,
    ImageNotFound,
    ObjectNotFound,
    OwnerQuotaReached,
    RateLimited,
    StorageFull,
    UploadTooLarge,
)
from shared.job_store import UploadedImage
from web.api import examples, models
from web.api.stored_pictures import MIMETYPES, stored_picture
from web.identity.request_identity import count_submission, get_identity, require
from web.intake.uploaded import checked_hash, keep_image
from web.openapi.operation import Answer, Body, documented
from web.openapi.problems import OF_PICTURES
from web.services import get_services

blueprint = Blueprint("images", __name__, url_prefix="/api/v1/images")
SHOWN = {"an image": examples.IMAGE}
FILE = Body(
    None,
    {"a file": "the bytes of photo.jpg"},
    media_type="application/octet-stream",
    is_required=True,
)


@blueprint.put("/<sha256>")
@documented(
    Answer(200, "The image; it was kept already.", models.UploadedImage, SHOWN),
    Answer(201, "The image.", models.UploadedImage, SHOWN, headers=("Location",)),
    scope="submit",
    bodies=(FILE,),
    errors=(
        *OF_PICTURES,
        FormTooLarge,
        HashMismatch,
        OwnerQuotaReached,
        RateLimited,
        StorageFull,
        UploadTooLarge,
    ),
    is_counted=True,
)
def keep(sha256: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Keep the file in the body, whose hash the path names; doing it again has no effect.

    The picture's format is that of a job's; which type is declared does not matter.
    """
    require("submit")
    sha256 = checked_hash("sha256", sha256)
    count_submission()
    image, is_new = keep_image(get_services(), get_identity().owner, sha256, request.stream)
    location = {"Location": url_for(".show", sha256=sha256)} if is_new else {}
    return _image_json(sha256, image, 0), 201 if is_new else 200, location


@blueprint.get("/<sha256>")
@documented(
    Answer(200, "The image.", models.UploadedImage, SHOWN),
    scope="submit",
    errors=(ImageNotFound,),
)
def show(sha256: str) -> dict[str, Any]:
    """Say whether the owner has uploaded the file, its size, and until when it is kept."""
    require("submit")
    sha256 = checked_hash("sha256", sha256)
    found = get_services().uploaded_images.find(get_identity().owner, sha256)
    if found is None:
        raise ImageNotFound(sha256=sha256)
    return _image_json(sha256, *found)


@blueprint.get("/<sha256>/file")
@documented(
    Answer(200, "The image.", media_types=MIMETYPES),
    scope="submit",
    errors=(ImageNotFound, ObjectNotFound),
)
def show_file(sha256: str) -> Response:
    """Send an image that the owner has uploaded, without the metadata of its file."""
    require("submit")
    sha256 = checked_hash("sha256", sha256)
    found = get_services().uploaded_images.find(get_identity().owner, sha256)
    if found is None:
        raise ImageNotFound(sha256=sha256)
    image, _ = found
    return stored_picture(image.key, image.orientation)


@blueprint.delete("/<sha256>")
@documented(Answer(204, "The image was deleted."), scope="submit", errors=(ImageNotFound,))
def delete(sha256: str) -> tuple[str, int]:
    """Delete the image; jobs that use it have copies."""
    require("submit")
    services, sha256 = get_services(), checked_hash("sha256", sha256)
    key = services.uploaded_images.forget(get_identity().owner, sha256)
    if key is None:
        raise ImageNotFound(sha256=sha256)
    services.objects.delete([key])
    return "", 204


def _image_json(sha256: str, image: UploadedImage, unused_seconds: float) -> dict[str, Any]:
    kept = timedelta(seconds=get_services().config.uploads_seconds - unused_seconds)
    return {
        "sha256": sha256,
        "width": image.width,
        "height": image.height,
        "bytes": image.bytes,
        "kept_until": (datetime.now(UTC) + kept).isoformat(),
    }
