"""Turns the optimiser's pixels into an image file: adds the means, sets colours, encodes."""

import io
import zlib
from collections.abc import Sequence
from functools import reduce
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from shared import sixteen_bit_files
from shared.errors import TooLongForFormat
from shared.kept_pixels import KeptPixels
from shared.metadata import NO_METADATA, PNG_XMP, TIFF_XMP, Metadata

Picture = NDArray[np.uint8] | NDArray[np.uint16]
LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # of R, G, B: ITU-R BT.601
EPSILON = 1e-3  # grey levels of colour that count as none


class Format(NamedTuple):
    """A kind of file that a result can be had as."""

    title: str
    mimetype: str
    suffix: str  # of a file's name, without the dot
    bits: int  # a channel
    longest_side: int | None = None  # in pixels; None without a bound


FORMATS = {
    "png": Format("PNG", "image/png", "png", 8),
    "jpeg": Format("JPEG", "image/jpeg", "jpeg", 8, longest_side=65_500),
    "webp": Format("WebP", "image/webp", "webp", 8, longest_side=16_383),
    "tiff": Format("TIFF", "image/tiff", "tiff", 8),
    "png16": Format("PNG, 16 bits", "image/png", "png", 16),
    "tiff16": Format("TIFF, 16 bits", "image/tiff", "tiff", 16),
}
_OPTIONS: dict[str, dict[str, object]] = {
    # on painted pictures as small as with level 4, in less than half the time
    "png": {"compress_level": 1, "compress_type": zlib.Z_RLE},
    "jpeg": {"quality": 95, "subsampling": 0},
    "webp": {"quality": 92, "method": 2},
    "tiff": {"compression": "tiff_deflate"},
}
_DEEP = {"png16": sixteen_bit_files.png, "tiff16": sixteen_bit_files.tiff}


def deprocess(pixels: NDArray[np.float32], means: Sequence[float]) -> NDArray[np.uint8]:
    """Turn VGG19's centred B, G, R into a picture, as `deprocess_image` of the Keras example does.

    Args:
        pixels: (rows, columns, 3), centred B, G, R.
        means: what is added to B, G and R.

    Returns:
        (rows, columns, 3), R, G, B.
    """
    return _in_8_bits(_with_means(pixels, means))


