"""A gilded cloak: spirals in gold relief, black and silver blocks, rings of flowers, a meadow."""

from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from samples.material import (
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
    raking_light,
    ramp,
    smoothstep,
)

Points: TypeAlias = NDArray[np.floating[Any]]
Ink: TypeAlias = str

SEED = 1908

GOLD = palette("5a3408 8a5a12 b8821e d9a636 efc85a fbe79a")
BRONZE = palette("2a1a0c 4a2c10 6e4416 8a5a1c")
ENAMEL = ("#b3202c", "#1f3f9a", "#6b2f86", "#e0672a", "#1f7f5a", "#d9487a", "#2f9ab0")
BLOCKS = ("#16120e", "#16120e", "#d8d2c0", "#8a8578", "#5a2f18", "#b3202c")
PETALS = ("#e8455a", "#f28a2a", "#f4d04a", "#8a4ac0", "#3f6ad8", "#f4f0e0", "#d82f8a")
LEAVES = ("#1f4a2a", "#2f6a2f", "#4a8a3a", "#7aa03a", "#173a34")
DARK = "#1c130a"


class Sheet:
    """The picture as it is painted; places and lengths are in picture heights."""

    def __init__(self, picture: Picture) -> None:
        """Start on a gilded ground."""
        self.colour = Image.fromarray((np.clip(picture, 0, 1) * 255).astype(np.uint8))
        self.relief = Image.new("L", self.colour.size, 96)
        self.gilded = Image.new("L", self.colour.size, 255)
        self._draws = [ImageDraw.Draw(each) for each in (self.colour, self.relief, self.gilded)]
        self._unit = self.colour.height

    def disc(self, x: float, y: float, radius: float, ink: Ink | None, height: int = 96) -> None:
        """Paint a disc, or raise one of gold where `ink` is None."""
        box = [(each * self._unit) for each in (x - radius, y - radius, x + radius, y + radius)]
        if ink is None:
            self._draws[1].ellipse(box, fill=height)
            self._draws[2].ellipse(box, fill=255)
            return
        self._draws[0].ellipse(box, fill=ink)
        self._draws[1].ellipse(box, fill=height)
        self._draws[2].ellipse(box, fill=0)

    def shape(self, outline: Points, ink: Ink | None, height: int = 96) -> None:
        """Paint an area, or raise one of gold where `ink` is None."""
        pixels = [(x, y) for x, y in (outline * self._unit).tolist()]
        if ink is not None:
            self._draws[0].polygon(pixels, fill=ink)
        self._draws[1].polygon(pixels, fill=height)
        self._draws[2].polygon(pixels, fill=255 if ink is None else 0)

    def line(self, course: Points, width: float, ink: Ink | None, height: int = 200) -> None:
        """Draw a line, or a raised thread of gold where `ink` is None."""
        pixels = [(x, y) for x, y in (course * self._unit).tolist()]
        wide = max(1, round(width * self._unit))
        if ink is not None:
            self._draws[0].line(pixels, fill=ink, width=wide, joint="curve")
        self._draws[1].line(pixels, fill=height, width=wide, joint="curve")
        self._draws[2].line(pixels, fill=255 if ink is None else 0, width=wide, joint="curve")


class Spot(NamedTuple):
    """Room for one ornament."""

    x: float
    y: float
    radius: float


class Region(NamedTuple):
    """Where ornaments of a kind are packed, and how large they are."""

    sizes: tuple[float, ...]
    tries: int
    gap: float


SPIRALS = Region((0.150, 0.105, 0.075, 0.052, 0.036, 0.024, 0.016), 1600, 0.004)
RINGS = Region((0.075, 0.056, 0.040, 0.030, 0.020, 0.013, 0.009), 4000, 0.002)
FLOWERS = Region((0.046, 0.034, 0.026, 0.019, 0.013, 0.009), 1500, 0.0)


def paint(size: Size) -> Image.Image:
    """Lay the gold, then paint each region's ornaments over it, and light the relief."""
    rng = np.random.default_rng(SEED)
    shape = oversampled(size, 2)
    sheet = Sheet(_cloth(shape, rng))
    for spot in _packed(SPIRALS, _is_ground, rng):
        _spiral(sheet, spot, rng)
    _blocks(sheet, rng)
    for spot in _packed(RINGS, _is_ring_cloak, rng):
        _rings(sheet, spot, rng)
    for spot in _packed(FLOWERS, _is_meadow, rng):
        _flower(sheet, spot, rng)
    _hems(sheet)
    return finished(_lit(sheet, rng), size)


def _left(y: Any) -> Any:
    """Return the cloak's left hem."""
    return 0.40 + 0.07 * np.sin(3.1 * y + 0.4) - 0.16 * y**2


