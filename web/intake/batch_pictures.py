"""A batch's pictures: each is checked and stored once, and all jobs share what is stored."""

from collections.abc import Sequence
from typing import NamedTuple

from werkzeug.datastructures import FileStorage

from shared import paths
from shared.job import InputImage
from web.intake.clean import Kept
from web.intake.submission import store_image
from web.services import Services

Which = tuple[str, int, Kept]  # the form's field, the file's number, and what is kept of it


class StoredPicture(NamedTuple):
    """A stored picture, and the ICC profile of the colours that it is painted in; None for sRGB."""

    record: InputImage
    profile: bytes | None


class BatchPictures:
    """Checks and stores the pictures of one batch when they are asked for.

    A picture whose colours are converted here, and not by the worker, is stored once for each
    target: an upload that is no JPEG, for contents that keep different ICC profiles.
    """

    def __init__(
        self,
        services: Services,
        batch_id: str,
        contents: Sequence[FileStorage],
        styles: Sequence[FileStorage],
    ) -> None:
        self._services = services
        self._batch_id = batch_id
        self._uploads = {"content": contents, "style": styles}
        self._stored: dict[Which, StoredPicture] = {}

    def content(self, number: int, *, own_profile: bool) -> StoredPicture:
        """Return a content image, from 0; `own_profile` keeps its ICC profile.

        Raises:
            NotAnImage, TruncatedImage, ImageTooSmall, ImageTooLarge, ImageTooComplex: each names
                the file, such as `content.2`.
            DecodingBusy: other pictures were read for too long.
        """
        return self._get("content", number, Kept(alpha=True, own_profile=own_profile))

    def style(self, number: int, profile: bytes | None) -> StoredPicture:
        """Return a style image, from 0, for contents of an ICC profile; raise as `content` does."""
        return self._get("style", number, Kept(profile=profile))

    def _get(self, field: str, number: int, kept: Kept) -> StoredPicture:
        which = (field, number, kept)
        if which not in self._stored:
            self._stored[which] = self._store(field, number, kept)
        return self._stored[which]

    def _store(self, field: str, number: int, kept: Kept) -> StoredPicture:
        upload = self._uploads[field][number]
        upload.stream.seek(0)  # it may have been read for other colours
        image = self._services.images.read(f"{field}.{number}", upload, kept)
        key = paths.batch_picture_key(self._batch_id, len(self._stored), image.suffix)
        return StoredPicture(store_image(self._services, key, image), image.profile)
