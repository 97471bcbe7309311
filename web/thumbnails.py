"""Thumbnails of jobs' pictures: made once, at the first request, and kept beside the picture.

They are WebP, upright and in sRGB. Making one costs about what rendering costs, so it takes the
renderer's turn.
"""

import io

from PIL import Image

from shared import paths
from shared.errors import NotReady, ObjectNotFound
from shared.input_pictures import converted, decoded, size_of, turned, upright
from shared.job import InputImage, Job
from shared.object_store import ObjectStore
from web.rendering import Renderer

QUALITY, METHOD = 82, 4
FINER = 2  # a JPEG is decoded at this multiple of the thumbnail's size, or larger
Size = tuple[int, int]  # width, height


class Thumbnails:
    """The thumbnails of jobs' pictures. `get` may raise StoreUnavailable."""

    def __init__(self, objects: ObjectStore, renderer: Renderer) -> None:
        self._objects = objects
        self._renderer = renderer

    def get(self, job: Job, name: str, width: int) -> bytes:
        """Return a picture of a job that fits in a box of `width`, as WebP.

        Args:
            job: the job.
            name: `result`, `content`, `init`, or `style-0` and so on.
            width: one of `THUMBNAIL_WIDTHS`.

        Raises:
            NotReady: the job has no such picture, or not yet.
            ObjectNotFound: its file is gone.
            RenderingBusy: other pictures were rendered for long.
        """
        key, orientation = _source(job, name)
        kept_as = paths.thumbnail_key(key, width)
        if kept := self._kept(kept_as):
            return kept
        with self._renderer.turn():
            if kept := self._kept(kept_as):  # made while this one waited
                return kept
            made = _thumbnail(self._objects.get(key), orientation, width)
            self._objects.put(kept_as, made)
            return made

    def _kept(self, key: str) -> bytes | None:
        try:
            return self._objects.get(key)
        except ObjectNotFound:
            return None


def fitted(width: int, height: int, box: int) -> Size:
    """Return the size of a picture in a square box; a picture that fits keeps its size."""
    scale = min(1.0, box / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def picture_size(job: Job, name: str) -> Size:
    """Return width and height of a picture of a job, as its record says; see `Thumbnails.get`."""
    if name == "result":
        return job.result_shape[::-1]
    image = _input(job, name)
    return image.width, image.height


def _source(job: Job, name: str) -> tuple[str, int]:
    """Return the key of a picture, and its orientation as EXIF counts."""
    if name == "result":
        if job.result is None:
            raise NotReady(id=job.id, what=name, state=job.state)
        return job.result, 1
    image = _input(job, name)
    return image.key, image.orientation


def _input(job: Job, name: str) -> InputImage:
    inputs = {"content": job.inputs.content, "init": job.inputs.init}
    inputs.update((f"style-{number}", each) for number, each in enumerate(job.inputs.styles))
    image = inputs.get(name)
    if image is None:
        raise NotReady(id=job.id, what=name, state=job.state)
    return image


def _thumbnail(data: bytes, orientation: int, box: int) -> bytes:
    stored = size_of(data)
    size = turned(fitted(*turned(stored, orientation), box), orientation)
    image = decoded(data, stored, (size[0] * FINER, size[1] * FINER))
    profile = image.info.get("icc_profile")
    small = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3)
    buffer = io.BytesIO()
    shown = upright(converted(small, profile, None), orientation)
    shown.save(buffer, "WEBP", quality=QUALITY, method=METHOD)
    return buffer.getvalue()
