"""Pillow's images are sent as files that the server accepts, as they look."""

import io
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, cast

import pytest
from PIL import Image, ImageCms

from gramworks import Picture
from gramworks.uploads import upload


def sent(picture: Picture) -> bytes:
    with ExitStack() as opened:
        name, data = upload(picture, "content", opened)
        assert name
        return data if isinstance(data, bytes) else data.read()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "HSV"])
def test_an_image_of_any_mode_is_sent(mode: str) -> None:
    image = Image.new("RGB", (3, 2), (200, 30, 60)).convert(mode)
    received = Image.open(io.BytesIO(sent(image)))
    assert (received.format, received.size) == ("PNG", (3, 2))
    expected = image.convert("RGB").getpixel((0, 0))
    assert received.convert("RGB").getpixel((0, 0)) == expected


def test_transparency_is_kept() -> None:
    received = Image.open(io.BytesIO(sent(Image.new("RGBA", (2, 2), (1, 2, 3, 100)))))
    assert received.getpixel((0, 0)) == (1, 2, 3, 100)


def test_the_profile_is_kept() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    image = Image.new("RGB", (2, 2))
    image.info["icc_profile"] = profile
    assert Image.open(io.BytesIO(sent(image))).info["icc_profile"] == profile


def test_the_orientation_of_a_photograph_is_kept(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    Image.new("RGB", (4, 2)).save(tmp_path / "photo.jpg", exif=exif)
    with Image.open(tmp_path / "photo.jpg") as image:
        received = Image.open(io.BytesIO(sent(image)))
    assert received.getexif()[0x0112] == 6


def test_a_file_that_is_open_for_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("text")
    with path.open() as file, pytest.raises(TypeError, match="open it for reading bytes"):
        sent(cast(BinaryIO, file))


def test_the_client_does_not_need_pillow() -> None:
    code = (
        "import sys; sys.modules['PIL'] = None; import io; from contextlib import ExitStack;"
        "from gramworks.uploads import upload;"
        "print(upload(io.BytesIO(b'x'), 'content', ExitStack())[1].read())"
    )
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout == "b'x'\n"
