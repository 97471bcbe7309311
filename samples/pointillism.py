"""A harbour at sunset in dots of unmixed colour: sails, a pine, and their light on the water."""

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
    raking_light,
    ramp,
    smoothstep,
)
from samples.strokes import Points, picked, scattered

SEED = 1886

SKY = palette("3a4fa8 6a7fd0 a88fd0 f0a0b0 fbb56a fde08a fff2b0")
WATER = palette("fbd98a f2a07a b07fb8 4f7fc8 2a5aa8 1f3f80")
HILLS = palette("4a3f98 7a5fb0 3f7f9a")
SHORE = palette("f0c070 c88a4a 6a8a3a 2f5f4a 3a2f60")
PINE = palette("16304a 1f5a3a 3f7a2a a0a03a")
TRUNK = palette("4a1f3a 8a3f2a d8803a")
SAILS = palette("fff0c8 f7803a e0402f b82f6a")
SUN_X, HORIZON = 0.80, 0.55


class Sail(NamedTuple):
    """A boat's sail; lengths are in picture heights."""

    x: float
    foot: float
    height: float
    colour: int


BOATS = (
    Sail(0.66, 0.565, 0.09, 1),
    Sail(1.13, 0.585, 0.15, 0),
    Sail(0.95, 0.660, 0.31, 2),
    Sail(0.52, 0.600, 0.13, 3),
    Sail(1.22, 0.640, 0.19, 1),
)
LAYERS = ((0.0150, 0.0105), (0.0105, 0.0074), (0.0090, 0.0060))
"""Spacing and radius of the dots, in picture heights."""


def paint(size: Size) -> Image.Image:
    """Dot the whole canvas three times, each time with smaller dots over the larger ones."""
    rng = np.random.default_rng(SEED)
    shape = oversampled(size, 1.5)
    guide = _scene(shape, rng)
    hand = rng.spawn(1)[0]
    colour, relief = guide * 0.55 + palette("d8c8b0")[0] * 0.35, np.zeros(shape, dtype=np.float32)
    for spacing, radius in LAYERS:
        _dot(colour, relief, guide, (spacing, radius), hand)
    light = raking_light(relief, 1.5 * shape[0] / 1080)[..., None]
    return finished(colour * (1 + 0.20 * light) + 0.03 * np.clip(light, 0, 1), size)


def _scene(shape: Shape, rng: np.random.Generator) -> Picture:
    """Return what the dots show, in broad areas of colour."""
    x, y = coordinates(shape)
    scene = _sky(x, y, rng)
    scene = _hills(scene, x, y)
    water = _water(x, y, rng)
    scene = np.where((y > HORIZON)[..., None], water, scene)
    for boat in BOATS:
        scene = _boat(scene, boat, x, y)
    return _pine(_shore(scene, x, y, rng), x, y, rng)


def _sky(x: Field, y: Field, rng: np.random.Generator) -> Picture:
    """Return rings of light around the sun, and banks of cloud."""
    shape: Shape = (x.shape[0], x.shape[1])
    away = np.hypot((x - SUN_X) / 1.25, y - HORIZON + 0.06)
    cloud = noise(shape, (0.34, 0.07), rng) + 0.5 * noise(shape, (0.12, 0.04), rng)
    sky = ramp(1.06 - 1.45 * away + 0.03 * cloud, SKY)
    lit = ramp(1.15 - 1.1 * away, palette("8a6fc0 e87f9a ffb07a fff0c0"))
    sky = mix(sky, lit, 0.8 * smoothstep(0.5, 1.0, cloud) * (y < HORIZON - 0.05))
    return mix(sky, palette("fffbe0")[0], smoothstep(0.062, 0.050, away))


def _hills(scene: Picture, x: Field, y: Field) -> Picture:
    for number, (level, swell) in enumerate(((0.46, 0.040), (0.50, 0.025))):
        ridge = level + swell * np.sin(5.2 * x + 1.3 + 2 * number) + 0.012 * np.sin(14 * x)
        near = ramp(np.clip((y - ridge) / 0.10, 0, 1), HILLS[[number, 1 + number]])
        warm = mix(near, SKY[4], 0.5 * np.exp(-(((x - SUN_X) / 0.28) ** 2)))
        scene = np.where((y > ridge)[..., None], warm, scene)
    return scene


def _water(x: Field, y: Field, rng: np.random.Generator) -> Picture:
    """Return water that darkens towards the viewer, with the sun's column of light."""
    shape: Shape = (x.shape[0], x.shape[1])
    near = np.clip((y - HORIZON) / (1 - HORIZON), 0, 1)
    ripple = noise(shape, (0.14, 0.016), rng) + 0.6 * noise(shape, (0.05, 0.010), rng)
    water = ramp(0.12 + 0.85 * near + 0.12 * ripple, WATER)
    column = np.exp(-(((x - SUN_X) / (0.05 + 0.22 * near)) ** 2))
    gleam = smoothstep(-0.3, 0.9, ripple + 1.2 * column - 0.4) * column
    return mix(water, palette("fff0b0")[0], gleam)


