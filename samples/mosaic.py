"""A floor mosaic: two fish in a whirling sea, in rows of glass and stone set around them."""

from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.spatial import cKDTree

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
    raking_light,
    ramp,
    smoothstep,
)

Points: TypeAlias = NDArray[np.floating[Any]]

SEED = 520

STEP = 0.0285
"""From one stone to the next, in picture heights."""
JOINT = 0.0024
"""Half the width of the grout between two stones."""
WORKSHOP = (270, 360)
"""Rows and columns of the grid on which the stones are moved until they fit."""

GROUT = palette("3a332c")[0]
SEA = palette("0a1f4a 1450a0 1f8fc0 58c8c0 e8f0d0 f2c24a 2fa08a 0f6a7f 10408a 0a1f4a")
SCALES = palette("7a1020 c8261f ee5a1a f79a1e fbd04a fff0b0")
COOL_SCALES = palette("3a1060 6a2f9a b03f9a e86f8a f7b07a fff0c0")
FINS = palette("8a1a10 d8481a f7b03a")
BORDER = palette("8a1f1a e0a83a")
EYE = palette("0c0c14 fff6dc e8a020")


class Fish(NamedTuple):
    """A fish with its middle at x, y, looking along `heading` (radians); lengths in heights."""

    x: float
    y: float
    heading: float
    length: float
    bend: float


FISHES = (Fish(0.47, 0.37, 0.30, 0.66, 0.55), Fish(0.92, 0.72, 3.40, 0.50, 0.6))
WHIRLS = ((0.14, 0.20, 0.16), (1.14, 0.24, 0.18), (0.24, 0.80, 0.18), (0.62, 0.88, 0.10))


class Plan(NamedTuple):
    """What the mosaic shows: the rows' direction (radians), colour, and how much it glitters."""

    heading: Field
    colour: Picture
    glitter: Field


def paint(size: Size) -> Image.Image:
    """Draw the design, set the stones, then grout them and light them."""
    rng = np.random.default_rng(SEED)
    stones = _set(_design(WORKSHOP).heading, rng)
    shape = oversampled(size, 1.5)
    return finished(_laid(_design(shape), stones, rng), size)


def _design(shape: Shape) -> Plan:
    """Return the sea, the fish over it, and the border."""
    x, y = coordinates(shape)
    plan = _sea(x, y)
    for fish, colours in zip(FISHES, (SCALES, COOL_SCALES), strict=True):
        plan = _with_fish(plan, fish, colours)
    edge = np.minimum(np.minimum(x, x.max() - x), np.minimum(y, 1 - y))
    frame = edge < 2.1 * STEP
    along = np.where(np.minimum(x, x.max() - x) < np.minimum(y, 1 - y), np.pi / 2, 0)
    band = BORDER[(edge > 1.05 * STEP).astype(int)]
    return Plan(
        np.where(frame, along, plan.heading),
        np.where(frame[..., None], band, plan.colour),
        np.where(frame, 0.2, plan.glitter),
    )


def _sea(x: Field, y: Field) -> Plan:
    """Return water that turns around the whirls; its rows follow the level lines of a stream."""
    stream = 0.55 * y + 0.05 * np.sin(5.5 * x + 0.7) + 0.03 * np.sin(9 * x - 4 * y)
    for number, (whirl_x, whirl_y, reach) in enumerate(WHIRLS):
        away = np.hypot(x - whirl_x, y - whirl_y) / reach
        stream = stream + (-1) ** number * 1.3 * reach * np.exp(-(away**2))
    heading = along_levels(stream)
    colour = ramp(_phase(stream), SEA)
    return Plan(heading, colour, 0.6 * smoothstep(0.3, 0.5, _phase(stream)))


def _phase(stream: Field) -> Field:
    """Return the water's place between trough and trough (0 to 1)."""
    phase: Field = (stream * 3.6 + 0.1) % 1
    return phase


