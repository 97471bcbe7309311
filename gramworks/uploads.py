"""Pictures to send: paths, bytes, open files, Pillow's images, URLs and uploaded images."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Union, cast

from gramworks.models import UploadedImage

if TYPE_CHECKING:
    from PIL.Image import Image

Picture = Union[str, "os.PathLike[str]", bytes, BinaryIO, "Image", UploadedImage]
"""A picture to send: a path, the bytes of a file, a file that is open for reading bytes, an image
of Pillow, a URL for the server to fetch, or what `Client.upload` returned."""

Upload = tuple[str, bytes | BinaryIO]
PNG_MODES = frozenset({"1", "L", "LA", "P", "RGB", "RGBA"})


def several(pictures: Picture | Iterable[Picture]) -> list[Picture]:
    """Return one picture, or a sequence of them, as a list."""
    if isinstance(pictures, Sequence) and not isinstance(pictures, str | bytes):
        return list(pictures)
    return [cast(Picture, pictures)]


def without_file(picture: Picture | tuple[int, int], field: str) -> tuple[str, str] | None:
    """Return the form field of a picture that the server gets itself; None if a file is sent."""
    if isinstance(picture, UploadedImage):
        return f"{field}_sha256", picture.sha256
    if isinstance(picture, str) and picture.lower().startswith(("http://", "https://")):
        return f"{field}_url", picture
    return None


def sent(
    pictures: Sequence[tuple[str, Picture | tuple[int, int]]], opened: ExitStack
) -> tuple[dict[str, list[str]], list[tuple[str, Upload]]]:
    """Return the form fields and the files of pictures, each with its field's name."""
    fields: dict[str, list[str]] = {}
    files = []
    for field, picture in pictures:
        if found := without_file(picture, field):
            fields.setdefault(found[0], []).append(found[1])
        else:
            files.append((field, upload(picture, field, opened)))
    return fields, files


def whole_file(picture: Picture) -> bytes:
    """Return the bytes of a picture that is sent as a file."""
    with ExitStack() as opened:
        _, data = upload(picture, "image", opened)
        return data if isinstance(data, bytes) else data.read()


def upload(picture: Picture | tuple[int, int], field: str, opened: ExitStack) -> Upload:
    """Return a picture's file name and its bytes; a path stays open until `opened` closes.

    The bytes can be read again from their beginning, in case the request is repeated.

    Raises:
        TypeError: it is no picture, or only the size of one, and the bytes are needed.
    """
    if isinstance(picture, tuple):
        raise TypeError(f"{field}: give all pictures as sizes, or none.")
    if isinstance(picture, UploadedImage):
        raise TypeError(f"{field}: the server has the file of an uploaded image.")
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
