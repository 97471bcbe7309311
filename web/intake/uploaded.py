"""Images that are uploaded once, by their hash, and used by many jobs."""

import hashlib
import re
from tempfile import SpooledTemporaryFile
from typing import IO, Literal, NamedTuple, TypeGuard
from uuid import uuid4

from werkzeug.datastructures import FileStorage

from shared import paths
from shared.errors import (
    HashMismatch,
    InvalidHash,
    ObjectNotFound,
    OwnerQuotaReached,
)
from shared.input_pictures import profile_of
from shared.job_store import UNBOUNDED, UploadedImage
from web.intake.clean import EVERYTHING, CleanImage, Kept, in_colours
from web.intake.limits import check_storage, owner_bounds
from web.services import Services

FILE = "file"  # what errors call the body of a request
MEMORY_BYTES = 500_000  # of an upload; longer ones are kept in a temporary file
PART_BYTES = 1 << 20
_HASH = re.compile(r"[0-9a-f]{64}")


class KeptImage(NamedTuple):
    """An image that is kept, and whether this request brought it."""

    image: UploadedImage
    is_new: bool


def is_hash(text: str | None) -> TypeGuard[str]:
    """Return whether a text is a SHA-256 in lower case."""
    return text is not None and _HASH.fullmatch(text) is not None


def checked_hash(field: str, text: str) -> str:
    """Return a SHA-256 in lower case, or raise InvalidHash."""
    if not is_hash(text.lower()):
        raise InvalidHash(field=field)
    return text.lower()


def keep_image(services: Services, owner: str, sha256: str, body: IO[bytes]) -> KeptImage:
    """Check an image and keep it for its owner.

    Args:
        services: the application's services.
        owner: who may use it.
        sha256: the hash of the file, as it was sent.
        body: the file.

    Raises:
        InvalidRequest: the file is no image that is accepted, or has another hash.
        Refused: there is no space for it.
    """
    maximum = owner_bounds(services.config).bytes
    with SpooledTemporaryFile(MEMORY_BYTES) as file:
        if (digest := _copied(body, file)) != sha256:
            raise HashMismatch(field="sha256", sha256=digest)
        if known := services.uploaded_images.use(owner, sha256):
            return KeptImage(known, is_new=False)
        check_storage(services)
        services.jobs.check_owner(owner, UNBOUNDED._replace(bytes=maximum))
        clean = services.images.read(FILE, FileStorage(file, FILE), EVERYTHING)
    return _keep(services, owner, clean, maximum)


def uploaded_image(services: Services, owner: str, sha256: str, kept: Kept) -> CleanImage | None:
    """Return an image that its owner uploaded before, as `kept` says; None if there is none."""
    image = services.uploaded_images.use(owner, sha256)
    if image is None:
        return None
    try:
        data = services.objects.get(image.key)
    except ObjectNotFound:
        services.uploaded_images.forget(owner, sha256)
        return None
    size = image.width, image.height
    suffix: Literal["jpeg", "png"] = "jpeg" if paths.suffix_of(image.key) == "jpeg" else "png"
    profile = profile_of(data)
    clean = CleanImage(data, suffix, *size, sha256, image.orientation, profile=profile)
    return in_colours(clean, kept)


def _copied(body: IO[bytes], file: IO[bytes]) -> str:
    """Copy a file; return its hash."""
    digest = hashlib.sha256()
    while part := body.read(PART_BYTES):
        digest.update(part)
        file.write(part)
    file.seek(0)
    return digest.hexdigest()


def _keep(services: Services, owner: str, clean: CleanImage, maximum: int) -> KeptImage:
    """Store an image and record it."""
    # A key of its own: another request may delete the image's record at the same time.
    key = paths.image_key(uuid4().hex, clean.suffix)
    image = UploadedImage(
        key=key,
        width=clean.width,
        height=clean.height,
        bytes=len(clean.data),
        orientation=clean.orientation,
    )
    services.objects.put(key, clean.data)
    try:
        earlier = services.uploaded_images.keep(owner, clean.sha256, image, maximum)
    except OwnerQuotaReached:
        services.objects.delete([key])
        raise
    if earlier:
        services.objects.delete([key])
    return KeptImage(earlier or image, is_new=earlier is None)
