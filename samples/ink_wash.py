"""Mountains in ink: washes that fade into mist, dry brushwork on rock, pines, a red seal."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
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
    smoothstep,
)

Points: TypeAlias = NDArray[np.floating[Any]]

SEED = 1506

PAPER = palette("ece0c6")[0]
INK = palette("2a2c33")[0]
WARM = palette("9a5a38")[0]
SEAL = palette("c02a1c")[0]

RANGES = ((0.30, 0.16, 0.26), (0.42, 0.15, 0.42), (0.56, 0.16, 0.66), (0.76, 0.17, 1.0))
"""Level, height and strength of each range of mountains, from far to near."""


class Scroll:
    """Paper and the ink on it; places and lengths are in picture heights."""

    def __init__(self, shape: Shape, rng: np.random.Generator) -> None:
        """Start with dry paper."""
        self.shape, self.rng = shape, rng
        # the number of hairs depends on the picture's size, and must not change what is designed
        self._hand = rng.spawn(1)[0]
        self.x, self.y = coordinates(shape)
        self.tooth = noise(shape, (0.0035, 0.0035), rng) + 0.5 * noise(shape, (0.012, 0.003), rng)
        self.ink = np.zeros(shape, dtype=np.float32)
        self.warm = np.zeros(shape, dtype=np.float32)
        self.red = np.zeros(shape, dtype=np.float32)

    def brush(self, path: Points, width: float, load: float, dry: float) -> None:
        """Drag a brush along a path; a `dry` one (1) leaves ink on the paper's tooth alone."""
        unit = self.shape[0]
        length = np.hypot(*np.diff(path, axis=0).T).sum() * unit
        steps, hairs = max(4, int(length * 1.5)), max(3, int(width * unit * 1.6))
        t = np.linspace(0, 1, steps)
        knots = np.linspace(0, 1, len(path))
        spine = np.stack([np.interp(t, knots, axis) for axis in path.T], axis=-1)
        tangent = np.gradient(spine, axis=0)
        tangent /= np.hypot(*tangent.T)[:, None] + 1e-9
        across = np.linspace(-1, 1, hairs)[None, :]
        half = 0.5 * width * (np.sin(np.pi * (0.12 + 0.85 * t)) ** 0.7)[:, None]
        columns = ((spine[:, :1] - tangent[:, 1:] * half * across) * unit).astype(int)
        rows = ((spine[:, 1:] + tangent[:, :1] * half * across) * unit).astype(int)
        hair = self._hand.normal(1, 0.45, hairs)[None, :]
        left = load * hair * (1 - 0.6 * dry * t[:, None])
        inside = (rows >= 0) & (rows < unit) & (columns >= 0) & (columns < self.shape[1])
        rows, columns, left = (
            rows[inside],
            columns[inside],
            np.broadcast_to(left, inside.shape)[inside],
        )
        held = smoothstep(-0.4, 0.4, 0.55 * self.tooth[rows, columns] + 2.2 * (left / load - dry))
        np.maximum.at(
            self.ink, (rows, columns), (left * held * min(1, width * unit)).astype(np.float32)
        )

    def shown(self) -> Picture:
        """Return the dry scroll."""
        fibre = 0.5 * noise(self.shape, (0.05, 0.003), self.rng)
        fibre = fibre + 0.5 * noise(self.shape, (0.003, 0.04), self.rng)
        cloud = fractal(self.shape, 0.4, 4, self.rng)
        paper = PAPER * (1 + 0.018 * fibre + 0.03 * cloud + 0.014 * self.tooth)[..., None]
        stained = self.ink[..., None] * -np.log(INK) + self.warm[..., None] * -np.log(WARM)
        shown: Picture = paper * np.exp(-stained - self.red[..., None] * -np.log(SEAL))
        return shown


