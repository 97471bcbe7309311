"""An autumn avenue after rain: slabs of paint from a palette knife, mirrored in the wet path."""

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
    mix,
    noise,
    oversampled,
    palette,
    ramp,
    smoothstep,
)
from samples.strokes import Canvas, Points, Tool, picked

SEED = 1955

VANISH_X, HORIZON = 0.66, 0.58

GLOW = palette("fffbe2 ffeea0 ffd54a ffb020 f97f1a e8501c c02a24 84203f 4a2458 26305e 16324e")
LEAVES = palette("fff0a0 ffd23a ffa81e ff7a18 ec4a1a c8221f 8f1a34 5a1f4f")
SKY = palette("86d2da")[0]
WET = palette("1f2f6a 2f5aa8 6f4a9a 7fb8d8")
BARK = palette("1a1220 33203a 5a2f2a")
BARK_LIT = palette("ffa640 e06a2a 8a4a3a")
UMBRELLA = palette("b8142a e8262f ff6a4a")
COATS = palette("1c1c3a 156a7a")

BROAD_SLAB = Tool(0.10, 0.050, ragged=0.25, streak=0.04, taper=0.0)
SLAB = Tool(0.055, 0.026, ragged=0.25, streak=0.045, taper=0.0, load=1.1)
LEAF = Tool(0.026, 0.0135, ragged=0.3, streak=0.05, taper=0.2, load=1.6)
FLECK = Tool(0.016, 0.0085, ragged=0.3, streak=0.05, taper=0.3, load=1.8)
PUDDLE = Tool(0.075, 0.014, ragged=0.3, streak=0.05, taper=0.1, load=1.2)
LEG = Tool(0, 0.0085, ragged=0.1, taper=0.2)
FOLD = Tool(0, 0.016, ragged=0.2, streak=0.1, taper=0.3)


class Tree(NamedTuple):
    """A trunk beside the path; lengths are in picture heights."""

    x: float
    foot: float
    breadth: float


TREES = (
    Tree(0.535, 0.625, 0.008),
    Tree(0.785, 0.628, 0.008),
    Tree(0.480, 0.655, 0.012),
    Tree(0.850, 0.660, 0.012),
    Tree(0.390, 0.705, 0.018),
    Tree(0.945, 0.715, 0.019),
    Tree(0.240, 0.790, 0.028),
    Tree(1.080, 0.800, 0.030),
    Tree(0.050, 0.930, 0.046),
    Tree(1.235, 0.950, 0.048),
)
"""From far to near, so that near trunks cover far ones."""


def paint(size: Size) -> Image.Image:
    """Paint the light, the trees and their leaves, then their reflection in the path."""
    rng = np.random.default_rng(SEED)
    shape = oversampled(size, 1.75)
    light = _light(shape, rng)
    canvas = Canvas(light.copy(), rng)
    _backdrop(canvas, light)
    for tree in TREES:
        _tree(canvas, tree)
    _foliage(canvas)
    _path(canvas)
    _feet(canvas)
    _walkers(canvas)
    return finished(canvas.lit(1.4), size)


def _depth(shape: Shape, rng: np.random.Generator) -> Field:
    """Return how dark each place is: 0 at the end of the avenue, 1 in the corners."""
    x, y = coordinates(shape)
    away = np.hypot((x - VANISH_X) / 1.05, (y - HORIZON + 0.05) / 0.95)
    depth: Field = 1.25 * away + 0.075 * fractal(shape, 0.16, 3, rng)
    return depth


def _light(shape: Shape, rng: np.random.Generator) -> Picture:
    """Return the background light: bright at the avenue's end, then orange, violet and sky."""
    light = ramp(_depth(shape, rng), GLOW)
    x, y = coordinates(shape)
    gaps = smoothstep(0.5, 1.1, noise(shape, (0.17, 0.12), rng)) * (y < 0.45)
    return mix(light, SKY, 0.75 * gaps * smoothstep(0.1, 0.3, np.abs(x - VANISH_X)))


def _backdrop(canvas: Canvas, light: Picture) -> None:
    """Paint broad slabs that point away from the light."""
    x, y = coordinates(canvas.shape)
    fan = np.arctan2(y - HORIZON, x - VANISH_X)
    fan = fan + 0.5 * noise(canvas.shape, (0.08, 0.08), canvas.rng)
    canvas.cover(canvas.sown(0.026), BROAD_SLAB, fan, light, 0.10)
    canvas.cover(canvas.sown(0.019), SLAB, fan, light, 0.13)


