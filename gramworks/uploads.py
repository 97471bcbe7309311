"""Pictures to send: paths, bytes, open files and Pillow's images."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Union, cast

if TYPE_CHECKING:
    from PIL.Image import Image

Picture = Union[str, "os.PathLike[str]", bytes, BinaryIO, "Image"]
"""A picture to send: a path, the bytes of a file, a file that is open for reading bytes, or an
image of Pillow."""

Upload = tuple[str, bytes | BinaryIO]
PNG_MODES = frozenset({"1", "L", "LA", "P", "RGB", "RGBA"})


def several(pictures: Picture | Iterable[Picture]) -> list[Picture]:
    """Return one picture, or a sequence of them, as a list."""
    if isinstance(pictures, Sequence) and not isinstance(pictures, str | bytes):
        return list(pictures)
    return [cast(Picture, pictures)]


def upload(picture: Picture | tuple[int, int], field: str, opened: ExitStack) -> Upload:
    """Return a picture's file name and its bytes; a path stays open until `opened` closes.

    The bytes can be read again from their beginning, in case the request is repeated.

    Raises:
        TypeError: it is no picture, or only the size of one, and the bytes are needed.
    """
    if isinstance(picture, tuple):
        raise TypeError(f"{field}: give all pictures as sizes, or none.")
    if isinstance(picture, bytes):
        return field, picture
    if isinstance(picture, str | os.PathLike):
        path = Path(picture)
        return path.name, opened.enter_context(path.open("rb"))
    if (png := _png_of_image(picture)) is not None:
        return f"{field}.png", png
    _check_binary(picture, field)
    file = cast(BinaryIO, picture)
    name = Path(str(getattr(file, "name", field))).name
    return name, file if file.seekable() else file.read()


def _check_binary(file: object, field: str) -> None:
    if isinstance(file, io.TextIOBase):
        raise TypeError(f"{field}: the file is open for text; open it for reading bytes.")


def _png_of_image(picture: BinaryIO | Image) -> bytes | None:
    """Return an image as a PNG, with its orientation and its profile; None if it is a file."""
    # Whoever has an image has imported Pillow, which the client itself does not need.
    pillow = sys.modules.get("PIL.Image")
    if pillow is None or not isinstance(picture, pillow.Image):
        return None
    image, buffer = cast("Image", picture), io.BytesIO()
    exif = image.getexif()
    if image.mode in PNG_MODES:
        image.save(buffer, "PNG", exif=exif)
    else:  # the profile is of the mode that is left behind
        image.convert("RGB").save(buffer, "PNG", exif=exif, icc_profile=None)
    return buffer.getvalue()
