"""A night sky in oils: thousands of strokes follow a flow around a moon and stars."""

from typing import NamedTuple

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
    mix,
    noise,
    oversampled,
    palette,
    ramp,
    smoothstep,
)
from samples.strokes import Canvas, Tool

SEED = 1889

SKY = palette("0a1440 122a78 1b46a6 2f6fc4 123f8e 4f9ad2 a9d3d6 2c62b4 0f2160")
LIGHT = palette("fff9d8 ffef9a ffdc55 f9b52a eeb93a d8d487 93bfa6 5a9cc4")
HILLS = palette("0b1d3a 12345c 1d5a6a 2f6f4f 1a3f52")
FIELD = palette("6b4a12 b07a1a e0a92c f2c94c c98a1e 8a5a14")
CYPRESS = palette("07120f 0f2a22 1d4426 3f5a1e 7a6a1c")


class Disc(NamedTuple):
    """A light in the sky; lengths are in picture heights."""

    x: float
    y: float
    radius: float


MOON = Disc(1.04, 0.21, 0.068)
LIGHTS = (
    MOON,
    Disc(0.42, 0.13, 0.030),
    Disc(0.70, 0.09, 0.022),
    Disc(0.80, 0.47, 0.030),
    Disc(0.10, 0.10, 0.026),
    Disc(0.36, 0.50, 0.036),
    Disc(1.20, 0.50, 0.024),
    Disc(0.10, 0.40, 0.020),
)
EDDIES = (Disc(0.62, 0.30, 0.17), Disc(0.87, 0.36, -0.10))
"""Eddies of the wind; a negative radius turns the other way."""

LAYERS = (
    (0.022, Tool(0.20, 0.034, streak=0.05)),
    (0.014, Tool(0.15, 0.020)),
    (0.0122, Tool(0.10, 0.0130, load=1.2)),
)
ACCENTS = Tool(0.075, 0.010, load=1.5)


class Plan(NamedTuple):
    """What the strokes show at every pixel."""

    heading: Field
    colour: Picture
    glow: Field
    """How many of the last, thickest strokes gather here (0 to 1)."""


def paint(size: Size) -> Image.Image:
    """Paint large strokes first, then smaller ones, then thick accents in bright places."""
    rng = np.random.default_rng(SEED)
    shape = oversampled(size, 1.75)
    plan = _with_tree(_with_land(_sky(shape, rng), rng), rng)
    canvas = Canvas(plan.colour * 0.6, rng)
    for spacing, tool in LAYERS:
        canvas.cover(canvas.sown(spacing), tool, plan.heading, plan.colour)
    brighter = np.clip(plan.colour * 1.12 + 0.02, 0, 1)
    canvas.cover(canvas.sown(0.014, plan.glow), ACCENTS, plan.heading, brighter)
    return finished(canvas.lit(1.5), size)


def _sky(shape: Shape, rng: np.random.Generator) -> Plan:
    """Plan bands of blue along the wind, and rings of light around the discs."""
    x, y = coordinates(shape)
    wind = _wind(shape, rng)
    bands = 0.5 + 0.5 * np.sin(24 * wind + 1.1 * noise(shape, (0.3, 0.3), rng))
    colour = ramp(0.9 * bands, SKY)
    glow = 0.25 * smoothstep(0.55, 0.9, bands) * (y < 0.75)
    flicker = noise(shape, (0.03, 0.03), rng)
    for light in LIGHTS:
        reach = np.hypot(x - light.x, y - light.y) / light.radius
        halo = ramp((reach + 0.3 * flicker) / 3.4, LIGHT)
        colour = mix(colour, halo, smoothstep(4.0, 1.5, reach + 0.7 * flicker))
        glow = np.maximum(glow, smoothstep(3.2, 1.0, reach))
    return Plan(_circling(wind), colour, glow)


def _wind(shape: Shape, rng: np.random.Generator) -> Field:
    """Return a stream function with eddies; the air moves along its level lines."""
    x, y = coordinates(shape)
    stream = 0.8 * y + 0.11 * noise(shape, (0.42, 0.34), rng)
    stream += 0.02 * noise(shape, (0.15, 0.15), rng)
    for eddy in EDDIES:
        near = np.exp(-((x - eddy.x) ** 2 + (y - eddy.y) ** 2) / eddy.radius**2)
        stream += 1.5 * eddy.radius * near
    return stream


def _circling(wind: Field) -> Field:
    """Return headings along the wind (the stream function's curl), in circles around lights."""
    x, y = coordinates((wind.shape[0], wind.shape[1]))
    down, right = np.gradient(wind, 1 / wind.shape[0])
    flow_x, flow_y = down, -right
    for light in LIGHTS:
        dx, dy = x - light.x, y - light.y
        distance = np.hypot(dx, dy) + 1e-6
        pull = smoothstep(4.2, 1.8, distance / light.radius)
        flow_x = flow_x * (1 - pull) - pull * dy / distance
        flow_y = flow_y * (1 - pull) + pull * dx / distance
    heading: Field = np.arctan2(flow_y, flow_x)
    return heading


def _with_land(plan: Plan, rng: np.random.Generator) -> Plan:
    """Add blue hills whose strokes follow the ridge, then a field in front of them."""
    shape = (plan.glow.shape[0], plan.glow.shape[1])
    x, y = coordinates(shape)
    land = y - (0.74 + 0.05 * np.sin(4.2 * x + 0.6) + 0.03 * np.sin(9 * x))
    mottled = fractal(shape, 0.2, 2, rng)
    hills = ramp(0.5 + 0.5 * np.sin(38 * land + 2 * mottled), HILLS)
    corn = ramp(0.5 + 0.28 * mottled + 0.25 * np.sin(70 * land), FIELD)
    crops = smoothstep(0.10, 0.12, land + 0.05 * np.sin(5 * x + 2))
    slope = np.gradient(land, 1 / shape[0], axis=1)
    return _over(plan, land > 0, np.arctan(-slope) + 0.25 * mottled, mix(hills, corn, crops))


def _with_tree(plan: Plan, rng: np.random.Generator) -> Plan:
    """Add a dark cypress in the shape of a flame."""
    shape = (plan.glow.shape[0], plan.glow.shape[1])
    x, y = coordinates(shape)
    lick = noise(shape, (0.05, 0.12), rng)
    aside = x - 0.235 - 0.012 * np.sin(14 * y)
    breadth = 0.085 * smoothstep(0.14, 0.95, y) ** 0.7 * (1 + 0.3 * lick)
    leaves = ramp(0.45 + 0.3 * noise(shape, (0.02, 0.1), rng), CYPRESS)
    inside = (np.abs(aside) < breadth) & (y > 0.18)
    return _over(plan, inside, -np.pi / 2 + 0.35 * lick + 1.5 * aside, leaves)


def _over(plan: Plan, where: NDArray[np.bool_], heading: Field, colour: Picture) -> Plan:
    """Put something in front of the plan so far; it gets no light from the sky."""
    return Plan(
        np.where(where, heading, plan.heading),
        np.where(where[..., None], colour, plan.colour),
        np.where(where, np.float32(0.08), plan.glow),
    )