def _tree(canvas: Canvas, tree: Tree) -> None:
    """Paint a trunk, and branches on both sides of its upper half."""
    rng, spine = canvas.rng, _spine(tree)
    inward = np.sign(VANISH_X - tree.x)
    _limb(canvas, spine, tree.breadth, inward)
    t = np.linspace(0, 1, 12)
    for _ in range(10):
        start = spine[rng.integers(10, 24)]
        side = rng.uniform(0.3, 1.0) * (inward if rng.random() < 0.6 else -inward)
        reach = tree.breadth * rng.uniform(2.5, 6)
        lift = np.stack([side * reach * t**0.8, -reach * t**1.5], axis=-1)
        _limb(canvas, start + lift, tree.breadth * rng.uniform(0.12, 0.28), inward)


def _spine(tree: Tree) -> Field:
    """Return a trunk's line from its foot upwards, leaning over the path."""
    t = np.linspace(0, 1, 24)
    rise = tree.foot - (HORIZON - 9.5 * tree.breadth - 0.12)
    lean = 1.6 * np.sign(VANISH_X - tree.x) * t**2
    sway = tree.breadth * (0.8 * np.sin(4 * t + 40 * tree.x) * t + lean)
    return np.stack([tree.x + sway, tree.foot - rise * t], axis=-1).astype(np.float32)


def _feet(canvas: Canvas) -> None:
    """Paint each trunk's foot again over the ground, and leaves in front of it."""
    for tree in TREES:
        spine = _spine(tree)
        _limb(canvas, spine[spine[:, 1] > HORIZON - 0.03], tree.breadth, np.sign(VANISH_X - tree.x))
    x, y = coordinates(canvas.shape)
    beside = smoothstep(-0.01, 0.06, np.abs(x - VANISH_X) - 1.22 * (y - HORIZON))
    hanging = np.exp(-(((y - HORIZON + 0.02) / 0.06) ** 2))
    colours = ramp(0.15 + 0.75 * _depth(canvas.shape, canvas.rng), LEAVES)
    tumble = (np.pi * noise(canvas.shape, (0.012, 0.012), canvas.rng)).astype(np.float32)
    presence = 0.10 * (y > HORIZON) + 0.8 * hanging * smoothstep(0.1, 0.3, np.abs(x - VANISH_X))
    canvas.cover(canvas.sown(0.0105, presence * beside), LEAF, tumble, colours, 0.16)


def _limb(canvas: Canvas, spine: Field, breadth: float, inward: float) -> None:
    """Paint strokes of bark side by side, dark ones and a lit one towards the light."""
    rng = canvas.rng
    for place in (-0.36, 0.0, 0.36):
        lit = place * inward > 0
        colours = BARK_LIT if lit else BARK
        colour = colours[rng.integers(len(colours))] * rng.uniform(0.8, 1.1)
        tool = Tool(0, breadth * (0.30 if lit else 0.62), ragged=0.3, streak=0.12, taper=0.35)
        _drag(canvas, spine + np.array([place * breadth, 0]), tool, colour)


def _drag(canvas: Canvas, path: Field, tool: Tool, colour: Picture) -> None:
    """Paint one stroke along a path that is given in picture heights."""
    pixels = (path * canvas.shape[0]).astype(np.float32)
    canvas.stroke(pixels, tool, np.clip(colour, 0, 1).astype(np.float32))


def _foliage(canvas: Canvas) -> None:
    """Paint clumps of leaves in all directions, brighter towards the light."""
    rng, shape = canvas.rng, canvas.shape
    x, y = coordinates(shape)
    depth = _depth(shape, rng)
    clumps = 0.55 * noise(shape, (0.16, 0.12), rng) + 0.35 * noise(shape, (0.05, 0.05), rng)
    colours = ramp(0.95 * depth - 0.12 * clumps + 0.15 * noise(shape, (0.09, 0.09), rng), LEAVES)
    crown = smoothstep(0.70, 0.30, y - 0.35 * np.abs(x - VANISH_X))
    presence = crown * smoothstep(-0.65, 0.4, clumps) * smoothstep(0.06, 0.42, depth)
    tumble = (np.pi * noise(shape, (0.012, 0.012), rng)).astype(np.float32)
    for tool, spacing, lift in ((LEAF, 0.0115, 1.0), (FLECK, 0.0105, 1.18)):
        canvas.cover(canvas.sown(spacing, presence / lift**2), tool, tumble, colours * lift, 0.16)


