"""Pictures to upload, made in memory."""

import io
import struct
import zlib
from functools import cache

import numpy as np
from PIL import Image, ImageCms
from pillow_heif import register_heif_opener

register_heif_opener()  # it writes HEIC, which the web's decoder cannot
SIZE = (64, 48)
RED = (200, 30, 60)
CORNERS = {"top left": RED, "top right": (20, 160, 40), "bottom left": (30, 60, 220)}


def encoded(image: Image.Image, format_name: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format_name, **options)
    return buffer.getvalue()


def plain(
    colour: tuple[int, int, int] = RED, size: tuple[int, int] = SIZE, format_name: str = "PNG"
) -> bytes:
    return encoded(Image.new("RGB", size, colour), format_name)


def white(width: int, height: int) -> bytes:
    """Return a picture that is large in pixels and small as a file."""
    return encoded(Image.new("1", (width, height), 1))


def noise(format_name: str) -> bytes:
    """Return a picture that hardly compresses, so that half the file is half the picture."""
    pixels = np.random.default_rng(0).integers(0, 256, (*SIZE[::-1], 3), dtype=np.uint8)
    return encoded(Image.fromarray(pixels), format_name)


def cornered() -> Image.Image:
    """Return a picture whose corners show which way is up; the fourth is black."""
    image = Image.new("RGB", SIZE)
    width, height = SIZE[0] // 2, SIZE[1] // 2
    places = {"top left": (0, 0), "top right": (width, 0), "bottom left": (0, height)}
    for name, place in places.items():
        image.paste(CORNERS[name], (*place, place[0] + width, place[1] + height))
    return image


def header_only_png(width: int, height: int) -> bytes:
    """Return the header of a PNG without its pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b""))


@cache
def swapping_profile() -> bytes:
    """Return sRGB's ICC profile with red and green swapped."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    swapped = {b"rXYZ": b"gXYZ", b"gXYZ": b"rXYZ"}
    (tags,) = struct.unpack(">I", profile[128:132])
    for place in range(132, 132 + 12 * tags, 12):
        name = bytes(profile[place : place + 4])
        profile[place : place + 4] = swapped.get(name, name)
    return bytes(profile)


@cache
def lab_profile() -> bytes:
    """Return an ICC profile whose channels are not red, green and blue."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
