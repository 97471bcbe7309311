"""A woodcut of breaking waves: engraved bands of Prussian blue, clawed foam, and a red sun."""

from collections.abc import Iterator
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from samples.material import (
    Field,
    Picture,
    Shape,
    Size,
    coordinates,
    finished,
    fractal,
    mix,
    noise,
    oversampled,
    palette,
    ramp,
    smoothstep,
)

Points: TypeAlias = NDArray[np.floating[Any]]
Ink: TypeAlias = str

SEED = 1831

KEY, DEEP, BLUE, PALE, FOAM = "#12233f", "#1c3d6e", "#3f74a3", "#a3c3cc", "#f6eedb"
SNOW = "#efe4cc"
RED, CLOUD, RIM, PAPER = palette("c4452d f1e3c2 8c9a98 efe2c4")
SKY = palette("6f8fa3 a9b7b0 e3cfa6 f0c995 e9b27c")
LINE = 0.0034
"""The usual width of a key line, in picture heights."""


class Wave(NamedTuple):
    """A breaking wave between two curves that meet at its tip (x, y in picture heights)."""

    back: Points
    face: Points
    claw: float
    bands: int


class Claw(NamedTuple):
    """A hooked finger of foam: it starts at a heading (radians) and turns by `curl`."""

    root: Points
    heading: float
    length: float
    curl: float
    splits: int = 2


def _curve(knots: str, count: int = 160) -> Points:
    """Return a smooth curve through knots written as "x,y x,y ..." (Catmull-Rom)."""
    given = np.array([[float(number) for number in knot.split(",")] for knot in knots.split()])
    ends = 2 * given[[0, -1]] - given[[1, -2]]
    p = np.vstack([ends[:1], given, ends[1:]])
    place = np.linspace(0, len(given) - 1 - 1e-9, count)
    i, t = place.astype(np.intp), (place % 1)[:, None]
    pull, push = p[i + 2] - p[i], p[i + 3] - p[i + 1]
    rise = p[i + 2] - p[i + 1]
    bend = pull / 2 + push / 2 - 2 * rise
    curve: Points = p[i + 1] + t * (pull / 2 + t * (3 * rise - pull - push / 2 + t * bend))
    return curve


GREAT = Wave(
    _curve("-0.12,0.70 0.00,0.50 0.12,0.31 0.27,0.16 0.43,0.10 0.57,0.15 0.655,0.27 0.66,0.36"),
    _curve("0.86,0.98 0.66,0.90 0.49,0.78 0.40,0.62 0.40,0.47 0.47,0.37 0.57,0.34 0.65,0.37"),
    claw=0.062,
    bands=12,
)
SECOND = Wave(
    _curve("1.42,0.72 1.33,0.60 1.24,0.50 1.13,0.46 1.04,0.50 0.99,0.57"),
    _curve("0.74,0.92 0.88,0.87 1.00,0.80 1.06,0.71 1.06,0.62 1.00,0.585"),
    claw=0.036,
    bands=8,
)


class Block:
    """The sheet being printed; all places and widths are in picture heights."""

    def __init__(self, picture: Picture) -> None:
        """Start on a printed ground."""
        self.sheet = Image.fromarray((picture * 255).astype(np.uint8))
        self._draw = ImageDraw.Draw(self.sheet)
        self._unit = picture.shape[0]

    def fill(self, outline: Points, ink: Ink) -> None:
        """Print an area."""
        self._draw.polygon(self._pixels(outline), fill=ink)

    def line(self, course: Points, width: float, ink: Ink = KEY) -> None:
        """Cut a line of even width."""
        pixels = max(1, round(width * self._unit))
        self._draw.line(self._pixels(course), fill=ink, width=pixels, joint="curve")

    def engrave(self, course: Points, width: Points, ink: Ink) -> None:
        """Cut a line of changing width that narrows at both ends."""
        swell = width / 2 * np.sin(np.pi * np.linspace(0, 1, len(course))) ** 0.6
        self.fill(_ribbon(course, swell), ink)

    def _pixels(self, points: Points) -> list[tuple[float, float]]:
        return [(x, y) for x, y in (points * self._unit).tolist()]


def _ribbon(course: Points, reach: Points) -> Points:
    """Return the outline of a course, `reach` to either side of it."""
    along = np.gradient(course, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True) + 1e-9
    aside = np.stack([-along[:, 1], along[:, 0]], axis=-1) * reach[:, None]
    return np.vstack([course + aside, (course - aside)[::-1]])


def paint(size: Size) -> Image.Image:
    """Print from back to front, then add the texture of paper and wood."""
    rng = np.random.default_rng(SEED)
    shape = oversampled(size, 2)
    block = Block(_sky(shape, rng))
    _mountain(block)
    for level, height, spacing in ((0.700, 0.020, 0.19), (0.735, 0.032, 0.27)):
        _swell(block, level, height, spacing, rng)
    _wave(block, SECOND, rng)
    _swell(block, 0.835, 0.058, 0.39, rng)
    _wave(block, GREAT, rng)
    _swell(block, 0.93, 0.085, 0.47, rng)
    _spray(block, rng)
    return finished(_printed(np.asarray(block.sheet, dtype=np.float32) / 255, rng), size)