def _with_fish(plan: Plan, fish: Fish, colours: Picture) -> Plan:
    """Put a fish in front of the sea, whose rows near it follow its outline."""
    shape: Shape = (plan.heading.shape[0], plan.heading.shape[1])
    along, across = _in_fish(fish, *coordinates(shape))
    body = _body(along, across)
    fins, rays = _fins(along, across)
    outline = np.maximum(body, fins)
    inside, near = outline > 0, outline > -0.16
    heading = np.where(near, along_levels(outline), plan.heading)
    heading = np.where(body > 0, along_levels(body), heading)
    arcs = 0.5 + 0.5 * np.sin(26 * along + 7 * np.abs(across))
    flank = 0.15 + 0.55 * smoothstep(-0.13, 0.16, across) + 0.30 * arcs
    colour = np.where((fins > 0)[..., None], ramp(rays, FINS), plan.colour)
    colour = np.where((body > 0)[..., None], ramp(flank, colours), colour)
    head = (along > 0.25) & (body > 0)
    colour = np.where(head[..., None], ramp(0.85 - 2.2 * (along - 0.25), colours), colour)
    rim = (outline > -0.035) & (outline <= 0)
    colour = np.where(rim[..., None], palette("f6ecc8")[0], colour)
    eye = np.hypot(along - 0.365, across + 0.032)
    for reach, shade in ((0.052, EYE[1]), (0.030, EYE[0])):
        colour = np.where((eye < reach)[..., None], shade, colour)
    heading = np.where(eye < 0.07, along_levels(eye), heading)
    return Plan(heading, colour, np.where(inside, 0.9, plan.glitter))


def _in_fish(fish: Fish, x: Field, y: Field) -> tuple[Field, Field]:
    """Return places along the fish (-0.5 is its tail, 0.5 its mouth) and across it."""
    cos, sin = np.cos(fish.heading), np.sin(fish.heading)
    dx, dy = (x - fish.x) / fish.length, (y - fish.y) / fish.length
    along, across = dx * cos + dy * sin, dy * cos - dx * sin
    return along, across - fish.bend * (along**2 - 0.06)


def _body(along: Field, across: Field) -> Field:
    """Return a field above 0 inside the body."""
    t = np.clip((0.5 - along) / 0.82, 0, 1)
    half = 0.235 * np.sqrt(t) * (1 - t**2.2) + 0.028 * smoothstep(0.8, 1.0, t)
    body: Field = np.where((along < 0.5) & (along > -0.36), half - np.abs(across), -np.abs(across))
    return np.where(along > 0.5, -np.hypot(along - 0.5, across), body)


def _fins(along: Field, across: Field) -> tuple[Field, Field]:
    """Return a field above 0 inside the tail and the fins, and the rays' shade (0 to 1)."""
    back = np.clip(-0.27 - along, 0, 1)
    tail = np.where(back > 0, 0.025 + 1.15 * back - np.abs(across), -1)
    notch = 0.27 - back - 0.5 * np.maximum(0.11 - np.abs(across), 0)
    tail = np.minimum(tail, notch)
    sail = np.minimum(0.20 * np.cos(3.1 * (along + 0.02)) + 0.11 + across * 1.0, -across - 0.02)
    sail = np.where(np.abs(along + 0.02) < 0.30, sail, -1)
    belly = np.minimum(0.16 - 1.4 * np.abs(along + 0.04) - across + 0.12, across)
    fins = np.maximum(np.maximum(tail, sail), belly)
    rays = 0.5 + 0.5 * np.sin(60 * np.arctan2(across, along - 0.4))
    return fins, rays


def _set(heading: Field, rng: np.random.Generator) -> Points:
    """Return the stones' places: each moves to the middle of what is nearest to it, in its rows."""
    shape: Shape = (heading.shape[0], heading.shape[1])
    x, y = (axis.ravel() for axis in coordinates(shape))
    across, down = x.max() / STEP, 1 / STEP
    count = int(across * down * 1.03)
    stones = rng.uniform((0, 0), (x.max(), 1), (count, 2))
    places = np.stack([x, y], axis=-1)
    for _ in range(28):
        owners, _ = _nearest(places, stones, _at(heading, stones))
        members = np.maximum(np.bincount(owners, minlength=count), 1)
        sums = [np.bincount(owners, axis, count) for axis in (x, y)]
        moved = np.stack(sums, axis=-1) / members[:, None]
        stones = np.where((np.bincount(owners, minlength=count) > 0)[:, None], moved, stones)
    return stones


