"""Stored input pictures: how the web checks one, and how a worker reads the same bytes.

Both decode with `decoded`, which reads nothing but a JPEG or PNG of the recorded size.
"""

import io
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile

from shared.color_profiles import convert
from shared.job import InputImage

FORMATS = {"JPEG": ("L", "RGB"), "PNG": ("RGB", "RGBA")}  # and the modes of their pictures
TURNS = {  # by EXIF's orientation: how a picture becomes upright
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
TURNED_BY_A_QUARTER = (5, 6, 7, 8)
Size = tuple[int, int]  # width, height
Image.MAX_IMAGE_PIXELS = None  # the recorded size is a stricter bound


class InputPicture(NamedTuple):
    """What a job paints: upright, in the colours of `profile` or, without one, in sRGB."""

    pixels: NDArray[np.uint8]  # (rows, columns, 3 or 4): R, G, B and, if it has any, alpha
    profile: bytes | None


def size_of(data: bytes) -> Size:
    """Return the width and height of a picture as it is stored, which can be lying on its side.

    Raises:
        ValueError: it is not a picture that is stored.
    """
    with _opened(data) as image:
        return image.size


def profile_of(data: bytes) -> bytes | None:
    """Return the ICC profile within a picture as it is stored.

    Raises:
        ValueError: it is not a picture that is stored.
    """
    with _opened(data) as image:
        return image.info.get("icc_profile")


def decoded(data: bytes, size: Size, at_least: Size | None = None) -> Image.Image:
    """Decode a stored picture.

    Args:
        data: the bytes of the file.
        size: its width and height as it is stored.
        at_least: how large a JPEG has to be; it is decoded at a half, a quarter or an eighth of its
            size. That reads all of the compressed data and computes fewer pixels, so it finds what
            a whole decoding finds.

    Raises:
        ValueError: it is not a picture that is stored, or not of this size.
        OSError: it is incomplete or damaged.
    """
    image = _opened(data)
    if image.size != size:
        raise ValueError(f"The stored picture is {image.size}, not {size}.")
    if at_least:
        image.draft(None, at_least)
        image.decodermaxblock = len(data)  # all at once, not 64 kB at a time
    image.load()
    return image


def read_input(data: bytes, record: InputImage, of_content: bytes | None = None) -> InputPicture:
    """Return the picture that a job paints.

    Args:
        data: what is stored under the record's key.
        record: the picture's record.
        of_content: the ICC profile of the content image's colours; None for sRGB.

    Raises:
        ValueError, OSError: the stored file is not the one that was checked.
    """
    image = decoded(data, turned((record.width, record.height), record.orientation))
    profile = image.info.get("icc_profile")
    if record.convert_to is not None:
        target = of_content if record.convert_to == "content" else None
        image, profile = converted(image, profile, target), target
    elif image.mode == "L":
        image = image.convert("RGB")
    return InputPicture(np.asarray(upright(image, record.orientation)), profile)


def converted(image: Image.Image, source: bytes | None, target: bytes | None) -> Image.Image:
    """Return a stored picture as R, G, B and, if it has any, alpha in the colours of `target`.

    None stands for sRGB.
    """
    if image.mode != "RGBA":
        return convert(image, source, target)
    alpha = image.getchannel("A")
    painted = convert(image.convert("RGB"), source, target)  # the colours are over white already
    painted.putalpha(alpha)
    return painted


def turned(size: Size, orientation: int) -> Size:
    """Return the size of an upright picture as it is stored, or the other way around."""
    return size[::-1] if orientation in TURNED_BY_A_QUARTER else size


def upright(image: Image.Image, orientation: int) -> Image.Image:
    """Return a picture as it is to be seen; `orientation` is EXIF's, from 1 to 8."""
    return image if orientation == 1 else image.transpose(TURNS[orientation])


def _opened(data: bytes) -> ImageFile.ImageFile:
    """Open a picture without decoding it."""
    try:
        image = Image.open(io.BytesIO(data), formats=tuple(FORMATS))
    except OSError as error:
        raise ValueError("It is not a picture that is stored.") from error
    if image.mode not in FORMATS.get(str(image.format), ()):
        raise ValueError(f"No {image.format} in {image.mode} is stored.")
    return image
