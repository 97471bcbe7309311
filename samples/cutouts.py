"""Cut-outs: leaves, fronds and birds cut from sheets painted with gouache, pinned in layers."""

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy.ndimage import gaussian_filter, shift

from samples.material import (
    Field,
    Picture,
    Size,
    coordinates,
    finished,
    mix,
    noise,
    oversampled,
    palette,
)

Points: TypeAlias = NDArray[np.floating[Any]]

SEED = 1952

SHEETS = palette(
    "1b3fa0 f2b632 d8392b 1f7a4f f6efdc e86f9a 12183a f08a2a 2f9ab8 6a2f8a 8fc04a c81f5a"
)
FIGURES = (
    (4, 1),
    (0, 4),
    (4, 6),
    (1, 9),
    (2, 0),
    (3, 6),
    (1, 5),
    (0, 6),
    (2, 4),
    (7, 10),
    (0, 2),
    (1, 4),
)
"""For each sheet, the colours of what lies on it."""


class Piece(NamedTuple):
    """A piece of painted paper: its outline (x, y in picture heights) and its colour."""

    outline: Points
    colour: int


def paint(size: Size) -> Image.Image:
    """Paste the sheets, then what is cut out, each with its shadow."""
    rng = np.random.default_rng(SEED)
    shape = oversampled(size, 1.5)
    picture = np.tile(SHEETS[4], (*shape, 1)).astype(np.float32)
    for piece in _pieces(rng):
        _paste(picture, piece, rng)
    fibre = noise(shape, (0.0028, 0.0028), rng) + 0.6 * noise(shape, (0.010, 0.002), rng)
    return finished(picture * (1 + 0.018 * fibre)[..., None], size)


def _pieces(rng: np.random.Generator) -> list[Piece]:
    """Return all pieces in the order in which they are pasted."""
    sheets: list[Piece] = []
    figures: list[Piece] = []
    top = -0.02
    for height, widths in (
        (0.36, (0.30, 0.42, 0.26, 0.42)),
        (0.34, (0.44, 0.30, 0.36, 0.30)),
        (0.38, (0.26, 0.40, 0.34, 0.40)),
    ):
        left = -0.02
        for width in widths:
            colour = len(sheets) % len(SHEETS)
            corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * np.array([width, height])
            outline = np.array([left, top]) + corners + rng.normal(0, 0.006, (4, 2))
            sheets.append(Piece(outline, colour))
            middle = np.array([left + width / 2, top + height / 2])
            figures += _figures(middle, np.array([width, height]), FIGURES[colour], rng)
            left += width
        top += height
    return sheets + figures


def _figures(
    middle: Points, room: Points, colours: Sequence[int], rng: np.random.Generator
) -> list[Piece]:
    """Return one large figure, and a few small ones beside it."""
    turn, reach = rng.uniform(-0.5, 0.5), 0.62 * float(room.max())
    kinds = (_frond, _alga)
    large = kinds[int(rng.integers(2))](rng)
    found = [Piece(middle + _turned(large * reach, turn), colours[0])]
    for angle in rng.uniform(0, 2 * np.pi) + np.linspace(0, 2 * np.pi, 5, endpoint=False):
        place = middle + 0.43 * room * np.array([np.cos(angle), np.sin(angle)])
        small = kinds[int(rng.integers(2))](rng) * rng.uniform(0.09, 0.19)
        found.append(Piece(place + _turned(small, rng.uniform(0, 2 * np.pi)), colours[1]))
    return found


def _turned(outline: Points, turn: float) -> Points:
    cos, sin = np.cos(turn), np.sin(turn)
    turned: Points = outline @ np.array([[cos, sin], [-sin, cos]])
    return turned


def _frond(rng: np.random.Generator) -> Points:
    """Return a frond with rounded fingers on both sides of a bent stem, about 1 long."""
    fingers, bend = int(rng.integers(5, 8)), rng.normal(0, 0.35)
    return _lobed(fingers, bend, 0.055, 0.34, rng)