def _at(values: Field, places: Points) -> Points:
    """Return a field's values at places in picture heights."""
    rows = np.clip((places[:, 1] * values.shape[0]).astype(int), 0, values.shape[0] - 1)
    columns = np.clip((places[:, 0] * values.shape[0]).astype(int), 0, values.shape[1] - 1)
    found: Points = values[rows, columns]
    return found


def _nearest(places: Points, stones: Points, turns: Points) -> tuple[NDArray[np.intp], Points]:
    """Return each place's stone, and how far into it the place is.

    Distances are those of a square that is turned as the stones' rows are (A. Hausner, Simulating
    Decorative Mosaics, 2001).
    """
    _, candidates = cKDTree(stones).query(places, k=6)
    cos, sin = np.cos(turns).astype(np.float32), np.sin(turns).astype(np.float32)
    best = np.full((2, len(places)), np.inf, dtype=np.float32)
    owners = np.zeros(len(places), dtype=np.intp)
    for each in candidates.T:
        dx, dy = (places - stones[each]).astype(np.float32).T
        along, across = dx * cos[each] + dy * sin[each], dy * cos[each] - dx * sin[each]
        reach = np.maximum(np.abs(along), np.abs(across)) + 0.12 * np.hypot(along, across)
        closer = reach < best[0]
        owners[closer] = each[closer]
        best = np.sort(np.stack([*best, reach]), axis=0)[:2]
    return owners, (best[1] - best[0]) / 2


def _laid(plan: Plan, stones: Points, rng: np.random.Generator) -> Picture:
    """Colour each stone, tilt it a little, and fill the joints."""
    shape: Shape = (plan.heading.shape[0], plan.heading.shape[1])
    x, y = coordinates(shape)
    places = np.stack([x.ravel(), y.ravel()], axis=-1)
    owners, depth = (
        each.reshape(shape) for each in _nearest(places, stones, _at(plan.heading, stones))
    )
    count = len(stones)
    tone = 1 + rng.normal(0, 0.13, (count, 1)) + rng.normal(0, 0.04, (count, 3))
    colours = np.clip(_at(plan.colour, stones) * tone, 0, 1)
    bright = rng.random(count) < 0.10 * _at(plan.glitter, stones)
    colours[bright] = np.clip(colours[bright] * 0.5 + palette("ffe9a0")[0] * 0.6, 0, 1)
    stone = _stone(depth + 0.0012 * noise(shape, (0.008, 0.008), rng))
    tilt = rng.normal(0, 1.0, (count, 2))[owners]
    dx, dy = x - stones[owners, 0], y - stones[owners, 1]
    relief = stone * 2.2 + (tilt[..., 0] * dx + tilt[..., 1] * dy) * 22
    relief = relief + 0.10 * fractal(shape, 0.012, 2, rng)
    light = raking_light(relief * stone, 1.6 * shape[0] / 1080)
    veins = fractal(shape, 0.03, 3, rng)
    body = colours[owners] * (1 + 0.30 * light + 0.06 * veins)[..., None]
    body = body + (0.16 * np.clip(light, 0, 1) ** 2)[..., None]
    mortar = GROUT * (1 + 0.14 * noise(shape, (0.003, 0.003), rng))[..., None]
    cover = stone[..., None]
    laid: Picture = mortar * (1 - cover) + body * cover
    return laid


def _stone(depth: Field) -> Field:
    """Return 1 inside a stone and 0 in its joints."""
    return smoothstep(JOINT * 0.6, JOINT * 1.5, depth)