def _path(canvas: Canvas) -> None:
    """Paint the wet path with its reflections, between banks of fallen leaves."""
    rng, shape = canvas.rng, canvas.shape
    x, y = coordinates(shape)
    below = (y > HORIZON + 0.03 + 0.02 * noise(shape, (0.1, 0.1), rng)).astype(np.float32)
    breadth = 1.22 * (y - HORIZON) + 0.03 * noise(shape, (0.12, 0.05), rng)
    wet = smoothstep(0.02, -0.02, np.abs(x - VANISH_X) - breadth)
    litter = ramp(0.20 + 0.7 * _depth(shape, rng) + 0.17 * noise(shape, (0.05, 0.03), rng), LEAVES)
    ground = mix(litter * 0.8, _mirrored(canvas, rng), wet)
    flat = 0.10 * noise(shape, (0.1, 0.04), rng)
    canvas.cover(canvas.sown(0.012, below), SLAB, flat + wet * np.pi / 2, ground, 0.16)
    canvas.cover(canvas.sown(0.0115, below * (1 - 0.35 * wet)), PUDDLE, flat, ground, 0.16)
    tumble = (np.pi * noise(shape, (0.012, 0.012), rng)).astype(np.float32)
    banks = canvas.sown(0.011, below * (0.75 - 0.62 * wet))
    canvas.cover(banks, FLECK, tumble, litter * 1.12, 0.16)


def _mirrored(canvas: Canvas, rng: np.random.Generator) -> Picture:
    """Return the upper picture upside down, bluer towards the viewer, with highlights."""
    x, y = coordinates(canvas.shape)
    source = HORIZON + 0.03 - 1.25 * (y - HORIZON - 0.03)
    shake = 0.012 * noise(canvas.shape, (0.05, 0.012), rng)
    points = np.stack([x + shake, source], axis=-1).reshape(-1, 2) * canvas.shape[0]
    image = picked(canvas.colour, points).reshape(canvas.colour.shape)
    ripple = noise(canvas.shape, (0.16, 0.022), rng)
    nearness = y - HORIZON
    blue = ramp(0.5 + 0.4 * ripple, WET)
    image = mix(image**1.25, blue, smoothstep(0.55, 0.9, ripple + nearness))
    column = np.exp(-(((x - VANISH_X) / (0.07 + 0.16 * nearness)) ** 2))
    gleam = ramp(0.12 + 0.5 * nearness - 0.06 * ripple, GLOW)
    return mix(image, gleam, column * smoothstep(-0.5, 0.4, ripple))


def _walkers(canvas: Canvas) -> None:
    """Paint two people under a red umbrella, and their reflection."""
    ground = np.array([0.585, 0.775])
    for up, strength in ((0.9, 0.7), (-1.0, 1.0)):
        upright = np.array([1, up])
        for side, coat in zip((-1, 1), COATS, strict=True):
            body = np.array([[0.019 * side, 0.0], [0.012 * side, 0.05], [0.010 * side, 0.11]])
            for leg in (-0.007, 0.006):
                _drag(
                    canvas,
                    ground + (body[:2] + np.array([leg, 0])) * upright,
                    LEG,
                    COATS[0] * strength,
                )
            for fold in (-0.006, 0.006, 0):
                hem = ground + (body + np.array([-fold, 0.028])) * upright
                _drag(canvas, hem, FOLD, coat * strength * (1 - 40 * fold * strength))
        _umbrella(canvas, ground + np.array([0, 0.125]) * upright, up, strength)


def _umbrella(canvas: Canvas, rim: Points, up: float, strength: float) -> None:
    """Paint panels from the tip to the rim, the outer ones first."""
    fall = np.linspace(0, np.pi / 2, 10)
    for panel, place in enumerate((-1.0, 1.0, -0.62, 0.62, -0.22, 0.22)):
        dome = np.stack([0.060 * place * np.sin(fall), 0.050 * up * np.cos(fall)], axis=-1)
        tool = Tool(0, 0.026, ragged=0.15, streak=0.08, taper=0.5)
        _drag(canvas, rim + dome, tool, UMBRELLA[panel % 3] * strength)