def _sky(shape: Shape, rng: np.random.Generator) -> Picture:
    """Return the sky: a gradient, with bars of cloud in front of a red sun."""
    x, y = coordinates(shape)
    sky = ramp(y / 0.72, SKY)
    sun = smoothstep(0.1215, 0.1200, np.hypot(x - 0.965, y - 0.285))
    sky = mix(sky, RED, sun)
    drift = noise(shape, (0.55, 0.045), rng) + 0.25 * noise(shape, (0.16, 0.03), rng)
    cloud = smoothstep(1.00, 1.03, drift) * (y < 0.62)
    rim = smoothstep(0.94, 0.96, drift) * (y < 0.62)
    sky = mix(sky, RIM, 0.6 * rim)
    return mix(sky, CLOUD, cloud)


def _mountain(block: Block) -> None:
    """Print a distant snow-capped peak."""
    slope = _curve("0.60,0.71 0.70,0.655 0.765,0.59 0.79,0.575 0.815,0.59 0.88,0.655 0.98,0.71")
    block.fill(slope, BLUE)
    cap = slope[slope[:, 1] < 0.632]
    teeth = np.linspace(cap[-1], cap[0], 11)
    teeth[1::2, 1] += 0.022
    teeth[2:-1:2, 1] -= 0.008
    block.fill(np.vstack([cap, teeth]), SNOW)
    block.line(slope, LINE * 0.7)


def _swell(
    block: Block, level: float, height: float, spacing: float, rng: np.random.Generator
) -> None:
    """Print a ridge of open sea: bands parallel to its crest, and foam on every peak."""
    x = np.linspace(-0.05, 1.35, 420)
    phase = x / spacing + rng.uniform(0, 1) + 0.12 * np.sin(7 * x)
    crest = 1 - np.abs(np.sin(np.pi * phase)) ** 0.75
    ridge = np.stack([x, level - height * crest], axis=-1)
    block.fill(np.vstack([ridge, [[1.35, 1.1], [-0.05, 1.1]]]), DEEP)
    for step in range(1, 9):
        sunk = level + height * (0.42 * step - crest * (1 - 0.07 * step))
        breadth = height * (0.08, 0.13)[step % 2] * (0.3 + crest)
        echo = np.stack([x, sunk], axis=-1)
        block.fill(_ribbon(echo, breadth), (PALE, BLUE)[step % 2])
    block.line(ridge, LINE * 0.8)
    for peak in np.flatnonzero((crest[1:-1] > crest[:-2]) & (crest[1:-1] >= crest[2:])) + 1:
        _cap(block, ridge[max(0, peak - 14) : peak + 22], height, rng)


def _cap(block: Block, around: Points, height: float, rng: np.random.Generator) -> None:
    """Print a heap of foam on a peak, with claws at its end."""
    foam = [_lobe(point, height * rng.uniform(0.10, 0.22), rng) for point in around[::3]]
    for point in around[6::5]:
        claw = Claw(point, rng.uniform(0.2, 0.9), height * 0.62, curl=1.3, splits=1)
        foam.extend(_claws(claw, rng))
    _foam(block, foam, LINE * 0.7)


def _wave(block: Block, wave: Wave, rng: np.random.Generator) -> None:
    """Print one breaking wave: its body, the bands on its face, and its foam."""
    block.fill(np.vstack([wave.back, wave.face[::-1]]), DEEP)
    gap = np.linalg.norm(wave.face - wave.back, axis=1) / wave.bands
    for band in range(wave.bands):
        share = (band + 0.6) / wave.bands
        course = wave.back * (1 - share) + wave.face * share
        beside = course + 0.36 * (wave.face - wave.back) / wave.bands
        block.engrave(course[:-4], 0.62 * gap[:-4], (PALE, BLUE)[band % 2])
        block.engrave(course[6:-16], 0.11 * gap[6:-16], (DEEP, KEY)[band % 2])
        block.engrave(course[12:-40] + 0.12 * gap[12:-40, None], 0.07 * gap[12:-40], DEEP)
        block.engrave(beside[10:-30], 0.10 * gap[10:-30], (BLUE, PALE)[band % 2])
    block.line(wave.back, LINE)
    block.line(wave.face, LINE)
    _foam(block, list(_crest(wave, rng)), LINE)


