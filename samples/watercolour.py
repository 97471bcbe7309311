"""Poppies in watercolour: wet washes that bleed, dark rims where they dried, and grainy paper."""

from typing import NamedTuple

import numpy as np
from PIL import Image

from samples.material import (
    Field,
    Picture,
    Shape,
    Size,
    coordinates,
    finished,
    fractal,
    noise,
    oversampled,
    palette,
    ramp,
    smoothstep,
)

SEED = 1775

PAPER = palette("fbf5e8")[0]
SKY = palette("2a5fb8 4f8fd8 8fb8e0 e8b8c0 f7d08a f2a88a")
HILLS = palette("5a6fb0 3f8a9a 4f9a6a 8ab04a")
GRASS = palette("c8c83a 6aa03a 2f7a4a 1f5a6a 8a9a2a")
POPPIES = palette("e8281f f2502a d81f3f f77a3a c8203a f0a02a")
BLUES = palette("2f4fc0 5a3fb0 3f7fd0")
STAMENS = palette("1f1430")[0]
STEMS = palette("2f6a2f 1f5040 6a8a2a")


class Blot(NamedTuple):
    """A wet shape: its middle, its reach across and down, its turn; lengths in picture heights."""

    x: float
    y: float
    across: float
    down: float
    turn: float


class Paper:
    """Paper that pigment stains: each wash takes light away from what is below it."""

    def __init__(self, shape: Shape, rng: np.random.Generator) -> None:
        """Start with white, rough paper."""
        self.shape, self.rng = shape, rng
        self.x, self.y = coordinates(shape)
        fine, coarse = noise(shape, (0.0045, 0.0045), rng), noise(shape, (0.010, 0.010), rng)
        self.tooth = 0.6 * fine + 0.4 * coarse
        self._stain = np.zeros((*shape, 3), dtype=np.float32)
        self._pools = fractal(shape, 0.07, 4, rng)

    def stain(self, density: Field, colour: Picture) -> None:
        """Stain by a density; 1 gives the colour itself."""
        self._stain += density[..., None] * _absorbed(colour)

    def lift(self, share: Field) -> None:
        """Take a share of the pigment off again."""
        self._stain *= 1 - np.clip(share, 0, 1)[..., None]

    def streak(self, rows: slice, density: Field, colour: Picture) -> None:
        """Stain some rows only."""
        self._stain[rows] += density[..., None] * _absorbed(colour)

    def wash(self, within: Field, colour: Picture, strength: float) -> None:
        """Lay a wash where `within` (heights from its border) is above 0."""
        self.stain(_dried(within, self._pools, self.tooth) * strength, colour)

    def touch(self, blot: Blot, colour: Picture, strength: float, reserved: float = 0.0) -> None:
        """Lay a blot on paper of which a share (`reserved`) was kept dry until then."""
        window = self._around(blot)
        within = self._within(blot, window)
        if reserved:
            kept = reserved * smoothstep(-0.002, 0.002, within)
            self._stain[window] *= 1 - kept[..., None]
        density = _dried(within, self._pools[window], self.tooth[window])
        # colour runs to one side of a petal before it dries
        run = (self.x[window] - blot.x) / blot.across * np.float32(self.rng.normal(0, 0.4))
        density = density * np.clip(0.9 + run, 0.3, 1.6)
        self._stain[window] += (density * strength)[..., None] * _absorbed(colour)

    def _around(self, blot: Blot) -> tuple[slice, slice]:
        reach, unit = 1.8 * max(blot.across, blot.down), self.shape[0]
        rows, columns = (
            (int((at - reach) * unit), int((at + reach) * unit)) for at in (blot.y, blot.x)
        )
        return slice(max(rows[0], 0), max(rows[1], 0)), slice(
            max(columns[0], 0), max(columns[1], 0)
        )

    def _within(self, blot: Blot, window: tuple[slice, slice]) -> Field:
        """Return the distance from a blot's uneven border, above 0 inside."""
        dx, dy = self.x[window] - blot.x, self.y[window] - blot.y
        cos, sin = np.cos(blot.turn), np.sin(blot.turn)
        away = np.hypot((dx * cos + dy * sin) / blot.across, (dy * cos - dx * sin) / blot.down)
        bearing = np.arctan2(dy, dx)
        for order in (2, 3, 5, 9):
            size, phase = self.rng.normal(0, 0.22 / order), self.rng.uniform(0, 2 * np.pi)
            away = away - size * np.cos(order * bearing + phase)
        away = away + 0.05 * self._pools[window]
        within: Field = (1 - away) * min(blot.across, blot.down)
        return within

    def shown(self) -> Picture:
        """Return the dry picture."""
        shown: Picture = PAPER * np.exp(-self._stain) * (1 + 0.022 * self.tooth)[..., None]
        return shown