def with_colours_of(
    photograph: NDArray[np.uint8], picture: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return a picture's light and dark in a photograph's colours.

    The light is BT.601's luma, as in the YIQ of Gatys et al. (2016), "Preserving color in neural
    artistic style transfer", and the YUV of neural-style. The colour is the photograph's difference
    to its own luma. Where that does not fit at the picture's luma, it is made paler, so that
    neither luma nor hue change; clipping, and CIELAB's lightness, would change one of them.

    Args:
        photograph: (rows, columns, 3), R, G, B.
        picture: the same shape, R, G, B; values outside of 0 to 255 are clipped.
    """
    colour = photograph - (photograph @ LUMA)[..., np.newaxis]
    luma = (np.clip(picture, 0, 255) @ LUMA)[..., np.newaxis]
    highest, lowest = (reduce(by, np.moveaxis(colour, -1, 0)) for by in (np.maximum, np.minimum))
    above = (255 - luma) / np.maximum(highest, EPSILON)[..., np.newaxis]
    below = luma / np.maximum(-lowest, EPSILON)[..., np.newaxis]
    return np.asarray(luma + np.minimum(np.minimum(above, below), 1) * colour, np.float32)


def finish(
    pixels: NDArray[np.float32],
    means: Sequence[float],
    photograph: NDArray[np.uint8],
    *,
    in_photograph_colours: bool = False,
    bits: int = 8,
) -> Picture:
    """Turn pixels into a picture as `deprocess` does, with what is kept of the photograph.

    Args:
        pixels: (rows, columns, 3), centred B, G, R.
        means: what is added to B, G and R.
        photograph: (rows, columns, 3 or 4), R, G, B and, if it has any, alpha.
        in_photograph_colours: whether it gets the photograph's colours; see `with_colours_of`.
        bits: 8 or 16 a channel.

    Returns:
        (rows, columns, 3 or 4), as the photograph.
    """
    picture = _with_means(pixels, means)
    if in_photograph_colours:
        picture = with_colours_of(photograph[..., :3], picture)
    finished = _in_8_bits(picture) if bits == 8 else _in_16_bits(picture)
    alpha = photograph[..., 3:] * finished.dtype.type(1 if bits == 8 else 257)
    return np.concatenate([finished, alpha], axis=-1)


def render(
    kept: KeptPixels, means: Sequence[float], *, in_photograph_colours: bool = False, bits: int = 8
) -> Picture:
    """Return a result's picture: (rows, columns, 3 or 4), R, G, B and, if it has any, alpha.

    Args:
        kept: the result's float pixels.
        means: what is added to B, G and R.
        in_photograph_colours: whether it gets the photograph's colours; see `with_colours_of`.
        bits: 8 or 16 a channel.

    Raises:
        ValueError: the float pixels are damaged.
    """
    dtype = np.uint8 if bits == 8 else np.uint16
    picture = np.empty((kept.rows, kept.columns, kept.channels), dtype)
    for band in kept.bands():
        picture[band.rows] = finish(
            band.pixels,
            means,
            band.photograph,
            in_photograph_colours=in_photograph_colours,
            bits=bits,
        )
    return picture


def resized(picture: NDArray[np.uint8], rows: int, columns: int) -> NDArray[np.uint8]:
    """Return a picture of (r, c, 3 or 4), R, G, B and alpha, in another size, smoothly."""
    if picture.shape[:2] == (rows, columns):
        return picture

    def part(values: NDArray[np.uint8], by: Image.Resampling) -> NDArray[np.uint8]:
        return np.asarray(Image.fromarray(values).resize((columns, rows), by, reducing_gap=3))

    # alpha on its own, since Pillow would blacken transparent colours; and without overshoot
    colours = part(picture[..., :3], Image.Resampling.LANCZOS)
    alphas = [part(picture[..., 3], Image.Resampling.BILINEAR)] if picture.shape[2] == 4 else []
    return np.dstack([colours, *alphas])


def _with_means(pixels: NDArray[np.float32], means: Sequence[float]) -> NDArray[np.float32]:
    """Return the picture that centred B, G, R stand for, as R, G, B."""
    return (pixels + np.asarray(means, dtype=np.float32))[..., ::-1]


def _in_8_bits(picture: NDArray[np.float32]) -> NDArray[np.uint8]:
    # The Keras example truncates, which makes pictures darker by half a grey level on average.
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


def _in_16_bits(picture: NDArray[np.float32]) -> NDArray[np.uint16]:
    return np.clip(np.rint(picture * 257), 0, 65535).astype(np.uint16)  # 255 becomes 65535


def encode(picture: Picture, format_name: str, metadata: Metadata = NO_METADATA) -> bytes:
    """Return a picture as the bytes of a file.

    Args:
        picture: (rows, columns, 3 or 4), R, G, B and alpha, with the format's bits a channel. JPEG
            has no alpha: white shows through.
        format_name: a name in `FORMATS`.
        metadata: what the file carries beside the pixels.

    Raises:
        TooLongForFormat: a side of the picture is longer than the format allows.
    """
    _check_sides(picture, format_name)
    if format_name in _DEEP:
        return _DEEP[format_name](np.asarray(picture, np.uint16), metadata)
    if format_name == "jpeg":
        picture = _over_white(picture)
    options = _OPTIONS[format_name] | _carrying(format_name, metadata)
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(picture)).save(buffer, format_name, **options)
    return buffer.getvalue()


def _over_white(picture: Picture) -> Picture:
    if picture.shape[2] == 3:
        return picture
    opaque = np.asarray(picture[..., 3:], np.float32) / 255
    return _in_8_bits(np.asarray(255 + (picture[..., :3] - 255.0) * opaque, np.float32))


def _check_sides(picture: Picture, format_name: str) -> None:
    (height, width), longest = picture.shape[:2], FORMATS[format_name].longest_side
    if longest and max(height, width) > longest:
        name = FORMATS[format_name].title
        raise TooLongForFormat(
            field="format", format=name, width=width, height=height, maximum=longest
        )


def _carrying(format_name: str, metadata: Metadata) -> dict[str, object]:
    """Return the options with which Pillow writes a file's metadata."""
    options: dict[str, object] = {"icc_profile": metadata.profile}
    if metadata.xmp is None:
        return options
    if format_name == "png":
        chunks = PngInfo()
        chunks.add_itxt(PNG_XMP, metadata.xmp.decode())
        return {**options, "pnginfo": chunks}
    if format_name == "tiff":
        return {**options, "tiffinfo": {TIFF_XMP: metadata.xmp}}
    return {**options, "xmp": metadata.xmp}


def decode(data: bytes, *, with_alpha: bool = False) -> NDArray[np.uint8]:
    """Return a picture that `encode` made.

    Args:
        data: the bytes of the file.
        with_alpha: whether alpha, if there is any, is returned too.

    Returns:
        (rows, columns, 3 or 4), R, G, B and alpha. Without alpha, the colours of transparent pixels
        are those that the file has there.
    """
    with Image.open(io.BytesIO(data)) as image:
        mode = "RGBA" if with_alpha and image.mode == "RGBA" else "RGB"
        return np.asarray(image.convert(mode))