def _crest(wave: Wave, rng: np.random.Generator) -> Iterator[Points]:
    """Yield the foam along the upper back, and the claws from the lip over the face."""
    for place in np.linspace(0.42, 1, 30):
        point, inward = _across(wave, place)
        grown = wave.claw * (0.20 + 0.42 * place)
        yield _lobe(point + 0.06 * inward, grown * rng.uniform(0.7, 1.1), rng)
        deeper = rng.uniform(0.1, 0.32) * place**2 * inward
        yield _lobe(point + deeper, grown * rng.uniform(0.6, 1.0), rng)
    out = float(np.sign(wave.back[-1, 0] - wave.back[0, 0]))
    for place in np.linspace(0.58, 1, 15):
        point, inward = _across(wave, place)
        yield _lobe(point + 0.45 * inward, wave.claw * 0.3 * place, rng)
        length = wave.claw * rng.uniform(1.1, 1.9) * (0.5 + 0.7 * place)
        heading = np.pi / 2 - out * rng.uniform(0.1, 1.1) * place
        hook = Claw(point + 0.45 * inward, heading, length, out * rng.uniform(0.6, 1.5))
        yield from _claws(hook, rng)
    for place in np.linspace(0.80, 1, 6):
        heading = np.pi / 2 - out * (1.7 - 1.0 * place + rng.uniform(-0.2, 0.2))
        yield from _claws(Claw(_across(wave, place)[0], heading, wave.claw * 1.6, out * 1.3), rng)


def _across(wave: Wave, place: float) -> tuple[Points, Points]:
    """Return a point on the wave's back (1 is its tip), and the vector from it to the face."""
    point = wave.back[int(place * (len(wave.back) - 1))]
    return point, wave.face[int(place * (len(wave.back) - 1))] - point


def _lobe(middle: Points, radius: float, rng: np.random.Generator) -> Points:
    """Return a lump of foam, nearly round."""
    angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    bumpy = radius * (1 + 0.12 * np.sin(3 * angle + rng.uniform(0, 6)))
    rim: Points = middle + bumpy[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    return rim


def _claws(claw: Claw, rng: np.random.Generator) -> Iterator[Points]:
    """Yield a hooked finger of foam, and the smaller fingers that branch off it."""
    t = np.linspace(0, 1, 18)
    turn = claw.heading + claw.curl * t**1.4
    steps = np.stack([np.cos(turn), np.sin(turn)], axis=-1) * claw.length / len(t)
    spine = claw.root + np.cumsum(steps, axis=0)
    yield _ribbon(spine, 0.13 * claw.length * (1 - t) ** 0.6)
    if claw.splits:
        for place, side in ((6, -1), (9, 1), (13, -1)):
            bend = turn[place] + side * rng.uniform(0.4, 0.9)
            size = claw.length * rng.uniform(0.40, 0.58)
            yield from _claws(Claw(spine[place], bend, size, claw.curl * 1.1, claw.splits - 1), rng)


def _foam(block: Block, pieces: list[Points], line: float) -> None:
    """Print overlapping pieces as one white area with a single key line around it."""
    for piece in pieces:
        block.line(np.vstack([piece, piece[:2]]), 2 * line)
    for piece in pieces:
        block.fill(piece, FOAM)
    for piece in pieces:
        middle = piece.mean(axis=0)
        shade = middle + (piece - middle) * 0.62 + 0.18 * np.ptp(piece, axis=0)
        half = len(shade) // 4
        block.line(shade[:half], line * 0.9, PALE)
        block.line(shade[2 : half - 1] - 0.05 * np.ptp(piece, axis=0), line * 0.45, BLUE)


def _spray(block: Block, rng: np.random.Generator) -> None:
    """Print drops ahead of the great wave's lip."""
    for _ in range(110):
        away = np.array([rng.gamma(2, 0.05), rng.normal(0.04, 0.09)])
        drop = _lobe(np.array([0.62, 0.27]) + away, rng.uniform(0.0015, 0.0048), rng)
        _foam(block, [drop], LINE * 0.35)


def _printed(picture: Picture, rng: np.random.Generator) -> Picture:
    """Add ragged cut edges, the wood's grain in the ink, and the fibre of the paper."""
    shape = picture.shape[0], picture.shape[1]
    picture = _hand_cut(picture, rng)
    darkness = 1 - picture.mean(axis=-1)
    rings = np.sin(150 * coordinates(shape)[1] + 5 * noise(shape, (0.9, 0.16), rng))
    grain = 0.5 * noise(shape, (0.30, 0.0035), rng) + 0.5 * rings
    mottle = fractal(shape, 0.05, 4, rng)
    bare = darkness * (0.10 + 0.09 * grain + 0.03 * mottle)
    picture = mix(picture, PAPER, np.clip(bare, 0, 0.6))
    fibre = noise(shape, (0.004, 0.0022), rng) + noise(shape, (0.012, 0.002), rng)
    return picture * (1 + 0.022 * fibre + 0.012 * mottle)[..., None]


def _hand_cut(picture: Picture, rng: np.random.Generator) -> Picture:
    """Distort every line slightly, as if it were cut by hand."""
    shape = picture.shape[0], picture.shape[1]
    rows, columns = np.indices(shape)
    waver: list[Field] = [noise(shape, (0.012, 0.012), rng) * shape[0] * 0.0009 for _ in "xy"]
    rows = np.clip(np.rint(rows + waver[0]), 0, shape[0] - 1).astype(np.intp)
    columns = np.clip(np.rint(columns + waver[1]), 0, shape[1] - 1).astype(np.intp)
    return picture[rows, columns]
