"""Marbled paper: drops of colour on water, drawn with combs, then lifted onto paper."""

from collections.abc import Sequence
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
    smoothstep,
)

SEED = 1650

COLOURS = palette("101c38 f2e6cc 17497f d9472b 101c38 1f7f80 f2e6cc e6a03a 17497f a8c4c0")
DROPS = 330


class Drop(NamedTuple):
    """Colour dropped on the bath; it pushes aside what lies there. Lengths in picture heights."""

    x: float
    y: float
    radius: float


class Comb(NamedTuple):
    """Teeth `spacing` apart, drawn along `heading` (radians), pulling the colour by `pull`."""

    heading: float
    spacing: float
    pull: float
    sharpness: float
    aside: float = 0.0


class Swirl(NamedTuple):
    """A stylus turned in a circle: colour at `reach` from the middle moves by `turn` radians."""

    x: float
    y: float
    reach: float
    turn: float


COMBS = (
    Comb(np.pi / 2, 0.300, 0.22, 0.110),
    Comb(-np.pi / 2, 0.300, 0.22, 0.110, aside=0.150),
    Comb(0.0, 0.200, 0.09, 0.060),
)
SWIRLS = (
    Swirl(0.33, 0.30, 0.27, 2.9),
    Swirl(1.00, 0.33, 0.28, -2.7),
    Swirl(0.66, 0.74, 0.26, 2.9),
    Swirl(0.10, 0.80, 0.20, -2.3),
    Swirl(1.24, 0.83, 0.20, 2.3),
)


def paint(size: Size) -> Image.Image:
    """Follow every point of the paper back to the drop that its colour came from."""
    rng = np.random.default_rng(SEED)
    shape = oversampled(size, 1.5)
    x, y = coordinates(shape)
    x = x + 0.004 * noise(shape, (0.07, 0.07), rng)
    y = y + 0.004 * noise(shape, (0.07, 0.07), rng)
    for swirl in reversed(SWIRLS):
        x, y = _before_swirl(swirl, x, y)
    for comb in reversed(COMBS):
        x, y = _before_comb(comb, x, y)
    return finished(_lifted(_coloured(_drops(rng), x, y), rng), size)


def _before_swirl(swirl: Swirl, x: Field, y: Field) -> tuple[Field, Field]:
    """Return where points were before a swirl."""
    dx, dy = x - swirl.x, y - swirl.y
    turn = -swirl.turn * np.exp(-((np.hypot(dx, dy) / swirl.reach) ** 2) * 2.2)
    cos, sin = np.cos(turn), np.sin(turn)
    return swirl.x + cos * dx - sin * dy, swirl.y + sin * dx + cos * dy


def _before_comb(comb: Comb, x: Field, y: Field) -> tuple[Field, Field]:
    """Return where points were before a comb was drawn; between two teeth, colour hardly moves."""
    cos, sin = np.cos(comb.heading), np.sin(comb.heading)
    across = y * cos - x * sin
    away = np.abs(((across + comb.aside) / comb.spacing) % 1 - 0.5) * comb.spacing
    moved = comb.pull * np.exp(-away / comb.sharpness)
    return x - moved * cos, y - moved * sin


def _drops(rng: np.random.Generator) -> list[Drop]:
    """Return the drops in order, the first ones larger."""
    places = rng.uniform((-0.25, -0.25), (1.60, 1.25), (DROPS, 2))
    sizes = rng.uniform(0.035, 0.095, DROPS) * np.linspace(1.1, 0.9, DROPS)
    return [Drop(x, y, r) for (x, y), r in zip(places.tolist(), sizes.tolist(), strict=True)]


def _coloured(drops: Sequence[Drop], x: Field, y: Field) -> Picture:
    """Undo drops from the last to the first; a point within a drop has its colour."""
    shape = x.shape
    px, py = x.ravel().astype(np.float32), y.ravel().astype(np.float32)
    colours = np.tile(COLOURS[0], (px.size, 1))
    rim = np.zeros(px.size, dtype=np.float32)
    open_points = np.arange(px.size)
    for number, drop in reversed(list(enumerate(drops))):
        dx, dy = px - drop.x, py - drop.y
        nearness = drop.radius**2 / (dx**2 + dy**2 + np.float32(1e-9))
        inside = nearness >= 1
        here = open_points[inside]
        colours[here] = COLOURS[number % len(COLOURS)]
        rim[here] = 1 / nearness[inside]
        keep = ~inside
        shrink = np.sqrt(1 - nearness[keep])
        px, py = drop.x + dx[keep] * shrink, drop.y + dy[keep] * shrink
        open_points = open_points[keep]
    # pigment gathers at a drop's rim
    depth = (1.06 - 0.20 * smoothstep(0.55, 1.0, rim))[:, None]
    coloured: Picture = (colours * depth).reshape(*shape, 3)
    return coloured


def _lifted(colour: Picture, rng: np.random.Generator) -> Picture:
    """Add what the paper does: grains of pigment, and fibres."""
    shape: Shape = (colour.shape[0], colour.shape[1])
    grain = noise(shape, (0.0022, 0.0022), rng) + 0.7 * noise(shape, (0.006, 0.006), rng)
    cloud = fractal(shape, 0.08, 3, rng)
    shown = colour * (1 + 0.03 * grain + 0.055 * cloud)[..., None]
    fibre = noise(shape, (0.020, 0.0025), rng)
    lifted: Picture = shown + 0.012 * fibre[..., None]
    return lifted
