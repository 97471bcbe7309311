"""A finished job's picture once more, from its float pixels: with other means or as another file.

Costs are bounded: float pixels are read in bands, a few pictures are rendered at a time, and none
has more pixels than a job's result may have.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from shared.errors import NothingToRender, ObjectNotFound, PixelsGone, RenderingBusy
from shared.job import Job, JobState
from shared.kept_pixels import KeptPixels
from shared.metadata import Metadata
from shared.object_store import ObjectStore
from shared.pictures import FORMATS, decode, encode, render
from shared.provenance import Provenance
from shared.settings import OF_REQUESTS, Means

Format = Literal["png", "jpeg", "webp", "tiff", "png16", "tiff16"]  # the names in FORMATS
AT_ONCE = 2
WAIT_SECONDS = 30.0
log = logging.getLogger(__name__)


class Rendering(BaseModel):
    """How to render a picture; what is left out is as the job's settings say."""

    model_config = OF_REQUESTS

    deprocess_means: Annotated[Means | None, Field(title="Means added back")] = None
    """What is added to each colour channel (B, G, R): `keras`, `shifted`, or three numbers."""

    preserve_color: Annotated[
        Literal["none", "luminance"] | None, Field(title="Preserved colours")
    ] = None
    """Whose colours the picture has: `none` has those that were painted, `luminance` the
    photograph's, with the light and dark that was painted."""

    format: Format = "png"
    """The file's format; `png16` and `tiff16` have 16 bits a channel."""


class Renderer:
    """Renders pictures, up to `at_once` at a time."""

    def __init__(self, objects: ObjectStore, at_once: int = AT_ONCE) -> None:
        self._objects = objects
        self._free = BoundedSemaphore(at_once)

    def render(self, job: Job, wanted: Rendering, wait_seconds: float = WAIT_SECONDS) -> bytes:
        """Return a finished job's picture as the bytes of a file.

        Raises:
            NothingToRender: the job has not succeeded.
            PixelsGone: its float pixels are not kept.
            RenderingBusy: other pictures were rendered for `wait_seconds`.
        """
        if job.state is not JobState.SUCCEEDED:
            raise NothingToRender(id=job.id, state=job.state)
        if job.float_pixels is None:
            raise PixelsGone(id=job.id)
        means = wanted.deprocess_means or job.settings.deprocess_means
        in_its_colours = (wanted.preserve_color or job.settings.preserve_color) == "luminance"
        with self.turn(wait_seconds):
            try:
                kept = KeptPixels.from_bytes(self._objects.get(job.float_pixels))
                bits = FORMATS[wanted.format].bits
                picture = render(kept, means, in_photograph_colours=in_its_colours, bits=bits)
                metadata = Metadata(kept.profile, self._xmp(job, wanted))
                return encode(picture, wanted.format, metadata)
            except ObjectNotFound as error:
                raise PixelsGone(id=job.id) from error
            except ValueError as error:
                log.warning("job %s: its float pixels cannot be read: %s", job.id, error)
                raise PixelsGone(id=job.id) from error

    def convert(
        self, picture: bytes, format_name: str, wait_seconds: float = WAIT_SECONDS
    ) -> bytes:
        """Return a result's file in another format with 8 bits a channel.

        Raises:
            TooLongForFormat: its sides are too long for the format.
            RenderingBusy: other pictures were rendered for `wait_seconds`.
        """
        with self.turn(wait_seconds):
            metadata = Metadata.of_file(picture)
            return encode(decode(picture, with_alpha=True), format_name, metadata)

    def _xmp(self, job: Job, wanted: Rendering) -> bytes | None:
        """Return the result's packet with the settings that this rendering has."""
        packet = Metadata.of_file(self._objects.get(job.result)).xmp if job.result else None
        made = Provenance.from_packet(packet) if packet else None
        if made is None:
            return packet
        changed = wanted.model_dump(mode="json", exclude={"format"}, exclude_none=True)
        return made.model_copy(update={"settings": {**made.settings, **changed}}).packet()

    @contextmanager
    def turn(self, wait_seconds: float = WAIT_SECONDS) -> Iterator[None]:
        """Wait until fewer than `at_once` pictures are rendered, and count as one meanwhile.

        Raises:
            RenderingBusy: others were rendered for `wait_seconds`.
        """
        if not self._free.acquire(timeout=wait_seconds):
            raise RenderingBusy
        try:
            yield
        finally:
            self._free.release()
