"""A result's float pixels as they are stored beside it, to be rendered again in another way.

Each value is rounded to 1/64 of a grey level. The error is at most 1/128, which is 2 of the 65,535
levels of a 16-bit file; float16 would err by up to 1/16. The grid is placed so that the 8-bit
picture with the job's own means does not change. Values are kept from -512 to 512, beyond which no
means of `StyleSettings` make them visible. Rows are packed in bands, so that a large result can be
read with little memory. The photograph is kept at the result's size, for its colours and its
transparency.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

FORMAT = 1
STEPS = 64  # per grey level
BAND_PIXELS = 250_000
Floats = NDArray[np.float32]
Picture = NDArray[np.uint8]
Arrays = Mapping[str, NDArray[Any]]


class Photograph(NamedTuple):
    """A content image: its pixels, and its ICC profile unless it is sRGB."""

    picture: Picture  # (rows, columns, 3 or 4), R, G, B and, if it has any, alpha
    profile: bytes | None = None


class Band(NamedTuple):
    """Some rows of a result."""

    rows: slice
    pixels: Floats  # (rows, columns, 3), centred B, G, R
    photograph: Picture  # (rows, columns, 3 or 4), R, G, B and, if it has any, alpha


class KeptPixels:
    """The float pixels of a result of `rows` × `columns`; `channels` is 4 if it has alpha.

    `profile` is the ICC profile of its colours; None for sRGB.
    """

    def __init__(self, arrays: Arrays) -> None:
        """Read the arrays that `of` made; raise ValueError if they are of another format."""
        if "format" not in arrays or not np.array_equal(arrays["format"], FORMAT):
            raise ValueError(f"float pixels of another format than {FORMAT}")
        self._arrays = arrays
        self.rows, self.columns, self.channels = map(int, arrays["shape"])
        self._means = arrays["means"]
        self.profile = arrays["profile"].tobytes() or None

    @classmethod
    def of(cls, pixels: Floats, means: Sequence[float], photograph: Photograph) -> "KeptPixels":
        """Keep the pixels of a result.

        Args:
            pixels: (rows, columns, 3), centred B, G, R.
            means: the job's own means for B, G and R.
            photograph: the content image at the result's size.
        """
        rows, columns, _ = pixels.shape
        by_channel = np.asarray(means, np.float32)
        packed = {}
        for band in _bands(rows, columns):
            packed[f"pixels_{band.start}"] = _packed(_to_steps(pixels[band], by_channel))
            packed[f"photograph_{band.start}"] = _packed(photograph.picture[band])
        return cls(
            {
                "format": np.array(FORMAT),
                "shape": np.array([rows, columns, photograph.picture.shape[2]]),
                "means": by_channel,
                "profile": np.frombuffer(photograph.profile or b"", np.uint8),
                **packed,
            }
        )

    def bands(self) -> Iterator[Band]:
        """Yield the rows from the top, a band at a time.

        Raises:
            ValueError: a band is damaged.
        """
        for rows in _bands(self.rows, self.columns):
            shape = (rows.stop - rows.start, self.columns)
            with _as_value_error():
                steps = _unpacked(
                    self._arrays[f"pixels_{rows.start}"], (*shape, 3), np.dtype("<i2")
                )
                photograph = _unpacked(
                    self._arrays[f"photograph_{rows.start}"],
                    (*shape, self.channels),
                    np.dtype(np.uint8),
                )
            yield Band(rows, _from_steps(steps, self._means), photograph)

    def to_bytes(self) -> bytes:
        """Return the bytes of a NumPy archive, whose arrays have checksums."""
        archive = io.BytesIO()
        np.savez(archive, allow_pickle=False, **self._arrays)
        return archive.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> "KeptPixels":
        """Return what `to_bytes` stored, or raise ValueError; each band is read when it is used."""
        with _as_value_error():
            return cls(np.load(io.BytesIO(data), allow_pickle=False))


@contextmanager
def _as_value_error() -> Iterator[None]:
    """Raise what a damaged archive causes as ValueError."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, KeyError) as error:
        raise ValueError(f"damaged float pixels: {error}") from error


def _bands(rows: int, columns: int) -> Iterator[slice]:
    step = max(1, BAND_PIXELS // columns)
    return (slice(first, min(first + step, rows)) for first in range(0, rows, step))


def _to_steps(pixels: Floats, means: Floats) -> NDArray[np.int16]:
    """Return each value as the number of the step, 1/64 of a grey level wide, that it lies in.

    No step crosses a boundary at which the 8-bit picture with these means changes.
    """
    picture = pixels + means
    grey = np.rint(picture)  # what `deprocess` rounds to
    within = np.clip(np.floor((picture - grey + 0.5) * STEPS), 0, STEPS - 1)
    steps = (grey - np.rint(means)) * STEPS + within
    bounds = np.iinfo(np.int16)
    return np.asarray(np.clip(steps, bounds.min, bounds.max), "<i2")


def _from_steps(steps: NDArray[np.int16], means: Floats) -> Floats:
    """Return the middle of each step."""
    offset = np.rint(means) - means - 0.5 + 0.5 / STEPS
    return steps * np.float32(1 / STEPS) + offset


def _packed(values: NDArray[Any]) -> NDArray[np.uint8]:
    """Compress (rows, columns, channels) of integers.

    What compresses is the difference to the pixel on the left, in planes of its bytes. Searching
    for repetitions would take twice the time and save nothing, so there is Huffman coding only.
    """
    left = np.zeros_like(values[:, :1])
    planes = np.diff(values, axis=1, prepend=left).view(np.uint8)
    planes = planes.reshape(-1, values.itemsize).T
    deflate = zlib.compressobj(1, strategy=zlib.Z_HUFFMAN_ONLY)
    data = deflate.compress(planes.tobytes()) + deflate.flush()
    return np.frombuffer(data, np.uint8)


def _unpacked(
    data: NDArray[np.uint8], shape: tuple[int, ...], dtype: np.dtype[Any]
) -> NDArray[Any]:
    planes = np.frombuffer(zlib.decompress(data.tobytes()), np.uint8)
    values = planes.reshape(dtype.itemsize, -1).T.copy().view(dtype).reshape(shape)
    return np.cumsum(values, axis=1, dtype=dtype)