def paint(size: Size) -> Image.Image:
    """Paint from far to near, then the pines, the birds and the seal."""
    rng = np.random.default_rng(SEED)
    scroll = Scroll(oversampled(size, 1.5), rng)
    _sky(scroll)
    for number, (level, height, strength) in enumerate(RANGES):
        ridge = _range(scroll, level, height, strength)
        _rocks(scroll, ridge, number, strength)
        if number:
            _grove(scroll, ridge, number)
    _pine(scroll, np.array([0.06, 0.98]), 0.80, 0.30)
    _pine(scroll, np.array([1.28, 1.02]), 0.62, -0.34)
    _birds(scroll)
    _seal(scroll)
    return finished(scroll.shown(), size)


def _sky(scroll: Scroll) -> None:
    """Wash the sky in bands of cloud around a red sun."""
    drift = noise(scroll.shape, (0.5, 0.06), scroll.rng) + 0.6 * fractal(
        scroll.shape, 0.2, 5, scroll.rng
    )
    pool = smoothstep(-0.4, 1.6, drift) * smoothstep(0.65, 0.1, scroll.y)
    edge = np.exp(-(((drift - 0.55) / 0.05) ** 2)) * smoothstep(0.5, 0.2, scroll.y)
    scroll.ink += 0.34 * pool + 0.05 * edge
    scroll.warm += 0.16 * smoothstep(0.2, 1.4, fractal(scroll.shape, 0.5, 3, scroll.rng))
    sun = np.hypot(scroll.x - 1.10, scroll.y - 0.135) + 0.0015 * scroll.tooth
    scroll.red += 0.95 * smoothstep(0.078, 0.075, sun) * (0.9 + 0.12 * scroll.tooth - 0.3 * pool)


def _range(scroll: Scroll, level: float, height: float, strength: float) -> Field:
    """Wash one range: dark along its ridge, fading down into mist; return its ridge."""
    rng, shape = scroll.rng, scroll.shape
    t = scroll.x[:1]
    ridge = level - height * np.abs(np.sin(t * rng.uniform(3.4, 4.8) + rng.uniform(0, 6))) ** 1.3
    for octave in range(1, 7):
        wave = noise((4, shape[1]), (0.30 / 2**octave * shape[0] / 4, 9), rng)[:1]
        ridge = ridge + 0.55 * height * 0.52**octave * wave
    below = scroll.y - ridge
    mist = smoothstep(0.30, 0.0, below + 0.05 * fractal(shape, 0.25, 4, rng))
    body = smoothstep(0.0, 0.004, below)
    scroll.ink *= 1 - 0.94 * body
    scroll.red *= 1 - 0.97 * body
    pools = 1 + 0.25 * fractal(shape, 0.12, 4, rng)
    scroll.ink += body * strength * pools * (0.10 + 0.62 * mist**1.5) * (1 + 0.14 * scroll.tooth)
    scroll.ink += 0.5 * strength * body * np.exp(-((below / 0.012) ** 2))
    scroll.warm += body * 0.20 * strength * mist * (1 + 0.5 * fractal(shape, 0.2, 3, rng))
    return np.asarray(ridge[0])


def _rocks(scroll: Scroll, ridge: Field, number: int, strength: float) -> None:
    """Drag a dry brush down the slopes, as axe cuts."""
    rng, unit = scroll.rng, scroll.shape[0]
    slope = np.gradient(ridge) * unit
    for _ in range(170 + 110 * number):
        column = int(rng.integers(0, scroll.shape[1]))
        lean = float(np.clip(slope[column], -1.5, 1.5)) * 0.5 + rng.normal(0, 0.25)
        fall = abs(rng.normal(0, 0.07)) + 0.002
        start = np.array([column / unit, ridge[column] + fall])
        length = rng.uniform(0.02, 0.075) * (0.6 + 0.3 * number)
        t = np.linspace(0, 1, 6)[:, None]
        path = start + t * np.array([np.sign(lean) * 0.5 * abs(lean) + 0.1 * lean, 1.0]) * length
        path = path + rng.normal(0, 0.0022, path.shape)
        fade = np.exp(-fall / 0.14)
        scroll.brush(
            path, rng.uniform(0.003, 0.012), 1.5 * strength * fade + 0.05, rng.uniform(0.65, 1.05)
        )


