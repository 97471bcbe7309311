"""Turns the optimiser's pixels into an image file: adds the means, clips, encodes."""

import io
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from shared.errors import FormatTooSmall
from shared.kept_pixels import KeptPixels

FORMATS = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp", "tiff": "image/tiff"}
LONGEST_SIDE = {"jpeg": 65_500, "webp": 16_383}  # pixels, where a format has a limit
PNG_XMP = "XML:com.adobe.xmp"  # where XMP lies in a PNG: XMP specification part 3, section 1.1.5
TIFF_XMP = 700  # the same in a TIFF: section 1.1.8
_OPTIONS: dict[str, dict[str, object]] = {
    # on painted pictures as small as with level 4, in less than half the time
    "png": {"compress_level": 1, "compress_type": zlib.Z_RLE},
    "jpeg": {"quality": 95, "subsampling": 0},
    "webp": {"quality": 92, "method": 2},
    "tiff": {"compression": "tiff_deflate"},
}


def deprocess(pixels: NDArray[np.float32], means: Sequence[float]) -> NDArray[np.uint8]:
    """Turn VGG19's centred B, G, R into a picture, as `deprocess_image` of the Keras example does.

    Args:
        pixels: (rows, columns, 3), centred B, G, R.
        means: what is added to B, G and R.

    Returns:
        (rows, columns, 3), R, G, B.
    """
    picture = pixels + np.asarray(means, dtype=np.float32)
    # The Keras example truncates, which makes pictures darker by half a grey level on average.
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)[..., ::-1]


def render(kept: KeptPixels, means: Sequence[float]) -> NDArray[np.uint8]:
    """Return a result's picture with these means: (rows, columns, 3), R, G, B."""
    picture = np.empty((kept.rows, kept.columns, 3), np.uint8)
    for band in kept.bands():
        picture[band.rows] = deprocess(band.pixels, means)
    return picture


def encode(picture: NDArray[np.uint8], format_name: str, xmp: bytes | None = None) -> bytes:
    """Return a picture as the bytes of a file.

    Args:
        picture: (rows, columns, 3), R, G, B.
        format_name: one of `FORMATS`.
        xmp: the XMP packet that the file carries, if any.

    Raises:
        FormatTooSmall: a side is longer than the format allows.
    """
    rows, columns, _ = picture.shape
    longest = LONGEST_SIDE.get(format_name)
    if longest and max(rows, columns) > longest:
        raise FormatTooSmall(
            field="format", format=format_name, width=columns, height=rows, maximum=longest
        )
    options = _OPTIONS[format_name] | (_carrying(format_name, xmp) if xmp else {})
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(picture)).save(buffer, format_name, **options)
    return buffer.getvalue()


def xmp_of(data: bytes) -> bytes | None:
    """Return the XMP packet of a file that `encode` made; None if it has none."""
    with Image.open(io.BytesIO(data)) as image:
        packet = image.info.get("xmp") or image.info.get(PNG_XMP)
        if packet is None and image.format == "TIFF":
            packet = image.tag_v2.get(TIFF_XMP)  # type: ignore[attr-defined]  # of TIFF images only
    return packet.encode() if isinstance(packet, str) else packet


def _carrying(format_name: str, xmp: bytes) -> dict[str, object]:
    """Return the options with which a file carries an XMP packet."""
    if format_name == "png":
        chunks = PngInfo()
        chunks.add_itxt(PNG_XMP, xmp.decode())
        return {"pnginfo": chunks}
    if format_name == "tiff":
        return {"tiffinfo": {TIFF_XMP: xmp}}
    return {"xmp": xmp}


def decode(data: bytes) -> NDArray[np.uint8]:
    """Return a picture that `encode` or the web stored as R, G, B of (rows, columns, 3)."""
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGB"))
