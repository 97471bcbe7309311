"""What is stored of an uploaded picture: a file that was checked, without metadata.

A JPEG stays as it is, without its metadata. Everything else becomes an 8-bit PNG.
"""

import io
import zlib
from hashlib import sha256
from typing import Annotated, Literal, NamedTuple

import numpy as np
from pi_heif import register_heif_opener
from PIL import ExifTags, Image
from PIL.AvifImagePlugin import AvifImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile
from pydantic import Field

from shared.color_profiles import convert, kept_profile
from shared.errors import ImageTooLarge, ImageTooSmall, NotAnImage, TruncatedImage
from shared.input_pictures import decoded, turned, upright
from shared.metadata import Metadata
from web.intake.jpeg import Jpeg, read_jpeg

register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)
READERS = (
    *(JpegImageFile, PngImageFile, WebPImageFile, TiffImageFile, GifImageFile, BmpImageFile),
    AvifImageFile,
)
FORMATS = (*(reader.format for reader in READERS), "HEIF")
FORMAT_NAMES = "JPEG, PNG, HEIC, WebP, AVIF, TIFF, GIF or BMP"
JPEG_MODES = ("L", "RGB")  # of a JPEG that is stored as it is
SHORTEST_SIDE = 16
LONGEST_PACKET = 200_000  # bytes of XMP; ours have a few thousand
MEGAPIXEL = 1_000_000
# on photographs a quarter larger than with level 1 alone, in less than half the time
PNG_OPTIONS = {"compress_level": 1, "compress_type": zlib.Z_RLE}


class Kept(NamedTuple):
    """What is kept of an uploaded picture, and its colour space."""

    alpha: bool = False
    own_profile: bool = False
    profile: bytes | None = None  # the ICC profile to convert to, unless it keeps its own; or sRGB


NOTHING = Kept()
EVERYTHING = Kept(alpha=True, own_profile=True)


class CleanImage(NamedTuple):
    """A picture for the workers; they read it with `shared.input_pictures`.

    A PNG is stored as it is painted: upright, and with transparency as R, G, B, A, where the
    colours are those over white. A JPEG can lie on its side and have other colours.
    """

    data: bytes
    suffix: Literal["jpeg", "png"]  # of the file, without the dot
    width: int  # of the upright picture
    height: int
    sha256: str  # of the uploaded file
    orientation: Annotated[int, Field(ge=1, le=8)] = 1  # EXIF's, of the file
    convert_to: Literal["srgb", "content"] | None = None  # the colours that it is painted in
    profile: bytes | None = None  # the ICC profile of these colours; None for sRGB


def clean_image(data: bytes, max_megapixels: float, kept: Kept) -> CleanImage:
    """Check an uploaded picture by its content, and return what is stored of it.

    An animation becomes its first frame. `kept` says what is kept beyond the colours.

    Raises:
        NotAnImage, TruncatedImage, ImageTooSmall, ImageTooLarge: without a field.
    """
    with _opened(data, FORMATS) as image:
        check_bounds(*image.size, max_megapixels)
        if _stays_jpeg(image):
            profile = kept_profile(image)
            if bool(profile) == bool(image.info.get("icc_profile")):
                return _as_jpeg(data, image, _read_jpeg(data), profile, kept)
        return _as_png(data, image, max_megapixels, kept)


def clean_simple_jpeg(data: bytes, max_megapixels: float, kept: Kept) -> CleanImage | None:
    """Do the same for a JPEG that is decoded in bounded time and memory by libjpeg alone.

    Returns:
        None if it is another one: damaged, with several scans, very many segments, an ICC profile,
        or other channels than grey or R, G, B.
    """
    try:  # first, since Pillow takes quadratic time for many segments of EXIF data
        jpeg = read_jpeg(data, is_ordinary=True)
    except ValueError:
        return None
    with _opened(data, ("JPEG",)) as image:
        check_bounds(*image.size, max_megapixels)
        if not _stays_jpeg(image) or not jpeg.is_sequential or image.info.get("icc_profile"):
            return None
        return _as_jpeg(data, image, jpeg, None, kept)


