"""Uploaded pictures of all kinds are converted to one: 8-bit sRGB, upright, over white."""

import hashlib
import io

import numpy as np
import pytest
from flask.testing import FlaskClient
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from shared.job_store import JobStore
from shared.object_store import ObjectStore
from tests.web.api_requests import PLAIN, accepted, stored_content, stored_input, submit
from tests.web.pictures import (
    CORNERS,
    RED,
    SIZE,
    cornered,
    encoded,
    lab_profile,
    plain,
    swapping_profile,
)

Colour = tuple[int, int, int]
SWAPPED = (RED[1], RED[0], RED[2])
OVER_WHITE = (227, 142, 157)  # RED at 128 / 255 over white


def _palette() -> Image.Image:
    image = Image.new("P", SIZE, 3)
    image.putpalette([0, 0, 0, 1, 1, 1, 2, 2, 2, *RED])
    return image


def _array(value: float, kind: type[np.generic]) -> Image.Image:
    return Image.fromarray(np.full(SIZE[::-1], value, dtype=kind))


def _animated(format_name: str) -> bytes:
    first, *others = (Image.new("RGB", SIZE, each) for each in (RED, (0, 255, 0), (0, 0, 255)))
    return encoded(first, format_name, save_all=True, append_images=others)


KINDS: dict[str, tuple[bytes, Colour]] = {
    "PNG": (plain(), RED),
    "JPEG": (plain(format_name="JPEG"), RED),
    "WebP": (plain(format_name="WEBP"), RED),
    "TIFF": (plain(format_name="TIFF"), RED),
    "GIF": (plain(format_name="GIF"), RED),
    "BMP": (plain(format_name="BMP"), RED),
    "AVIF": (plain(format_name="AVIF"), RED),
    "HEIC": (plain(format_name="HEIF"), RED),
    "progressive JPEG": (encoded(Image.new("RGB", SIZE, RED), "JPEG", progressive=True), RED),
    "grey JPEG": (encoded(Image.new("L", SIZE, 77), "JPEG"), (77, 77, 77)),
    "MPO": (_animated("MPO"), RED),
    "animated GIF": (_animated("GIF"), RED),
    "animated WebP": (_animated("WEBP"), RED),
    "animated PNG": (_animated("PNG"), RED),
    "TIFF of many pages": (_animated("TIFF"), RED),
    "black and white": (encoded(Image.new("1", SIZE, 1)), (255, 255, 255)),
    "grey": (encoded(Image.new("L", SIZE, 77)), (77, 77, 77)),
    "CMYK JPEG": (encoded(Image.new("CMYK", SIZE, (0, 255, 255, 0)), "JPEG"), (255, 0, 0)),
    "CIELAB TIFF": (encoded(Image.new("LAB", SIZE, (255, 128, 128)), "TIFF"), (255, 255, 255)),
    "palette": (encoded(_palette()), RED),
    "palette, transparent": (encoded(_palette(), transparency=3), (255, 255, 255)),
    "palette, half transparent": (
        encoded(_palette(), transparency=bytes([255, 255, 255, 128])),
        OVER_WHITE,
    ),
    "16-bit grey PNG": (encoded(_array(0x8080, np.uint16)), (128, 128, 128)),
    "16-bit grey TIFF": (encoded(_array(0x8080, np.uint16), "TIFF"), (128, 128, 128)),
    "32-bit whole number TIFF": (encoded(_array(0x8080, np.int32), "TIFF"), (128, 128, 128)),
    "float TIFF from 0 to 1": (encoded(_array(0.5, np.float32), "TIFF"), (127, 127, 127)),
    "float TIFF from 0 to 255": (encoded(_array(200.0, np.float32), "TIFF"), (200, 200, 200)),
    "float TIFF of infinity": (encoded(_array(np.inf, np.float32), "TIFF"), (255, 255, 255)),
    "float TIFF below zero": (encoded(_array(-np.inf, np.float32), "TIFF"), (0, 0, 0)),
    "float TIFF of NaN": (encoded(_array(np.nan, np.float32), "TIFF"), (0, 0, 0)),
    "grey with alpha": (encoded(Image.new("LA", SIZE, (0, 128))), (127, 127, 127)),
    "colour with alpha": (encoded(Image.new("RGBA", SIZE, (*RED, 128))), OVER_WHITE),
    "HEIC with alpha": (encoded(Image.new("RGBA", SIZE, (*RED, 128)), "HEIF"), OVER_WHITE),
    "fully transparent": (encoded(Image.new("RGBA", SIZE, (*RED, 0))), (255, 255, 255)),
    "one colour transparent": (
        encoded(Image.new("RGB", SIZE, RED), transparency=RED),
        (255, 255, 255),
    ),
}
OPAQUE = {
    "palette, transparent": 0,
    "palette, half transparent": 128,
    "grey with alpha": 128,
    "colour with alpha": 128,
    "HEIC with alpha": 128,
    "fully transparent": 0,
    "one colour transparent": 0,
}
PROFILED: dict[str, tuple[bytes, Colour]] = {
    "colour": (encoded(Image.new("RGB", SIZE, RED), icc_profile=swapping_profile()), SWAPPED),
    "JPEG": (
        encoded(Image.new("RGB", SIZE, RED), "JPEG", icc_profile=swapping_profile()),
        SWAPPED,
    ),
    "palette": (encoded(_palette(), icc_profile=swapping_profile()), SWAPPED),
    "palette, half transparent": (
        encoded(
            _palette(),
            icc_profile=swapping_profile(),
            transparency=bytes([255, 255, 255, 128]),
        ),
        (142, 227, 157),
    ),
    "alpha": (
        encoded(Image.new("RGBA", SIZE, (*RED, 128)), icc_profile=swapping_profile()),
        (142, 227, 157),
    ),
    "a profile for other channels": (
        encoded(Image.new("RGB", SIZE, RED), icc_profile=lab_profile()),
        RED,
    ),
    "a colour profile on grey": (
        encoded(Image.new("L", SIZE, 77), icc_profile=swapping_profile()),
        (77, 77, 77),
    ),
    "a truncated profile": (
        encoded(Image.new("RGB", SIZE, RED), icc_profile=swapping_profile()[:300]),
        RED,
    ),
    "garbage instead of a profile": (
        encoded(Image.new("RGB", SIZE, RED), icc_profile=b"rubbish" * 99),
        RED,
    ),
}


