"""Uploaded pictures: which ones are read here, and which in a process of their own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from werkzeug.datastructures import FileStorage

from shared.errors import DecodingBusy, InvalidRequest
from web.intake.clean import NOTHING, CleanImage, Kept, clean_simple_jpeg
from web.intake.isolation import Isolation
from web.intake.jpeg import START

WAIT_SECONDS = 30.0


class ImageReader:
    """Reads uploaded pictures, up to one for each core at a time.

    Ordinary JPEGs are read in this process, while others run: decoding does not hold Python's lock.
    Every other file is read in a process of its own, which takes far more memory; the web's
    `processes` share the cores for them. They do not keep JPEGs waiting.
    """

    def __init__(
        self, isolation: Isolation, wait_seconds: float = WAIT_SECONDS, processes: int = 1
    ) -> None:
        self._isolation = isolation
        self._wait_seconds = wait_seconds
        cores = os.cpu_count() or 1
        self._here = BoundedSemaphore(cores)
        self._isolated = BoundedSemaphore(-(-cores // processes))

    def read(self, field: str, upload: FileStorage, kept: Kept = NOTHING) -> CleanImage:
        """Read an uploaded picture by its content; its name and declared type are ignored.

        Raises:
            NotAnImage, TruncatedImage, ImageTooSmall, ImageTooLarge, ImageTooComplex: each names
                the `field`.
            DecodingBusy: other pictures were read for too long.
        """
        try:
            return self._simple_jpeg(upload, kept) or self._other(upload, kept)
        except InvalidRequest as error:
            raise type(error)(field=field, **error.parameters) from error

    def packet(self, field: str, upload: FileStorage) -> bytes:
        """Return the XMP packet of an uploaded picture's file, empty if it has none.

        Raises:
            InvalidRequest, DecodingBusy: as `read`.
        """
        try:
            with self._turn(self._isolated):
                return self._isolation.packet(upload.stream.read())
        except InvalidRequest as error:
            raise type(error)(field=field, **error.parameters) from error

    def _simple_jpeg(self, upload: FileStorage, kept: Kept) -> CleanImage | None:
        is_jpeg = upload.stream.read(len(START)) == START
        upload.stream.seek(0)
        if not is_jpeg:
            return None
        with self._turn(self._here):
            data = upload.stream.read()
            return clean_simple_jpeg(data, self._isolation.max_megapixels, kept)

    def _other(self, upload: FileStorage, kept: Kept) -> CleanImage:
        with self._turn(self._isolated):
            upload.stream.seek(0)
            return self._isolation.run(upload.stream.read(), kept)

    @contextmanager
    def _turn(self, free: BoundedSemaphore) -> Iterator[None]:
        if not free.acquire(timeout=self._wait_seconds):
            raise DecodingBusy
        try:
            yield
        finally:
            free.release()
