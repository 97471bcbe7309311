"""What is stored of a JPEG decodes to the same pixels, and holds nothing else."""

import io
import random

import numpy as np
import pytest
from PIL import Image

from shared.input_pictures import Size, decoded
from tests.web.pictures import SIZE, encoded, noise, swapping_profile
from web.intake.jpeg import read_jpeg

SECRET = b"a secret of the photographer"
WAYS: list[Size | None] = [None, (1, 1)]  # of decoding: whole, and at an eighth of the size


def photograph(mode: str = "RGB", **options: object) -> bytes:
    with Image.open(io.BytesIO(noise("PNG"))) as image:
        return encoded(image.convert(mode), "JPEG", **options)


def pixels(data: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image)


def segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(content) + 2).to_bytes(2) + content


def with_after_start(data: bytes, *segments: bytes) -> bytes:
    return data[:2] + b"".join(segments) + data[2:]


KINDS = {
    "baseline": photograph(quality=90),
    "colours not subsampled": photograph(subsampling=0),
    "optimised tables": photograph(optimize=True),
    "progressive": photograph(progressive=True),
    "restart markers": photograph(restart_marker_rows=1),
    "grey": photograph("L"),
    "CMYK": photograph("CMYK"),
    "R, G, B without conversion": photograph(keep_rgb=True),
    "two fill bytes before a marker": photograph().replace(b"\xff\xdb", b"\xff\xff\xff\xdb", 1),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_pixels_are_the_same_and_the_metadata_is_gone(kind: str) -> None:
    plain = KINDS[kind]
    notes = [segment(0xE1, b"Exif\0\0" + SECRET), segment(0xE1, SECRET), segment(0xFE, SECRET)]
    sent = with_after_start(plain, *notes) + SECRET
    stored = read_jpeg(sent).to_bytes()
    assert SECRET not in stored
    assert np.array_equal(pixels(stored), pixels(plain))
    assert read_jpeg(stored).to_bytes() == stored


@pytest.mark.parametrize("kind", KINDS)
def test_only_one_scan_of_all_channels_is_sequential(kind: str) -> None:
    assert read_jpeg(KINDS[kind]).is_sequential == (kind != "progressive")


def test_a_profile_is_stored_in_segments_that_pillow_reads() -> None:
    profile = swapping_profile() + bytes(200_000)
    stored = read_jpeg(photograph()).to_bytes(profile)
    with Image.open(io.BytesIO(stored)) as image:
        assert image.info["icc_profile"] == profile
    assert np.array_equal(pixels(stored), pixels(photograph()))


def test_a_jfif_header_is_kept_since_it_says_how_colours_are_coded() -> None:
    # with the ids R, G, B and no header, libjpeg takes the channels for R, G, B
    data = bytearray(photograph())
    frame = data.index(b"\xff\xc0") + 4
    scan = data.index(b"\xff\xda") + 4
    for number, name in enumerate(b"RGB"):
        data[frame + 6 + 3 * number] = name
        data[scan + 1 + 2 * number] = name
    stored = read_jpeg(bytes(data)).to_bytes()
    assert np.array_equal(pixels(stored), pixels(bytes(data)))


def test_what_a_jfif_header_or_an_unknown_segment_carries_is_not_kept() -> None:
    long_header = segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0" + SECRET)
    plain = photograph()
    sent = plain[:2] + long_header + segment(0xEE, b"Adobe" + SECRET) + segment(0xF0, SECRET)
    stored = read_jpeg(sent + plain[2:]).to_bytes()
    assert SECRET not in stored


@pytest.mark.parametrize("share", [0.01, 0.3, 0.6, 0.99])
def test_an_incomplete_file_is_refused(share: float) -> None:
    data = photograph()
    with pytest.raises(ValueError, match=r"end|incomplete"):
        read_jpeg(data[: int(len(data) * share)])


@pytest.mark.parametrize("at_least", WAYS)
def test_missing_data_is_found_at_an_eighth_of_the_size_too(at_least: Size | None) -> None:
    data = photograph(restart_marker_rows=1)
    cut = data[: len(data) // 2]
    with pytest.raises(OSError, match="truncated"):
        decoded(cut, SIZE, at_least)


def test_damage_is_found_by_both_ways_of_decoding_or_by_none() -> None:
    chosen, found = random.Random(0), 0
    for _ in range(300):
        data = bytearray(photograph(progressive=chosen.random() < 0.5))
        for _ in range(chosen.randint(1, 4)):
            data[chosen.randrange(2, len(data))] = chosen.randrange(256)
        outcomes = {fails(bytes(data), at_least) for at_least in WAYS}
        assert len(outcomes) == 1
        found += outcomes == {True}
    assert 30 < found < 270


def fails(data: bytes, at_least: Size | None) -> bool:
    try:
        stored = read_jpeg(data).to_bytes()
        with Image.open(io.BytesIO(stored)) as image:
            size = image.size
        decoded(stored, size, at_least)
    except (ValueError, OSError, SyntaxError):
        return True
    return False


def test_a_photograph_is_ordinary_and_one_of_very_many_segments_is_not() -> None:
    sent = photograph()
    assert read_jpeg(sent, is_ordinary=True) == read_jpeg(sent)
    exif = b"\xff\xe1\x00\x08Exif\0\0"
    with pytest.raises(ValueError, match="too many parts"):
        read_jpeg(sent[:2] + 20_000 * exif + sent[2:], is_ordinary=True)
    with pytest.raises(ValueError, match="too many parts"):
        read_jpeg(sent[:2] + 2000 * b"\xff" + sent[2:], is_ordinary=True)
