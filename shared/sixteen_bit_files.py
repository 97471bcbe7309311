"""Files with 16 bits a channel, which Pillow cannot write: PNG, and TIFF by tifffile.

Both are compressed by Huffman codes alone: the lower bytes are noise, and searching it for
repetitions takes twice the time and saves nothing.
"""

import io
import struct
import zlib
from collections.abc import Callable, Iterator

import numpy as np
import tifffile
from numpy.typing import NDArray

from shared.metadata import NO_METADATA, PNG_XMP, TIFF_XMP, Metadata

Deep = NDArray[np.uint16]
Write = Callable[[Deep, Metadata], bytes]
BAND_PIXELS = 250_000
COLOUR_TYPES = {3: 2, 4: 6}  # of PNG: R, G, B; R, G, B, A
SUB = 1  # the filter of PNG that takes the difference to the pixel on the left


def png(picture: Deep, metadata: Metadata = NO_METADATA) -> bytes:
    """Return the bytes of a PNG (ISO/IEC 15948).

    Args:
        picture: (rows, columns, 3 or 4), R, G, B and alpha.
        metadata: what the file carries beside the pixels.
    """
    rows, columns, channels = picture.shape
    header = struct.pack(">IIBBBBB", columns, rows, 16, COLOUR_TYPES[channels], 0, 0, 0)
    buffer, deflate = io.BytesIO(), _deflate()
    buffer.write(b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header))
    if metadata.profile:
        buffer.write(_chunk(b"iCCP", b"ICC profile\0\0" + zlib.compress(metadata.profile)))
    if metadata.xmp:
        buffer.write(_chunk(b"iTXt", PNG_XMP.encode() + bytes(5) + metadata.xmp))
    for band in _bands(picture):
        buffer.write(_chunk(b"IDAT", deflate.compress(_filtered(band))))
    buffer.write(_chunk(b"IDAT", deflate.flush()) + _chunk(b"IEND", b""))
    return buffer.getvalue()


def tiff(picture: Deep, metadata: Metadata = NO_METADATA) -> bytes:
    """Return the bytes of a TIFF 6.0; the arguments are those of `png`."""
    xmp = metadata.xmp
    buffer = io.BytesIO()
    tifffile.imwrite(
        buffer,
        map(_strip, _bands(picture)),
        shape=picture.shape,
        dtype=picture.dtype,
        byteorder="<",
        photometric="rgb",
        extrasamples=["unassalpha"] * (picture.shape[2] - 3),
        compression="zlib",
        predictor=True,
        rowsperstrip=_rows_of_a_band(picture),
        iccprofile=metadata.profile,
        metadata=None,
        software=False,
        extratags=[(TIFF_XMP, tifffile.DATATYPE.BYTE, len(xmp), xmp, True)] if xmp else None,
    )
    return buffer.getvalue()


def _rows_of_a_band(picture: Deep) -> int:
    return max(1, BAND_PIXELS // int(picture.shape[1]))


def _bands(picture: Deep) -> Iterator[Deep]:
    step = _rows_of_a_band(picture)
    return (picture[first : first + step] for first in range(0, len(picture), step))


def _filtered(band: Deep) -> bytes:
    """Return rows as PNG compresses them: a filter's number, then differences of bytes."""
    rows, columns, channels = band.shape
    values = np.ascontiguousarray(band, ">u2").view(np.uint8).reshape(rows, columns, 2 * channels)
    differences = np.diff(values, axis=1, prepend=np.zeros_like(values[:, :1]))
    filters = np.full((rows, 1), SUB, np.uint8)
    return np.concatenate([filters, differences.reshape(rows, -1)], axis=1).tobytes()


def _strip(band: Deep) -> bytes:
    differences = np.diff(band, axis=1, prepend=np.zeros_like(band[:, :1]))
    deflate = _deflate()
    return deflate.compress(differences.astype("<u2").tobytes()) + deflate.flush()


def _deflate() -> "zlib._Compress":
    return zlib.compressobj(1, strategy=zlib.Z_HUFFMAN_ONLY)


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(data, zlib.crc32(kind))
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)