def _read(client: FlaskClient, jobs: JobStore, objects: ObjectStore, data: bytes) -> Image.Image:
    return stored_content(jobs, objects, accepted(submit(client, [data]))["id"])


def _near(image: Image.Image, colour: Colour, place: tuple[int, int] = (3, 3)) -> bool:
    pixel = np.array(image.getpixel(place), dtype=int)[:3]
    return bool(np.abs(pixel - colour).max() <= 6)  # lossy formats change colours a little


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_of_any_kind_is_read(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore, kind: str
) -> None:
    data, colour = KINDS[kind]
    image = _read(client, jobs, objects, data)
    expected = "RGBA" if kind in OPAQUE else "RGB"
    assert (image.mode, image.size) == (expected, SIZE)
    assert _near(image.convert("RGB"), colour), image.getpixel((3, 3))
    if kind in OPAQUE:
        assert image.getchannel("A").getextrema() == (OPAQUE[kind], OPAQUE[kind])


def test_alpha_that_hides_nothing_and_that_of_a_style_are_not_kept(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    opaque, half = (encoded(Image.new("RGBA", SIZE, (*RED, alpha))) for alpha in (255, 128))
    job_id = accepted(submit(client, [opaque], [half]))["id"]
    assert stored_content(jobs, objects, job_id).mode == "RGB"
    [style] = jobs.get(job_id).inputs.styles
    image = stored_input(objects, style)
    assert image.mode == "RGB"
    assert _near(image, OVER_WHITE)


def test_alpha_is_turned_with_its_picture(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    stored = Image.new("RGBA", SIZE[::-1], (*RED, 255))
    stored.paste((*RED, 0), (0, 0, 10, 10))
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    image = _read(client, jobs, objects, encoded(stored, exif=exif))
    alpha = image.getchannel("A")
    assert image.size == SIZE
    assert (alpha.getpixel((SIZE[0] - 4, 3)), alpha.getpixel((3, 3))) == (0, 255)


@pytest.mark.parametrize("kind", PROFILED)
def test_an_embedded_profile_is_applied_unless_it_is_damaged(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore, kind: str
) -> None:
    data, colour = PROFILED[kind]
    image = _read(client, jobs, objects, data)
    assert _near(image, colour), image.getpixel((3, 3))
    assert "icc_profile" not in image.info


TURNS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}  # how a camera held at this angle stores an upright picture


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "TIFF", "WEBP", "AVIF", "HEIF"])
@pytest.mark.parametrize("orientation", TURNS)
def test_a_picture_is_turned_upright(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore, orientation: int, format_name: str
) -> None:
    turn = TURNS[orientation]
    stored = cornered() if turn is None else cornered().transpose(turn)
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = _read(client, jobs, objects, encoded(stored, format_name, exif=exif.tobytes()))
    assert image.size == SIZE
    right, bottom = SIZE[0] - 4, SIZE[1] - 4
    assert _near(image, CORNERS["top left"], (3, 3))
    assert _near(image, CORNERS["top right"], (right, 3))
    assert _near(image, CORNERS["bottom left"], (3, bottom))