def _absorbed(colour: Picture) -> Picture:
    absorbed: Picture = -np.log(np.clip(colour, 0.02, 0.995))
    return absorbed


def _dried(within: Field, pools: Field, tooth: Field) -> Field:
    """Return a dry wash's density: uneven inside, dark at its rim, grainy in the paper's tooth."""
    cover = smoothstep(-0.0012, 0.0012, within)
    rim = np.exp(-((within / 0.0038) ** 2)) + 0.25 * np.exp(-((within / 0.014) ** 2))
    density: Field = cover * (0.62 + 0.22 * pools + 0.62 * rim) * (1 + 0.18 * tooth)
    return np.clip(density, 0, 2.5)


def paint(size: Size) -> Image.Image:
    """Wash in the sky and the meadow wet in wet, then flowers, stems and splashes."""
    rng = np.random.default_rng(SEED)
    paper = Paper(oversampled(size, 1.5), rng)
    _sky(paper)
    _hills(paper)
    _meadow(paper)
    _blades(paper, 70, (0.60, 0.75))
    for depth in np.linspace(0, 1, 58) ** 0.75:
        _flower(paper, float(depth))
    _blades(paper, 50, (0.70, 0.92))
    _splashes(paper)
    return finished(paper.shown(), size)


def _sky(paper: Paper) -> None:
    """Wash the sky wet in wet, then drop water into it: each drop pushes pigment to its rim."""
    rng, shape = paper.rng, paper.shape
    cloud = fractal(shape, 0.30, 5, rng)
    place = np.clip(1.15 * paper.y / 0.55 + 0.20 * cloud, 0, 1)
    density = 0.35 + 0.75 * smoothstep(1.1, -0.7, cloud)
    density = density * smoothstep(0.66, 0.50, paper.y) * (0.9 + 0.16 * paper.tooth)
    paper.stain(density * 1.05, ramp(place, SKY))
    for x, y, reach in (
        (0.20, 0.16, 0.13),
        (0.72, 0.10, 0.17),
        (1.12, 0.25, 0.14),
        (0.47, 0.34, 0.10),
    ):
        _bloom(paper, x, y, reach)


def _bloom(paper: Paper, x: float, y: float, reach: float) -> None:
    """Paint a bloom: paler from its feathered rim inwards, and pigment pushed to the rim."""
    fringe = 0.30 * fractal(paper.shape, 0.09, 6, paper.rng)
    away = np.hypot(paper.x - x, (paper.y - y) * 1.3) / reach + fringe
    inside = smoothstep(1.02, 0.98, away)
    paper.lift(inside * (0.25 + 0.45 * smoothstep(0.5, 1.0, away)))
    rim = smoothstep(0.97, 1.0, away) * np.exp(-np.clip(away - 1.0, 0, 9) / 0.10)
    paper.stain(0.28 * rim * (1 + 0.2 * paper.tooth), BLUES[0])


def _hills(paper: Paper) -> None:
    """Wash three ranges of hills over each other, the near ones stronger; they fade downwards."""
    for number, level in enumerate((0.43, 0.48, 0.54)):
        swell = 0.05 * np.sin(4.5 * paper.x + 2.2 * number)
        ridge = level + swell + 0.02 * np.sin(11 * paper.x + number) + 0.008 * paper.tooth
        paper.lift(0.5 * (paper.y > ridge))
        fade = np.exp(-np.clip(paper.y - ridge, 0, 1) / 0.10).astype(np.float32)
        within = paper.y - ridge
        paper.wash(within, ramp(fade, np.stack([GRASS[0], HILLS[number]])), 0.8 + 0.1 * number)


