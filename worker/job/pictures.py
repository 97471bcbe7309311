"""A claimed job's input pictures, as the engine and the result need them."""

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from shared.input_pictures import InputPicture, read_input
from shared.job import InputImage, Job
from shared.kept_pixels import Photograph
from shared.object_store import ObjectStore
from shared.pictures import resized
from worker.job.backoff import with_backoff
from worker.job.lease import Lease
from worker.job.watchdog import LOADING_SECONDS

Pixels = NDArray[np.float32]


@dataclass(frozen=True)
class JobPictures:
    """Reads a job's input pictures.

    Every method may raise StoreUnavailable, if the object store has not been available for
    `max_seconds`, and Superseded.
    """

    job: Job
    objects: ObjectStore
    lease: Lease
    max_seconds: float

    def painted(self) -> tuple[Pixels, list[Pixels], Pixels | None]:
        """Return the content, the styles, and the image to start from if there is one.

        Each is (rows, columns, 3), R, G, B from 0 to 255.
        """
        inputs = self.job.inputs
        content, profile = self._input(inputs.content)
        styles = [_floats(self._input(style, profile)) for style in inputs.styles]
        init = _floats(self._input(inputs.init, profile)) if inputs.init else None
        return _floats(InputPicture(content, profile)), styles, init

    def photograph(self) -> Photograph:
        """Return the content image at the result's size, for what the result keeps of it."""
        pixels, profile = self._input(self.job.inputs.content)
        return Photograph(resized(pixels, *self.job.result_shape), profile)

    def _input(self, image: InputImage, of_content: bytes | None = None) -> InputPicture:
        """Return an input picture; `of_content` is the ICC profile of the content's colours."""
        get = partial(self.objects.get, image.key)
        data = with_backoff(get, self.lease, self.max_seconds)
        self.lease.expect_progress_in(LOADING_SECONDS)
        return read_input(data, image, of_content)


def _floats(picture: InputPicture) -> Pixels:
    return picture.pixels[..., :3].astype(np.float32)