def _middle(y: Any) -> Any:
    """Return the seam between the blocks and the rings."""
    return 0.665 + 0.05 * np.sin(5.2 * y + 1.2)


def _right(y: Any) -> Any:
    """Return the cloak's right hem."""
    return 0.93 + 0.06 * np.sin(3.4 * y + 2.6) + 0.17 * y**2


def _meadow(x: Any) -> Any:
    """Return the meadow's upper edge."""
    return 0.82 + 0.035 * np.sin(5 * x + 1)


def _is_meadow(x: float, y: float) -> bool:
    return bool(y > _meadow(x))


def _is_ground(x: float, y: float) -> bool:
    return bool(y < _meadow(x) and (x < _left(y) - 0.012 or x > _right(y) + 0.012))


def _is_ring_cloak(x: float, y: float) -> bool:
    return bool(y < _meadow(x) and _middle(y) + 0.008 < x < _right(y) - 0.008)


def _cloth(shape: Shape, rng: np.random.Generator) -> Picture:
    """Return the ground of each region: gold leaf, bronze under the rings, a dark meadow."""
    x, y = coordinates(shape)
    leaf = fractal(shape, 0.22, 4, rng)
    squares = noise(shape, (0.05, 0.05), rng)
    gold = ramp(0.56 + 0.13 * leaf + 0.06 * squares, GOLD)
    bronze = ramp(0.5 + 0.25 * leaf, BRONZE)
    cloak = (x > _middle(y)) & (x < _right(y))
    gold = np.where(cloak[..., None], bronze, gold)
    grass = palette("10281c 1c4a2a 2f5f2a 123a30")
    return np.where((y > _meadow(x))[..., None], ramp(0.5 + 0.3 * leaf, grass), gold)


def _packed(region: Region, inside: Any, rng: np.random.Generator) -> list[Spot]:
    """Pack spots that do not touch, large ones first."""
    spots = np.zeros((0, 3))
    for radius in region.sizes:
        for x, y in rng.uniform((-0.03, -0.03), (1.38, 1.03), (region.tries, 2)).tolist():
            edges = (0, 0), (0.8, 0), (-0.8, 0), (0, 0.8), (0, -0.8)
            if not all(inside(x + radius * dx, y + radius * dy) for dx, dy in edges):
                continue
            reach = spots[:, 2] + radius + region.gap
            if np.all((spots[:, 0] - x) ** 2 + (spots[:, 1] - y) ** 2 > reach**2):
                spots = np.vstack([spots, [x, y, radius * rng.uniform(0.85, 1.0)]])
    return [Spot(*row) for row in spots.tolist()]


def _spiral(sheet: Sheet, spot: Spot, rng: np.random.Generator) -> None:
    """Paint a coiled branch: a dark line with a raised gold thread in it."""
    turns = max(1.5, min(4.2, spot.radius / 0.026))
    t = np.linspace(0.02, 1, int(50 * turns))
    angle = rng.choice([-1, 1]) * 2 * np.pi * turns * t + rng.uniform(0, 2 * np.pi)
    reach = spot.radius * t[:, None] ** 0.85
    coil = np.array([spot.x, spot.y]) + reach * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    width = 0.30 * spot.radius / turns + 0.0018
    sheet.line(coil, width * 1.55, DARK, 60)
    sheet.line(coil, width * 0.75, None, 230)
    if spot.radius > 0.03:
        colour = str(rng.choice(ENAMEL))
        sheet.disc(spot.x, spot.y, spot.radius * 0.20, "#f4ead0", 150)
        sheet.disc(spot.x, spot.y, spot.radius * 0.15, colour, 170)
        sheet.disc(spot.x, spot.y, spot.radius * 0.06, DARK, 190)


def _blocks(sheet: Sheet, rng: np.random.Generator) -> None:
    """Paint upright blocks between the hems in uneven rows, some of them with a small coil."""
    y = -0.02
    while y < 0.9:
        height = float(rng.choice([0.022, 0.034, 0.050, 0.068]))
        x = float(_left(y + height / 2)) + 0.008
        while x < _middle(y + height / 2) - 0.012:
            width = min(height * rng.uniform(0.25, 0.75), float(_middle(y)) - 0.004 - x)
            if rng.random() < 0.80 and width > 0.006 and y + height < _meadow(x):
                _block(sheet, np.array([x, y]), np.array([width, height]), rng)
            x += width + 0.0035
        y += height + 0.0035