def xmp_packet(data: bytes, max_megapixels: float) -> bytes:
    """Return the XMP packet of an uploaded picture's file, empty if it has none of ours.

    The pixels are not decoded.

    Raises:
        NotAnImage, ImageTooSmall, ImageTooLarge: without a field.
    """
    with _opened(data, FORMATS) as image:
        check_bounds(*image.size, max_megapixels)
        try:
            packet = Metadata.of_image(image).xmp
        except Exception:  # damaged metadata is none, as elsewhere
            return b""
    return packet if packet and len(packet) <= LONGEST_PACKET else b""


def in_colours(image: CleanImage, kept: Kept) -> CleanImage:
    """Return a picture that was cleaned with EVERYTHING as it is stored for a job.

    It stays the same file; the worker converts its colours.
    """
    if kept.own_profile:
        return image
    if kept.profile:
        return image._replace(convert_to="content", profile=kept.profile)
    return image._replace(convert_to="srgb" if image.profile else None, profile=None)


def _opened(data: bytes, formats: tuple[str, ...]) -> Image.Image:
    try:
        return Image.open(io.BytesIO(data), formats=formats)
    except Exception as error:  # Pillow's readers raise many kinds of errors for damaged files
        raise NotAnImage(formats=FORMAT_NAMES) from error


def check_bounds(width: int, height: int, max_megapixels: float) -> None:
    """Raise ImageTooLarge or ImageTooSmall if pictures of this size are not accepted."""
    size = {"width": width, "height": height}
    if width * height > max_megapixels * MEGAPIXEL:
        raise ImageTooLarge(maximum=max_megapixels, **size)
    if min(width, height) < SHORTEST_SIDE:
        raise ImageTooSmall(minimum=SHORTEST_SIDE, **size)


def _stays_jpeg(image: Image.Image) -> bool:
    # MPO: a JPEG with further pictures after its end, as many phones save it
    return image.format in ("JPEG", "MPO") and image.mode in JPEG_MODES


def _read_jpeg(data: bytes) -> Jpeg:
    try:
        return read_jpeg(data)
    except ValueError as error:
        raise TruncatedImage from error


def _as_jpeg(
    data: bytes, image: Image.Image, jpeg: Jpeg, profile: bytes | None, kept: Kept
) -> CleanImage:
    """Return a JPEG without metadata but its ICC profile, after decoding just that."""
    stored, orientation = jpeg.to_bytes(profile), _orientation(image)
    try:
        decoded(stored, image.size, at_least=(1, 1))
    except Exception as error:
        raise TruncatedImage from error
    width, height = turned(image.size, orientation)
    digest = sha256(data).hexdigest()
    clean = CleanImage(stored, "jpeg", width, height, digest, orientation, profile=profile)
    return in_colours(clean, kept)


def _as_png(data: bytes, image: Image.Image, max_megapixels: float, kept: Kept) -> CleanImage:
    try:
        image.load()
    except MemoryError:
        raise
    except Exception as error:
        raise TruncatedImage from error
    check_bounds(*image.size, max_megapixels)  # HEIC's size is known for certain only now
    picture = upright(image, _orientation(image))
    profile = kept_profile(picture) if kept.own_profile else None
    clean = _to_rgb(picture, kept.profile, is_kept=profile is not None)
    if kept.alpha and (alpha := _alpha(picture)):
        clean.putalpha(alpha)
    clean.info.clear()
    buffer = io.BytesIO()
    clean.save(buffer, "PNG", icc_profile=profile, **PNG_OPTIONS)
    colours = profile if kept.own_profile else kept.profile
    digest = sha256(data).hexdigest()
    return CleanImage(buffer.getvalue(), "png", *clean.size, digest, profile=colours)


def _orientation(image: Image.Image) -> int:
    try:
        orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:  # damaged EXIF data is ignored
        return 1
    return orientation if orientation in range(1, 9) else 1


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
