"""Input pictures as they are stored, for browsers and programs."""

from flask import Response
from PIL import ExifTags, Image

from web.services import get_services

MIMETYPES = ("image/jpeg", "image/png")
_START, _APP1 = b"\xff\xd8", b"\xff\xe1"  # of a JPEG, and of its segment for EXIF


def stored_picture(key: str, orientation: int) -> Response:
    """Return the response that sends a stored picture, which says which way is up.

    Raises:
        ObjectNotFound: it is gone.
    """
    data = get_services().objects.get(key)
    if orientation != 1:  # a JPEG is stored as it lay in the upload, without its metadata
        exif = Image.Exif()
        exif[ExifTags.Base.Orientation] = orientation
        segment = exif.tobytes()
        data = _START + _APP1 + (len(segment) + 2).to_bytes(2, "big") + segment + data[2:]
    response = Response(data, mimetype=MIMETYPES[0 if data.startswith(_START) else 1])
    response.cache_control.private = True
    response.cache_control.max_age = 3600
    return response