def _block(sheet: Sheet, corner: Points, extent: Points, rng: np.random.Generator) -> None:
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    sheet.shape(corner + square * extent, str(rng.choice(BLOCKS)), int(rng.integers(70, 170)))
    middle, half = corner + extent / 2, float(extent.min()) / 2
    x, y = middle.tolist()
    kind = rng.random()
    if kind < 0.22:
        sheet.shape(middle + (square - 0.5) * extent * 0.5, None, 210)
    elif kind < 0.40:
        sheet.disc(x, y, half * 0.7, str(rng.choice(ENAMEL)), 170)
        sheet.disc(x, y, half * 0.35, None, 220)
    elif kind < 0.55:
        _spiral(sheet, Spot(x, y, half * 0.85), rng)


def _rings(sheet: Sheet, spot: Spot, rng: np.random.Generator) -> None:
    """Paint circles in each other, and dots around the largest."""
    inks = [str(ink) for ink in rng.permutation([*ENAMEL, "#f4ead0", DARK])]
    rings = max(2, int(spot.radius / 0.009))
    for number, share in enumerate(np.linspace(1, 0.22, min(rings, 6))):
        ink = None if number % 2 == 0 else inks[number]
        sheet.disc(spot.x, spot.y, spot.radius * share, ink, 120 + 18 * number)
    if spot.radius > 0.022:
        for angle in np.linspace(0, 2 * np.pi, 14, endpoint=False):
            x, y = (
                spot.x + 0.62 * spot.radius * np.cos(angle),
                spot.y + 0.62 * spot.radius * np.sin(angle),
            )
            sheet.disc(float(x), float(y), spot.radius * 0.085, inks[6], 220)


def _flower(sheet: Sheet, spot: Spot, rng: np.random.Generator) -> None:
    """Paint leaves, and petals around a gold heart over them."""
    turn, petals = rng.uniform(0, 6), int(rng.integers(5, 9))
    for angle in turn + np.linspace(0, 2 * np.pi, 4, endpoint=False):
        tip = np.array([np.cos(angle), np.sin(angle)]) * spot.radius * 1.5
        side = np.array([-tip[1], tip[0]]) * 0.22
        base = np.array([spot.x, spot.y])
        leaf = base + np.array([0 * tip, 0.5 * tip + side, tip, 0.5 * tip - side])
        sheet.shape(leaf, str(rng.choice(LEAVES)), 120)
    ink = str(rng.choice(PETALS))
    for angle in turn + np.linspace(0, 2 * np.pi, petals, endpoint=False):
        x, y = (
            spot.x + 0.6 * spot.radius * np.cos(angle),
            spot.y + 0.6 * spot.radius * np.sin(angle),
        )
        sheet.disc(float(x), float(y), spot.radius * 0.36, ink, 160)
    sheet.disc(spot.x, spot.y, spot.radius * 0.34, None, 230)
    sheet.disc(spot.x, spot.y, spot.radius * 0.15, DARK, 200)


def _hems(sheet: Sheet) -> None:
    """Draw the cloak's hems and the seam as raised threads with beads."""
    y = np.linspace(-0.02, 0.86, 120)
    for hem in (_left, _middle, _right):
        full = np.stack([hem(y), y], axis=-1)
        course: Points = full[full[:, 1] < _meadow(full[:, 0])]
        sheet.line(course, 0.016, DARK, 60)
        sheet.line(course, 0.010, None, 235)
        for x, place in course[::3].tolist():
            sheet.disc(x, place, 0.0035, "#f4ead0", 250)


def _lit(sheet: Sheet, rng: np.random.Generator) -> Picture:
    """Light the relief: gold glitters, enamel shines a little."""
    colour: Picture = np.asarray(sheet.colour, dtype=np.float32) / 255
    relief = np.asarray(sheet.relief, dtype=np.float32) / 255
    gilded = np.asarray(sheet.gilded, dtype=np.float32) / 255
    shape = (relief.shape[0], relief.shape[1])
    hammered = noise(shape, (0.006, 0.006), rng) + 0.8 * noise(shape, (0.0025, 0.0025), rng)
    leaf = fractal(shape, 0.10, 3, rng)
    raised = smoothstep(0.55, 0.8, relief) * gilded
    thread = ramp(0.72 + 0.10 * leaf, GOLD)
    colour = mix(colour, thread, raised)
    light = raking_light(relief * 7 + 0.22 * gilded * hammered, 1.1 * shape[0] / 1440)
    glitter = gilded * np.clip(light + 0.25 * hammered, 0, 1) ** 2
    worn = 1 + 0.05 * noise(shape, (0.004, 0.004), rng) + 0.05 * leaf
    shown: Picture = colour * (worn * (1 + 0.38 * light))[..., None]
    return shown + (glitter[..., None] * np.array([0.30, 0.24, 0.10], dtype=np.float32))