def _boat(scene: Picture, boat: Sail, x: Field, y: Field) -> Picture:
    """Put a boat with two sails into the scene, and its reflection."""
    up = (boat.foot - y) / boat.height
    aside = (x - boat.x) / boat.height
    colours = np.stack([SAILS[boat.colour], SAILS[0] * 0.75 + SAILS[boat.colour] * 0.25])
    shaded = ramp(np.clip(0.5 + 1.5 * aside, 0, 1), colours)
    for sign, strength in ((1, 1.0), (-0.8, 0.55)):
        height = sign * up
        main = (aside < 0.02) & (aside > -0.44 * (1 - height)) & (height > 0.08) & (height < 1)
        jib = (aside > 0.05) & (aside < 0.36 * (1 - 1.15 * height)) & (height > 0.10)
        hull = (np.abs(aside) < 0.34 + 1.2 * height) & (np.abs(height) < 0.055)
        scene = mix(scene, shaded, strength * (main | jib))
        scene = mix(scene, palette("2a1f50")[0], strength * hull)
    return scene


def _shore(scene: Picture, x: Field, y: Field, rng: np.random.Generator) -> Picture:
    """Put a bank with grass and shadows in the lower left."""
    shape: Shape = (x.shape[0], x.shape[1])
    bank = y - (0.74 + 0.42 * x**1.5 + 0.02 * np.sin(16 * x))
    mottled = fractal(shape, 0.10, 3, rng)
    colour = ramp(np.clip(1.8 * bank + 0.20 * mottled + 0.25, 0, 1), SHORE)
    return np.where((bank > 0)[..., None], colour, scene)


def _pine(scene: Picture, x: Field, y: Field, rng: np.random.Generator) -> Picture:
    """Put a leaning pine in front, whose crown is a few flat clouds of needles."""
    shape: Shape = (x.shape[0], x.shape[1])
    middle = 0.20 + 0.10 * np.sin(2.6 * (0.9 - y))
    trunk = (np.abs(x - middle) < 0.012 + 0.014 * y) & (y > 0.2) & (y < 0.90)
    bark = ramp(np.clip(0.5 + (x - middle) / 0.04, 0, 1), TRUNK)
    scene = np.where(trunk[..., None], bark, scene)
    rough = 0.022 * fractal(shape, 0.06, 3, rng)
    for cx, cy, across in (
        (0.12, 0.30, 0.20),
        (0.38, 0.22, 0.20),
        (0.22, 0.12, 0.24),
        (0.46, 0.33, 0.10),
    ):
        away = np.hypot((x - cx) / across, (y - cy) / (0.34 * across)) + rough / 0.07
        lit = 0.55 - 1.3 * (y - cy) / across + 0.5 * (x - cx) / across + 2 * rough
        scene = np.where((away < 1)[..., None], ramp(np.clip(lit, 0, 1), PINE), scene)
    return scene


def _dot(
    colour: Picture,
    relief: Field,
    guide: Picture,
    dots: tuple[float, float],
    hand: np.random.Generator,
) -> None:
    """Cover the canvas with dots; where dots overlap, the later one is on top."""
    shape: Shape = (relief.shape[0], relief.shape[1])
    spacing, radius = dots
    middles = scattered(shape, spacing, hand)
    shades = _divided(picked(guide, middles), hand)
    reach = radius * shape[0] * hand.uniform(0.75, 1.2, len(middles))
    owner = np.full(shape, -1)
    rows, columns = middles[:, 1].astype(np.intp), middles[:, 0].astype(np.intp)
    widest = int(reach.max()) + 1
    for down in range(-widest, widest + 1):
        for across in range(-widest, widest + 1):
            dy, dx = rows + down + 0.5 - middles[:, 1], columns + across + 0.5 - middles[:, 0]
            here = np.flatnonzero(
                (np.hypot(dx, dy) < reach)
                & (rows + down >= 0)
                & (rows + down < shape[0])
                & (columns + across >= 0)
                & (columns + across < shape[1])
            )
            np.maximum.at(owner, (rows[here] + down, columns[here] + across), here)
    on = owner >= 0
    colour[on] = shades[owner[on]]
    y, x = np.nonzero(on)
    away = np.hypot(x + 0.5 - middles[owner[on], 0], y + 0.5 - middles[owner[on], 1])
    relief[on] = 3.5 * np.sqrt(np.clip(1 - (away / reach[owner[on]]) ** 2, 0, 1)) + 0.6


def _divided(colours: Points, hand: np.random.Generator) -> Points:
    """Divide colours: each dot is purer than what it shows, and some are the complement."""
    grey = colours.mean(axis=1, keepdims=True)
    pure = np.clip(grey + 1.35 * (colours - grey), 0, 1)
    shifted = pure + hand.normal(0, 0.085, pure.shape)
    lighter = np.clip(shifted * hand.normal(1.02, 0.10, (len(pure), 1)), 0, 1)
    opposite = np.clip(2 * grey - 0.9 * (colours - grey) - grey + 0.08, 0, 1)
    swapped = hand.random((len(pure), 1)) < 0.08
    divided: Points = np.where(swapped, opposite, lighter).astype(np.float32)
    return divided