def _alga(rng: np.random.Generator) -> Points:
    """Return an alga with fewer, broader fingers."""
    return _lobed(int(rng.integers(3, 5)), rng.normal(0, 0.5), 0.085, 0.42, rng)


def _lobed(
    fingers: int, bend: float, thick: float, reach: float, rng: np.random.Generator
) -> Points:
    """Walk up one side of a stem and down the other, out along each finger and back."""
    sides = []
    for side in (1, -1):
        path = []
        for finger in range(fingers):
            root = (finger + 0.5) / fingers
            length = reach * np.sin(np.pi * (0.16 + 0.70 * root)) * rng.uniform(0.75, 1.15)
            lift = rng.uniform(0.25, 0.55) * length
            for share, across in (
                (0, -1),
                (0.55, -1.25),
                (0.9, -0.9),
                (1, 0),
                (0.9, 0.9),
                (0.55, 1.25),
                (0, 1),
            ):
                path.append(
                    (thick * 0.6 + share * length, root + share * lift + across * 0.36 / fingers)
                )
        outline = np.array(path)
        outline[:, 0] *= side
        sides.append(outline if side > 0 else outline[::-1])
    outline = np.vstack(
        [[[thick * 0.7, -0.06]], sides[0], [[0, 1.10]], sides[1], [[-thick * 0.7, -0.06]]]
    )
    smooth = _smooth(outline)
    smooth[:, 0] += bend * (smooth[:, 1] - 0.5) ** 2
    centred: Points = (smooth - np.array([bend / 12, 0.5])) * np.array([1, -1])
    return centred


def _smooth(outline: Points) -> Points:
    """Round an outline's corners (Chaikin, twice)."""
    for _ in range(2):
        after = np.roll(outline, -1, axis=0)
        outline = np.stack([0.75 * outline + 0.25 * after, 0.25 * outline + 0.75 * after], axis=1)
        outline = outline.reshape(-1, 2)
    return outline


def _paste(picture: Picture, piece: Piece, rng: np.random.Generator) -> None:
    """Paste one piece: its shadow, then its paint, streaked by the brush, and its cut edge."""
    unit = picture.shape[0]
    pixels = piece.outline * unit
    margin = round(0.02 * unit)
    left, top = (max(0, int(low) - margin) for low in pixels.min(axis=0))
    right, bottom = (int(high) + margin for high in pixels.max(axis=0))
    under = picture[top:bottom, left:right]
    if not under.size:
        return
    mask = Image.new("L", (under.shape[1], under.shape[0]))
    ImageDraw.Draw(mask).polygon([(x - left, y - top) for x, y in pixels.tolist()], fill=255)
    cover = np.asarray(mask, dtype=np.float32) / 255
    fallen = shift(gaussian_filter(cover, 0.0045 * unit), 0.004 * unit, order=1, mode="nearest")
    shaded = under * (1 - 0.45 * fallen * (1 - cover))[..., None]
    lit = np.clip(cover - shift(cover, 2, order=0, mode="nearest"), 0, 1)
    x, y = coordinates((under.shape[0], under.shape[1]))
    tone = 1 + 0.11 * _streaks(x * under.shape[0] / unit, y * under.shape[0] / unit, rng)
    paint = SHEETS[piece.colour] * tone[..., None] + 0.22 * lit[..., None]
    under[:] = mix(shaded, np.clip(paint, 0, 1), cover)


def _streaks(x: Field, y: Field, rng: np.random.Generator) -> Field:
    """Return the brush's marks in gouache: bands at a random angle, slightly bent."""
    turn, bend = rng.uniform(0, np.pi), rng.uniform(5, 9)
    across = x * np.cos(turn) + y * np.sin(turn)
    along = y * np.cos(turn) - x * np.sin(turn)
    across = across + 0.012 * np.sin(bend * along) + 0.004 * np.sin(4 * bend * along)
    hairs = rng.standard_normal(900).astype(np.float32)
    fine = np.interp((across * 260) % 899, np.arange(900), hairs)
    broad = np.interp((across * 38) % 899, np.arange(900), hairs[::-1])
    streaks: Field = (0.5 * fine + 0.8 * broad).astype(np.float32)
    return streaks
