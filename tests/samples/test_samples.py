"""The sample pictures are valid and reproducible."""

import subprocess
import sys
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import samples
from samples import FOLDER, PHOTOGRAPHS, STYLES, photograph_path, style_path, thumbnail_path
from samples.gallery import FULL_SIZES, PAINTERS, painted
from samples.material import MOST_BYTES, MOST_THUMBNAIL_BYTES, Size
from samples.strokes import Canvas, Tool
from web.builtin_styles import BUILTIN_STYLES, THUMBNAIL_WIDTH, BuiltinStyle
from web.static_files import ROOT

THUMBNAIL = Size(16, 12)


def _eighth(name: str) -> Size:
    width, height = FULL_SIZES[name]
    return Size(width // 8, height // 8)


@cache
def _small(name: str) -> Image.Image:
    return painted(name, _eighth(name))


def _pixels(image: Image.Image) -> NDArray[np.float64]:
    return np.asarray(image.convert("RGB"), dtype=np.float64)


def _thumbnail(image: Image.Image) -> NDArray[np.float64]:
    return _pixels(image.resize(THUMBNAIL, Image.Resampling.BOX))


def test_a_committed_picture_matches_its_program() -> None:
    with Image.open(style_path("woodcut-waves")) as kept:
        difference = np.abs(
            _pixels(kept) - _pixels(painted("woodcut-waves", FULL_SIZES["woodcut-waves"]))
        )
    assert difference.mean() < 4  # JPEG's own loss, whichever library decodes it


@pytest.mark.parametrize("name", STYLES)
def test_every_program_paints_its_committed_picture_at_any_size(name: str) -> None:
    with Image.open(style_path(name)) as kept:
        difference = np.abs(_thumbnail(kept) - _thumbnail(_small(name)))
    assert difference.mean() < 12


def test_no_two_styles_look_alike() -> None:
    thumbnails = [_thumbnail(_small(name)) for name in STYLES]
    apart = [np.abs(a - b).mean() for i, a in enumerate(thumbnails) for b in thumbnails[:i]]
    assert min(apart) > 30


@pytest.mark.parametrize("name", STYLES)
def test_painting_is_reproducible(name: str) -> None:
    assert painted(name, _eighth(name)).tobytes() == _small(name).tobytes()


def test_strokes_are_reproducible() -> None:
    def sketch() -> NDArray[np.floating]:
        canvas = Canvas(np.zeros((60, 80, 3)), np.random.default_rng(7))
        colour, level = np.full((60, 80, 3), 0.5), np.zeros((60, 80))
        canvas.cover(canvas.sown(0.2), Tool(length=0.3, width=0.1), level, colour)
        return canvas.lit(1.0)

    assert sketch().max() > 0.3
    assert np.array_equal(sketch(), sketch())


@pytest.mark.parametrize("name", STYLES)
def test_a_committed_picture_is_full_size_and_small_to_download(name: str) -> None:
    with Image.open(style_path(name)) as kept:
        assert (kept.size, kept.format, kept.mode) == (FULL_SIZES[name], "JPEG", "RGB")
    assert style_path(name).stat().st_size < MOST_BYTES


@pytest.mark.parametrize("name", STYLES)
def test_a_thumbnail_shows_its_style_in_few_bytes(name: str) -> None:
    with Image.open(thumbnail_path(name)) as small, Image.open(style_path(name)) as kept:
        assert (small.width, small.format) == (320, "WEBP")
        assert np.abs(_thumbnail(small) - _thumbnail(kept)).mean() < 4
    assert thumbnail_path(name).stat().st_size < MOST_THUMBNAIL_BYTES


def test_the_catalogue_the_programs_and_the_files_are_the_same_styles() -> None:
    names = sorted(STYLES)
    assert sorted(PAINTERS) == sorted(style.name for style in BUILTIN_STYLES) == names
    files = {path.relative_to(ROOT).as_posix() for path in FOLDER.iterdir()}
    assert files == {name for each in BUILTIN_STYLES for name in (each.file, each.thumbnail)}


@pytest.mark.parametrize("style", BUILTIN_STYLES, ids=lambda style: style.name)
def test_the_catalogue_says_how_large_the_files_are(style: BuiltinStyle) -> None:
    with Image.open(ROOT / style.file) as image, Image.open(ROOT / style.thumbnail) as small:
        assert image.size == (style.width, style.height)
        assert small.size == (THUMBNAIL_WIDTH, style.thumbnail_height)


@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_the_photographs_come_with_scikit_image(name: str) -> None:
    with Image.open(photograph_path(name)) as photograph:
        assert min(photograph.size) >= 300


def test_the_error_for_an_unknown_picture_lists_the_known_ones() -> None:
    with pytest.raises(ValueError, match="woodcut-waves"):
        style_path("sunflowers")
    with pytest.raises(ValueError, match="astronaut"):
        photograph_path("holiday")


def test_without_scikit_image_the_error_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(samples, "find_spec", lambda _: None)
    with pytest.raises(FileNotFoundError, match="pip install scikit-image"):
        photograph_path("coffee")


def test_finding_a_photograph_does_not_import_scikit_image() -> None:
    find = "import samples, sys; samples.photograph_path('coffee')"
    program = f"{find}; sys.exit('skimage' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
