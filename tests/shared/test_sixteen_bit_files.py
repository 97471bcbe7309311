"""16-bit PNG and TIFF hold every bit, and other programs can open them."""

import io
import struct
import zlib
from collections.abc import Iterator

import numpy as np
import pytest
import tifffile
from PIL import Image

from shared import sixteen_bit_files
from shared.metadata import Metadata
from shared.sixteen_bit_files import Deep, png, tiff
from tests.web.pictures import swapping_profile

SHAPES = [
    (1, 1, 3),
    (40, 31, 3),
    (41, 30, 4),
    (600, 900, 3),
    (2, sixteen_bit_files.BAND_PIXELS + 1, 3),
]


def noise(shape: tuple[int, int, int]) -> Deep:
    return np.random.default_rng(0).integers(0, 65536, shape, np.uint16)


def chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the kind and contents of each chunk of a PNG; check its checksum."""
    place = 8
    while place < len(data):
        (length,) = struct.unpack(">I", data[place : place + 4])
        kind, body = data[place + 4 : place + 8], data[place + 8 : place + 8 + length]
        (check,) = struct.unpack(">I", data[place + 8 + length : place + 12 + length])
        assert check == zlib.crc32(kind + body)
        yield kind, body
        place += 12 + length


def read_png(data: bytes) -> Deep:
    """Read a PNG whose rows all have the filter Sub, as the standard describes it."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    (first, header), *parts, (last, nothing) = chunks(data)
    assert (first, {kind for kind, _ in parts}, last, nothing) == (b"IHDR", {b"IDAT"}, b"IEND", b"")
    columns, rows, depth, colours, *others = struct.unpack(">IIBBBBB", header)
    assert (depth, others) == (16, [0, 0, 0])
    channels = {2: 3, 6: 4}[colours]
    body = zlib.decompress(b"".join(part for _, part in parts))
    lines = np.frombuffer(body, np.uint8).reshape(rows, -1)
    assert (lines[:, 0] == 1).all()
    values = np.cumsum(lines[:, 1:].reshape(rows, columns, 2 * channels), axis=1, dtype=np.uint8)
    return values.view(">u2").astype(np.uint16)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_png_holds_every_bit(shape: tuple[int, int, int]) -> None:
    picture = noise(shape)
    assert np.array_equal(read_png(png(picture)), picture)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_tiff_holds_every_bit(shape: tuple[int, int, int]) -> None:
    picture = noise(shape)
    data = tiff(picture)
    assert np.array_equal(tifffile.imread(io.BytesIO(data)), picture)
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        names = {tag.name for tag in file.pages.first.tags}
    assert not names & {"Software", "ImageDescription", "DateTime"}


@pytest.mark.parametrize("write", [png, tiff])
@pytest.mark.parametrize("profile", [None, swapping_profile()])
def test_another_library_shows_the_same_picture(
    write: sixteen_bit_files.Write, profile: bytes | None
) -> None:
    grey_levels = np.random.default_rng(0).integers(0, 256, (60, 90, 3), np.uint8)
    data = write(grey_levels * np.uint16(257), Metadata(profile=profile))
    with Image.open(io.BytesIO(data)) as image:
        assert image.mode == "RGB"
        assert image.info.get("icc_profile") == profile
        assert np.array_equal(np.asarray(image), grey_levels)


@pytest.mark.parametrize("write", [png, tiff])
def test_a_smooth_picture_is_smaller_than_its_bytes(write: sixteen_bit_files.Write) -> None:
    ramp = np.linspace(0, 60_000, 900 * 3).reshape(1, 900, 3).astype(np.uint16)
    picture = np.repeat(ramp, 400, axis=0)
    assert len(write(picture, Metadata())) < picture.nbytes / 2


def test_a_view_is_written_as_the_picture_that_it_shows() -> None:
    picture = noise((20, 30, 3))[..., ::-1]
    assert np.array_equal(read_png(png(picture)), picture)
    assert np.array_equal(tifffile.imread(io.BytesIO(tiff(picture))), picture)