def _grove(scroll: Scroll, ridge: Field, number: int) -> None:
    """Dot trees along a ridge with the tip of the brush."""
    rng, unit = scroll.rng, scroll.shape[0]
    for _ in range(34):
        column = int(rng.integers(0, scroll.shape[1]))
        root = np.array([column / unit, ridge[column] + 0.004])
        tall = rng.uniform(0.012, 0.034) * (0.5 + 0.35 * number)
        scroll.brush(root + np.array([[0, 0], [0.1 * tall, -tall]]), 0.0022, 1.1, 0.3)
        for share in np.linspace(0.25, 1, 6):
            reach = tall * 0.42 * (1.15 - share)
            bough = np.array([[-reach, 0.1 * tall], [0, 0], [reach, 0.1 * tall]])
            scroll.brush(
                root + bough - np.array([0, share * tall]), 0.0035 + 0.05 * tall, 0.9, 0.55
            )


def _pine(scroll: Scroll, root: Points, tall: float, lean: float) -> None:
    """Paint an old pine: a crooked trunk, branches, and fans of needles."""
    rng = scroll.rng
    t = np.linspace(0, 1, 16)
    sway = lean * t**1.3 + 0.028 * np.sin(7 * t) * np.sign(lean)
    trunk = root + np.stack([sway, -tall * t], axis=-1)
    for offset in (-0.011, 0.0, 0.011):
        aside = np.stack([offset * (1 - t), 0 * t], axis=-1)
        scroll.brush(trunk + aside, 0.016, 1.3, 0.80)
    for place in range(5, 16):
        for side in (-1, 1):
            reach = rng.uniform(0.06, 0.19) * (1.25 - t[place])
            s = np.linspace(0, 1, 8)
            bough = trunk[place] + np.stack(
                [side * reach * s, -0.25 * reach * s + 0.35 * reach * s**2], axis=-1
            )
            scroll.brush(bough, 0.008, 1.8, 0.5)
            for tip in bough[2:]:
                _needles(scroll, tip + rng.normal(0, 0.008, 2))


def _needles(scroll: Scroll, tip: Points) -> None:
    """Paint a fan of needles."""
    rng = scroll.rng
    for angle in np.linspace(-0.1, np.pi + 0.1, 13):
        length = rng.uniform(0.014, 0.027)
        end = np.array([np.cos(angle), -0.75 * np.sin(angle)]) * length
        scroll.brush(
            np.stack([tip, tip + 0.6 * end, tip + end]), 0.0024, rng.uniform(1.0, 2.2), 0.25
        )


def _birds(scroll: Scroll) -> None:
    """Paint a few birds with two touches each."""
    for x, y, span in (
        (0.60, 0.16, 0.016),
        (0.64, 0.14, 0.013),
        (0.56, 0.13, 0.012),
        (0.69, 0.17, 0.011),
    ):
        wing = np.array([[-span, -0.3 * span], [-0.4 * span, -0.5 * span], [0, 0]])
        for side in (1, -1):
            scroll.brush(np.array([x, y]) + wing * np.array([side, 1]), 0.004, 1.8, 0.2)


def _seal(scroll: Scroll) -> None:
    """Press a red seal, with two characters' worth of strokes left white."""
    x, y = (scroll.x - 0.045) / 0.05, (scroll.y - 0.045) / 0.075
    inside = (x > 0) & (x < 1) & (y > 0) & (y < 1)
    frame = np.minimum(np.minimum(x, 1 - x), np.minimum(y, 1 - y)) < 0.08
    lines = (np.abs((x * 3) % 1 - 0.5) < 0.17) | (
        np.abs((y * 5 + 0.4 * np.round(x * 2)) % 1 - 0.5) < 0.16
    )
    worn = smoothstep(-1.6, -0.6, scroll.tooth)
    scroll.ink *= np.where(inside, 0.4, 1)
    scroll.red += 1.1 * inside * (frame | lines) * worn
