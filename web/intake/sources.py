"""Where a submission's pictures come from: files, URLs, and hashes of pictures that are here."""

import time
from collections.abc import Iterator

from werkzeug.datastructures import FileStorage, MultiDict

from shared.errors import (
    InvalidHash,
    InvalidRequest,
    InvalidUrl,
    MissingFile,
    OutboundError,
    TooManyFiles,
    UrlTooLarge,
    UrlTooSlow,
)
from shared.outbound import LONGEST_URL
from web.intake.by_hash import picture_of_hash
from web.intake.clean import CleanImage, Kept
from web.intake.uploaded import checked_hash
from web.services import Services

PICTURES = ("content", "style", "init")
URL, HASH = "_url", "_sha256"
SOURCE_FIELDS = tuple(f"{field}{kind}" for field in PICTURES for kind in ("", URL, HASH))


class Sources:
    """The pictures of one submission. All of them together keep the bounds of an upload."""

    def __init__(
        self,
        services: Services,
        owner: str,
        files: MultiDict[str, FileStorage],
        form: MultiDict[str, str],
    ) -> None:
        """Look at what was sent, without reading a picture.

        Raises:
            InvalidUrl, InvalidHash: a field for text has a file.
        """
        for field in PICTURES:
            if f"{field}{URL}" in files:
                raise InvalidUrl(field=f"{field}{URL}", problem="not_a_url", maximum=LONGEST_URL)
            if f"{field}{HASH}" in files:
                raise InvalidHash(field=f"{field}{HASH}")
        self._services = services
        self._owner = owner
        self._files = {
            field: [upload for upload in files.getlist(field) if upload.filename]
            for field in PICTURES
        }
        self._urls, self._hashes = (
            {field: [text for text in form.getlist(f"{field}{kind}") if text] for field in PICTURES}
            for kind in (URL, HASH)
        )
        self._seconds = services.fetcher.seconds  # that are left for fetching
        self._bytes = services.config.max_upload_bytes - _length(self._files)

    def count(self, field: str) -> int:
        """Return how many pictures came for a field."""
        return sum(len(each[field]) for each in (self._files, self._urls, self._hashes))

    def check(self, field: str, most: int) -> None:
        """Raise MissingFile or TooManyFiles unless there are 1 to `most` pictures for a field."""
        count = self.count(field)
        if not count:
            raise MissingFile(field=field)
        if count > most:
            raise TooManyFiles(field=field, maximum=most, count=count)

    def read(self, field: str, kept: Kept) -> Iterator[CleanImage]:
        """Yield the checked pictures of a field: first files, then URLs, then hashes.

        Raises:
            InvalidRequest: one of them cannot be used; the error names the field.
            Refused: too many others are being read or fetched.
        """
        for upload in self._files[field]:
            yield self._services.images.read(field, upload, kept)
        for url in self._urls[field]:
            yield self._fetched(f"{field}{URL}", url, kept)
        for text in self._hashes[field]:
            name = f"{field}{HASH}"
            sha256 = checked_hash(name, text)
            yield picture_of_hash(self._services, self._owner, name, sha256, kept)

    def _fetched(self, field: str, url: str, kept: Kept) -> CleanImage:
        begin = time.monotonic()
        try:
            file = self._services.fetcher.fetch(
                self._owner, url, max_bytes=self._bytes, seconds=self._seconds
            )
        except OutboundError as error:
            raise self._named(field, error) from error
        with file:
            self._seconds -= time.monotonic() - begin
            self._bytes -= file.seek(0, 2)
            file.seek(0)
            return self._services.images.read(field, FileStorage(file, field), kept)

    def _named(self, field: str, error: OutboundError) -> InvalidRequest:
        """Return the error with its field, and the bound of all pictures instead of the rest."""
        whole: dict[str, object] = {}
        if isinstance(error, UrlTooSlow):
            whole = {"seconds": self._services.fetcher.seconds}
        elif isinstance(error, UrlTooLarge):
            whole = {"maximum": self._services.config.max_upload_bytes}
        return type(error)(**{**error.parameters, **whole, "field": field})


def _length(files: dict[str, list[FileStorage]]) -> int:
    """Return how many bytes files have together."""
    uploads = [upload.stream for each in files.values() for upload in each]
    length = sum(stream.seek(0, 2) for stream in uploads)
    for stream in uploads:
        stream.seek(0)
    return length