# Pillow warns; the server ignores its warnings, so the test does too.
@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
@pytest.mark.parametrize("exif", [b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0rubbish", b"?"])
def test_damaged_exif_data_is_ignored(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore, exif: bytes
) -> None:
    data = encoded(Image.new("RGB", SIZE, RED), "JPEG", exif=exif)
    assert _near(_read(client, jobs, objects, data), RED)


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "TIFF", "WEBP", "AVIF", "HEIF"])
def test_metadata_is_removed(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore, format_name: str
) -> None:
    exif = Image.Exif()
    exif[0x010F] = "the camera of someone"
    notes = PngInfo()
    notes.add_text("note", "at home")
    options: dict[str, dict[str, object]] = {
        "JPEG": {"comment": "at home"},
        "PNG": {"pnginfo": notes},
    }
    red = Image.new("RGB", SIZE, RED)
    data = encoded(red, format_name, exif=exif, **options.get(format_name, {}))
    assert b"someone" in data
    job_id = accepted(submit(client, [data]))["id"]
    kept = objects.get(jobs.get(job_id).inputs.content.key)
    assert b"someone" not in kept
    assert b"at home" not in kept
    with Image.open(io.BytesIO(kept)) as image:
        assert not image.getexif()


def test_the_content_of_a_file_decides_its_format(client: FlaskClient) -> None:
    files = {
        "content": (io.BytesIO(PLAIN), "../../etc/passwd", "text/html"),
        "style": (io.BytesIO(plain(format_name="JPEG")), "style.png", "image/gif"),
    }
    accepted(client.post("/api/v1/jobs", data=files))


def test_the_hash_of_each_file_is_recorded_as_it_was_sent(
    client: FlaskClient, jobs: JobStore
) -> None:
    style = plain(format_name="JPEG")
    inputs = jobs.get(accepted(submit(client, style=[style]))["id"]).inputs
    assert inputs.content.sha256 == hashlib.sha256(PLAIN).hexdigest()
    assert [each.sha256 for each in inputs.styles] == [hashlib.sha256(style).hexdigest()]


def test_styles_are_stored_in_the_order_in_which_they_were_sent(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    styles = [plain((number, 0, 0), (20 + number, 30)) for number in range(8)]
    job_id = accepted(submit(client, style=styles))["id"]
    kept = jobs.get(job_id).inputs.styles
    assert [style.width for style in kept] == list(range(20, 28))
    pixels = [Image.open(io.BytesIO(objects.get(style.key))).getpixel((0, 0)) for style in kept]
    assert pixels == [(number, 0, 0) for number in range(8)]
