"""A burning sky over a fjord: long, swaying strokes of vermilion, cobalt and viridian."""

import numpy as np
from PIL import Image

from samples.material import (
    Field,
    Picture,
    Shape,
    Size,
    along_levels,
    coordinates,
    finished,
    fractal,
    noise,
    oversampled,
    palette,
    ramp,
    smoothstep,
)
from samples.strokes import Canvas, Tool

SEED = 1893

SKY = palette("7a1420 c8281c ee5418 f78a1e fbc23a f4a02a d83a1c f06a1e a01f2a fbd86a e8481a")
FJORD = palette("0c1f3f 16406a 2f6f8f 6fa8a0 d8b85a 1f4f7a 0f2a50 3f7f90 e08a4a 12305a")
SHORE = palette("16201c 27402f 4a5f2a 8a6a2a 2f2a3f 6f3f2a 1c2f40")
BRIDGE = palette("3a1a14 7a3a1e b8683a 5a2a24 d8985a 8a4a3a")
RAIL = palette("2a1210 a8502a")

HORIZON = 0.50
LAYERS = (
    (0.0240, Tool(0.30, 0.036, ragged=0.35, streak=0.07)),
    (0.0165, Tool(0.24, 0.019, ragged=0.35, streak=0.08)),
    (0.0140, Tool(0.15, 0.0120, ragged=0.4, streak=0.08, load=1.2)),
)
ACCENTS = Tool(0.12, 0.0085, ragged=0.4, streak=0.08, load=1.5)


def paint(size: Size) -> Image.Image:
    """Paint everything in long strokes, then bright accents, then the bridge over them."""
    rng = np.random.default_rng(SEED)
    shape = oversampled(size, 1.75)
    heading, colour = _view(shape, rng)
    canvas = Canvas(colour * 0.55, rng)
    for spacing, tool in LAYERS:
        canvas.cover(canvas.sown(spacing), tool, heading, colour, 0.10)
    bright = smoothstep(0.50, 0.75, colour.mean(axis=-1))
    lifted = np.clip(colour * 1.15 + 0.03, 0, 1)
    canvas.cover(canvas.sown(0.013, 0.15 + 0.6 * bright), ACCENTS, heading, lifted, 0.10)
    _bridge(canvas)
    return finished(canvas.lit(1.5), size)


def _view(shape: Shape, rng: np.random.Generator) -> tuple[Field, Picture]:
    """Return the strokes' directions, and what they show."""
    x, y = coordinates(shape)
    sway = 0.040 * np.sin(4.2 * x + 0.6) + 0.026 * np.sin(8.4 * x - 5 * y + 1)
    sky = y + (1 - 0.6 * y) * sway + 0.020 * noise(shape, (0.35, 0.16), rng)
    bands = (sky * 2.5 + 0.05 * fractal(shape, 0.2, 2, rng)) % 1
    level, colour = sky, ramp(bands, SKY)

    away = np.hypot((x - 1.02) * 0.8, (y - 0.56) * 1.8)
    water = away + 0.05 * np.sin(9 * x + 4 * y) + 0.03 * noise(shape, (0.22, 0.12), rng)
    inside = (y > HORIZON + 0.02 * np.sin(7 * x)) & (x > 0.30 + 0.5 * (y - HORIZON))
    level = np.where(inside, water, level)
    colour = np.where(inside[..., None], ramp((water * 2.9) % 1, FJORD), colour)

    bank = x - (0.30 + 0.55 * (y - HORIZON) + 0.05 * np.sin(9 * y) + 0.02 * np.sin(21 * y))
    shore = (y > HORIZON - 0.03 + 0.03 * np.sin(5 * x)) & (bank < 0.07)
    far = (np.abs(y - HORIZON - 0.012 * np.sin(8 * x)) < 0.018 + 0.012 * np.sin(5 * x + 2)) & (
        x > 0.3
    )
    curved = bank + 0.12 * np.sin(5 * y + 3 * x)
    level = np.where(shore, curved, level)
    earth = ramp((curved * 3.6 + 0.3) % 1, SHORE)
    colour = np.where((shore | far)[..., None], earth, colour)
    return along_levels(level), colour


def _bridge(canvas: Canvas) -> None:
    """Paint planks that run to the left edge, and a rail of three beams over them."""
    x, y = coordinates(canvas.shape)
    edge = 0.70 + 0.26 * x
    planks = smoothstep(0.0, 0.01, y - edge)
    slope = np.full(canvas.shape, np.arctan(0.26), dtype=np.float32)
    fan = slope - 0.5 * np.clip(y - edge, 0, 1)
    bands = (14 * (y - edge) / (0.3 + x) + 0.1 * noise(canvas.shape, (0.3, 0.02), canvas.rng)) % 1
    colours = ramp(bands, BRIDGE)
    for spacing, width in ((0.016, 0.020), (0.0125, 0.011)):
        tool = Tool(0.22, width, ragged=0.35, streak=0.09)
        canvas.cover(canvas.sown(spacing, planks), tool, fan, colours, 0.12)
    for height, width in ((0.155, 0.020), (0.085, 0.012), (0.020, 0.012)):
        for lift, colour in ((0.0, RAIL[0]), (-0.006, RAIL[1])):
            places = np.linspace(-0.05, 1.40, 30)
            beam = np.stack([places, 0.70 + 0.26 * places - height + lift], axis=-1)
            tool = Tool(0, width if not lift else width / 2, ragged=0.1, streak=0.10, taper=0.0)
            canvas.stroke((beam * canvas.shape[0]).astype(np.float32), tool, colour)
