"""Uploaded pictures: checked before they are decoded, and converted to one format."""

import hashlib
import io
from typing import IO, NamedTuple

import numpy as np
from PIL import Image, ImageOps
from werkzeug.datastructures import FileStorage

from shared.errors import ImageTooLarge, ImageTooSmall, NotAnImage, TruncatedImage
from web.intake.color_profiles import convert, kept_profile

UPLOAD_FORMATS = (
    "JPEG",
    "PNG",
    "WEBP",
    "TIFF",
    "GIF",
    "BMP",
    "AVIF",
    "MPO",
)  # MPO: many phones' JPEG
FORMAT_NAMES = "JPEG, PNG, WebP, TIFF, GIF, BMP or AVIF"
SHORTEST_SIDE = 16
MEGAPIXEL = 1_000_000
HASHED_BYTES = 1 << 20  # at a time
Image.MAX_IMAGE_PIXELS = None  # our own limit is stricter, and its error names the file


class Kept(NamedTuple):
    """What is kept of an uploaded picture, and its colour space."""

    alpha: bool = False
    own_profile: bool = False
    profile: bytes | None = None  # the ICC profile to convert to, unless it keeps its own; or sRGB


NOTHING = Kept()


class CleanImage(NamedTuple):
    """A picture for the workers: an 8-bit PNG, upright, without metadata but its ICC profile.

    Without a profile it is sRGB. With transparency it is R, G, B, A; the colours are those over
    white, since they are painted.
    """

    png: bytes
    width: int
    height: int
    sha256: str  # of the uploaded file
    profile: bytes | None = None


def read_image(
    field: str, upload: FileStorage, max_megapixels: float, kept: Kept = NOTHING
) -> CleanImage:
    """Read an uploaded picture by its content; its name and declared type are ignored.

    The orientation is applied, colours are converted to sRGB, transparency becomes white, and an
    animation becomes its first frame. `kept` says what is kept beyond that.

    Raises:
        NotAnImage, TruncatedImage, ImageTooSmall, ImageTooLarge: each names the `field`.
    """
    try:
        image = Image.open(upload.stream, formats=UPLOAD_FORMATS)
    except Exception as error:  # Pillow's readers raise many kinds of errors for damaged files
        raise NotAnImage(field=field, formats=FORMAT_NAMES) from error
    with image:
        _check_bounds(field, image, max_megapixels)
        try:
            image.load()
        except Exception as error:
            raise TruncatedImage(field=field) from error
        upright = _upright(image)
        profile = kept_profile(upright) if kept.own_profile else None
        clean = _to_rgb(upright, kept.profile, is_kept=profile is not None)
        if kept.alpha and (alpha := _alpha(upright)):
            clean.putalpha(alpha)
    buffer = io.BytesIO()
    picture = Image.fromarray(np.asarray(clean))
    picture.save(buffer, "PNG", compress_level=1, icc_profile=profile)
    sha256 = _sha256(upload.stream)
    return CleanImage(buffer.getvalue(), clean.width, clean.height, sha256, profile)


def _sha256(stream: IO[bytes]) -> str:
    stream.seek(0)
    digest = hashlib.sha256()
    while part := stream.read(HASHED_BYTES):
        digest.update(part)
    return digest.hexdigest()


def _check_bounds(field: str, image: Image.Image, max_megapixels: float) -> None:
    size = {"field": field, "width": image.width, "height": image.height}
    if image.width * image.height > max_megapixels * MEGAPIXEL:
        raise ImageTooLarge(maximum=max_megapixels, **size)
    if min(image.size) < SHORTEST_SIDE:
        raise ImageTooSmall(minimum=SHORTEST_SIDE, **size)


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # damaged EXIF data is ignored
        return image


def _to_rgb(image: Image.Image, target: bytes | None, *, is_kept: bool) -> Image.Image:
    """Return a picture over white as R, G, B; in its own colour space if that is kept."""
    if _is_deep_grey(image):
        return convert(_from_deep_grey(image), None, target)
    source = image.info.get("icc_profile") or None
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        white = Image.new("RGBA", layer.size, "white")
        image = Image.alpha_composite(white, layer).convert("RGB")
    return image.convert("RGB") if is_kept else convert(image, source, target)


def _alpha(image: Image.Image) -> Image.Image | None:
    """Return how opaque each pixel is, from 0 to 255; None if all are."""
    if _is_deep_grey(image) or not image.has_transparency_data:
        return None
    alpha = image.convert("RGBA").getchannel("A")
    return None if alpha.getextrema() == (255, 255) else alpha


def _is_deep_grey(image: Image.Image) -> bool:
    return image.mode in ("I", "F") or image.mode.startswith("I;16")


def _from_deep_grey(image: Image.Image) -> Image.Image:
    values = np.nan_to_num(np.asarray(image, dtype=np.float32))
    # 16-bit files have values from 0 to 65535; floats from 0 to 1 or, if any is larger, 0 to 255
    scale = 257.0 if image.mode != "F" else (1.0 if values.max() > 1 else 1 / 255)
    return Image.fromarray((np.clip(values, 0, 255 * scale) / scale).astype(np.uint8))
