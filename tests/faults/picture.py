"""The picture that the scripted engine paints; its pixels encode the attempt."""

import io
import struct
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from shared.settings import DEPROCESS_MEANS

ROWS, COLUMNS = 32, 48
_FORMAT = struct.Struct(">16sBHH")


class Mark(NamedTuple):
    """How a picture was made: the job, the attempt, its first and its last evaluation."""

    job_id: str
    attempt: int
    resumed_from: int
    evaluation: int


def paint(mark: Mark) -> NDArray[np.float32]:
    """Return a picture with `mark`, centred B, G, R, as an engine yields it."""
    data = _FORMAT.pack(bytes.fromhex(mark.job_id), *mark[1:])
    grey = np.linspace(0, 255, ROWS * COLUMNS).astype(np.uint8)
    grey[: len(data)] = np.frombuffer(data, dtype=np.uint8)
    picture = np.repeat(grey.reshape(ROWS, COLUMNS, 1), 3, axis=2).astype(np.float32)
    return picture - np.asarray(DEPROCESS_MEANS["keras"], dtype=np.float32)


def read(png: bytes) -> Mark:
    """Return the mark of a picture; raise Pillow's error if it is damaged."""
    with Image.open(io.BytesIO(png)) as image:
        grey = np.asarray(image.convert("RGB"))[..., 0].reshape(-1)
    job_id, *numbers = _FORMAT.unpack(grey[: _FORMAT.size].tobytes())
    return Mark(job_id.hex(), *numbers)


def upload() -> bytes:
    """Return a small valid picture to upload, large enough for marks."""
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize((COLUMNS, ROWS)).convert("RGB").save(buffer, "PNG")
    return buffer.getvalue()