def _meadow(paper: Paper) -> None:
    """Wash the meadow: yellow far away, blue-green shadows near, and blots over it."""
    rng, shape = paper.rng, paper.shape
    mottle = fractal(shape, 0.22, 5, rng)
    far = smoothstep(0.575, 0.60, paper.y + 0.02 * mottle)
    paper.lift(0.75 * far)
    tint = ramp(np.clip((paper.y - 0.55) / 0.5 + 0.25 * mottle, 0, 1), GRASS[:4])
    paper.stain(far * (0.75 + 0.12 * paper.tooth + 0.15 * mottle), tint)
    for _ in range(60):
        y = rng.uniform(0.60, 1.05)
        turn = rng.normal(0, 0.4)
        blot = Blot(
            rng.uniform(0, 1.33), y, rng.uniform(0.05, 0.16) * y, rng.uniform(0.02, 0.06) * y, turn
        )
        paper.touch(blot, GRASS[rng.integers(5)], rng.uniform(0.35, 0.8))


def _flower(paper: Paper, depth: float) -> None:
    """Paint a poppy (or a cornflower) of a few petals; near ones are larger."""
    rng = paper.rng
    y = 0.57 + 0.40 * depth + rng.normal(0, 0.03)
    x, reach = rng.uniform(-0.02, 1.36), 0.014 + 0.095 * depth * rng.uniform(0.6, 1.1)
    colours = BLUES if rng.random() < 0.22 else POPPIES
    for petal in np.linspace(0, 2 * np.pi, 4, endpoint=False) + rng.uniform(0, 6):
        place = x + 0.50 * reach * np.cos(petal), y + 0.36 * reach * np.sin(petal)
        blot = Blot(*place, reach * rng.uniform(0.55, 0.8), reach * rng.uniform(0.45, 0.65), petal)
        paper.touch(blot, colours[rng.integers(len(colours))], rng.uniform(0.8, 1.25), 0.72)
    heart = Blot(x, y, 0.20 * reach, 0.15 * reach, 0)
    paper.touch(heart, STAMENS, 0.9)
    if reach > 0.03:
        for angle in rng.uniform(0, 2 * np.pi, 12):
            away = reach * rng.uniform(0.26, 0.36)
            dot = Blot(x + away * np.cos(angle), y + 0.75 * away * np.sin(angle), 0.0028, 0.0028, 0)
            paper.touch(dot, STAMENS, 1.2)


def _blades(paper: Paper, count: int, tops: tuple[float, float]) -> None:
    """Paint stems and blades of grass with a pointed brush."""
    rng = paper.rng
    for _ in range(count):
        foot, top = rng.uniform(-0.05, 1.4), rng.uniform(*tops)
        lean, width = rng.normal(0, 0.10), rng.uniform(0.0016, 0.0046)
        below = slice(int(top * paper.shape[0]), None)
        rise = np.clip((1.02 - paper.y[below]) / (1.02 - top), 0, 1)
        near = width * (1.15 - rise) - np.abs(paper.x[below] - foot - lean * rise**1.6)
        cover = smoothstep(-0.0006, 0.0010, near) * (0.8 + 0.3 * paper.tooth[below])
        paper.streak(below, cover * rng.uniform(0.4, 0.9), STEMS[rng.integers(3)])


def _splashes(paper: Paper) -> None:
    """Flick drops of colour off the brush."""
    rng = paper.rng
    for colours in (POPPIES, BLUES, GRASS):
        for _ in range(60):
            size = float(np.clip(rng.gamma(1.3, 0.0018), 0.0012, 0.011))
            drop = Blot(rng.uniform(0, 1.33), rng.uniform(0, 1), size, size, 0)
            paper.touch(drop, colours[rng.integers(len(colours))], 0.9)
