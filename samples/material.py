"""What all samples share: noise, palettes, raking light on a relief, and JPEG files."""

from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Field: TypeAlias = NDArray[np.floating[Any]]
Picture: TypeAlias = NDArray[np.floating[Any]]
Shape: TypeAlias = tuple[int, int]

MOST_BYTES = 220_000
MOST_THUMBNAIL_BYTES = 28_000
THUMBNAIL_WIDTH = 320


class Size(NamedTuple):
    """The size of a picture in pixels."""

    width: int
    height: int


def oversampled(size: Size, factor: float) -> Shape:
    """Return the finer grid (rows, columns) that a picture is made on before it is reduced."""
    return round(size.height * factor), round(size.width * factor)


def coordinates(shape: Shape) -> tuple[Field, Field]:
    """Return x and y of every pixel in picture heights, so that designs fit every size."""
    y, x = (np.indices(shape).astype(np.float32) + 0.5) / shape[0]
    return x, y


def noise(shape: Shape, cell: tuple[float, float], rng: np.random.Generator) -> Field:
    """Return smooth noise of about unit spread, with bumps `cell` (x, y) heights apart."""
    across, down = shape[1] / shape[0] / cell[0], 1 / cell[1]
    knots = rng.standard_normal((int(down) + 4, int(across) + 4)).astype(np.float32)
    sheet = Image.fromarray(knots).resize(
        (shape[1], shape[0]), Image.Resampling.BICUBIC, box=(1, 1, 1 + across, 1 + down)
    )
    return np.asarray(sheet, dtype=np.float32)


def fractal(shape: Shape, cell: float, octaves: int, rng: np.random.Generator) -> Field:
    """Return noise summed over octaves, each half as large and as strong as the previous."""
    total = np.zeros(shape, dtype=np.float32)
    for octave in range(octaves):
        shrink = 0.5**octave
        total += shrink * noise(shape, (cell * shrink, cell * shrink), rng)
    return total


def palette(colours: str) -> Picture:
    """Return hexadecimal colours as rows of red, green and blue (0 to 1)."""
    rows = [list(bytes.fromhex(word)) for word in colours.split()]
    return np.array(rows, dtype=np.float32) / 255


def ramp(position: Field, colours: Picture) -> Picture:
    """Return the colours at positions from 0 (a palette's first colour) to 1 (its last)."""
    stops = np.linspace(0, 1, len(colours))
    channels = [np.interp(position, stops, channel) for channel in colours.T]
    return np.stack(channels, axis=-1).astype(np.float32)


def mix(below: Picture, above: Picture, cover: Field) -> Picture:
    """Blend one colour over another; `cover` is the opacity (0 to 1)."""
    share = np.clip(cover, 0, 1)[..., None]
    return below * (1 - share) + above * share


def smoothstep(start: float, end: float, value: Field) -> Field:
    """Return a smooth step from 0 to 1 between two values."""
    t = np.clip((value - start) / (end - start), 0, 1)
    risen: Field = t * t * (3 - 2 * t)
    return risen


def raking_light(relief: Field, strength: float) -> Field:
    """Return a relief's light from the upper left: above 0 on slopes that face it."""
    fall_y, fall_x = np.gradient(relief)
    light: Field = np.tanh(strength * (0.8 * fall_x + fall_y)).astype(np.float32)
    return light


def along_levels(level: Field) -> Field:
    """Return the direction (radians) of a field's level lines."""
    down, right = np.gradient(level)
    heading: Field = np.arctan2(-right, down)
    return heading


def finished(picture: Picture, size: Size) -> Image.Image:
    """Reduce a finely sampled picture to its final size."""
    pixels = (np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8)
    return Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS)


def save(image: Image.Image, path: Path) -> None:
    """Write a style's JPEG, at the best quality that keeps it below `MOST_BYTES`."""
    for quality in range(88, 60, -2):
        image.save(path, quality=quality, optimize=True, progressive=True)
        if path.stat().st_size < MOST_BYTES:
            return


def save_thumbnail(picture: Path, path: Path) -> None:
    """Write a picture again as a WebP `THUMBNAIL_WIDTH` wide."""
    with Image.open(picture) as image:
        height = round(THUMBNAIL_WIDTH * image.height / image.width)
        small = image.resize((THUMBNAIL_WIDTH, height), Image.Resampling.LANCZOS)
    for quality in range(72, 40, -4):
        small.save(path, quality=quality, method=6)
        if path.stat().st_size < MOST_THUMBNAIL_BYTES:
            return
