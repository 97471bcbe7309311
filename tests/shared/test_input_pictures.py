"""A worker reads exactly the file that was checked, in the size and colours of its record."""

import io

import numpy as np
import pytest
from PIL import Image

from shared.color_profiles import convert
from shared.input_pictures import InputPicture, decoded, read_input, size_of
from shared.job import InputImage
from tests.web.pictures import RED, SIZE, encoded, noise, swapping_profile

WIDTH, HEIGHT = SIZE


def record(**changes: object) -> InputImage:
    values = {"key": "x", "width": WIDTH, "height": HEIGHT, "bytes": 1, **changes}
    return InputImage.model_validate(values)


def picture_of(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as image:
        return image.convert("RGB")


def equal(read: InputPicture, image: Image.Image) -> bool:
    return np.array_equal(read.pixels, np.asarray(image))


@pytest.mark.parametrize("format_name", ["JPEG", "PNG"])
def test_a_picture_is_read_as_it_is_stored(format_name: str) -> None:
    data = noise(format_name)
    read = read_input(data, record())
    assert equal(read, picture_of(data))
    assert read.profile is None


def test_a_record_of_an_earlier_version_is_read_without_turning_or_converting() -> None:
    old = InputImage.model_validate_json('{"key": "x", "width": 64, "height": 48, "bytes": 1}')
    profiled = encoded(picture_of(noise("PNG")), icc_profile=swapping_profile())
    read = read_input(profiled, old)
    assert equal(read, picture_of(profiled))
    assert read.profile == swapping_profile()


def test_a_picture_that_lies_on_its_side_is_turned() -> None:
    data = noise("JPEG")
    read = read_input(data, record(width=HEIGHT, height=WIDTH, orientation=6))
    assert equal(read, picture_of(data).transpose(Image.Transpose.ROTATE_270))


def test_a_picture_keeps_its_alpha_when_its_colours_are_converted() -> None:
    image = Image.new("RGBA", SIZE, (*RED, 77))
    data = encoded(image, icc_profile=swapping_profile())
    read = read_input(data, record(convert_to="srgb"))
    assert read.pixels.shape == (HEIGHT, WIDTH, 4)
    assert set(read.pixels[..., 3].flat) == {77}
    assert equal(
        InputPicture(read.pixels[..., :3], None),
        convert(image.convert("RGB"), swapping_profile(), None),
    )


@pytest.mark.parametrize(
    ("convert_to", "of_content", "source", "target"),
    [
        ("srgb", swapping_profile(), swapping_profile(), None),
        ("content", swapping_profile(), None, swapping_profile()),
        ("content", None, swapping_profile(), None),
    ],
)
def test_colours_are_converted_as_the_record_says(
    convert_to: str, of_content: bytes | None, source: bytes | None, target: bytes | None
) -> None:
    data = encoded(picture_of(noise("PNG")), "JPEG", icc_profile=source)
    read = read_input(data, record(convert_to=convert_to), of_content)
    assert equal(read, convert(picture_of(data), source, target))
    assert not equal(read, picture_of(data))
    assert read.profile == target


def test_grey_and_alpha() -> None:
    grey = encoded(Image.new("L", SIZE, 77), "JPEG")
    assert read_input(grey, record()).pixels.shape == (HEIGHT, WIDTH, 3)
    alpha = encoded(Image.new("RGBA", SIZE, (*RED, 128)))
    assert read_input(alpha, record()).pixels[0, 0].tolist() == [*RED, 128]


@pytest.mark.parametrize("size", [(WIDTH + 1, HEIGHT), (HEIGHT, WIDTH)])
def test_a_file_of_another_size_than_the_recorded_one_is_not_decoded(size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="stored picture is"):
        decoded(noise("JPEG"), size)


@pytest.mark.parametrize(
    "data",
    [
        b"no picture",
        noise("TIFF"),
        noise("WEBP"),
        encoded(Image.new("CMYK", SIZE), "JPEG"),
        encoded(Image.new("P", SIZE)),
    ],
)
def test_a_file_that_is_never_stored_is_not_read(data: bytes) -> None:
    for read in (size_of, lambda data: decoded(data, SIZE)):
        with pytest.raises(ValueError, match="stored"):
            read(data)
