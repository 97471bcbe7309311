"""A leaded window: a sun of petals and rays over a river valley, in jewel-coloured glass."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

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
    raking_light,
    ramp,
    smoothstep,
)

Indices: TypeAlias = NDArray[np.intp]
Outline: TypeAlias = Callable[[Field, Field], Field]

SEED = 1163

SUN_X, SUN_Y = 0.64, 0.36
LEAD = palette("1b1a1f")[0]
SEAM, CONTOUR = 0.0033, 0.0056
"""Half the width of the lead between panes and around whole areas, in picture heights."""

BLOCK = 1 << 15
"""Points compared with all pane centres at once, to bound the memory in use."""


class Space(NamedTuple):
    """Points in the space in which panes are cut, and picture heights per unit of it."""

    points: Field
    stretch: Field
    wraps: bool = False


class Cut(NamedTuple):
    """The centres of an area's panes, and their positions in its palette (0 to 1)."""

    centres: Field
    tints: Field


def _bearing(x: Field, y: Field) -> Field:
    bearing: Field = np.arctan2(y - SUN_Y, x - SUN_X)
    return bearing


def _flat(x: Field, y: Field) -> Space:
    """Cut panes slightly wider than high."""
    return Space(np.stack([x, 1.7 * y], axis=-1), np.full_like(x, 0.75))


def _polar(x: Field, y: Field) -> Space:
    """Cut panes that grow away from the sun."""
    reach = np.hypot(x - SUN_X, y - SUN_Y) + np.float32(1e-4)
    return Space(np.stack([np.log(reach), _bearing(x, y)], axis=-1), reach, wraps=True)


def _spiral(x: Field, y: Field) -> Space:
    """Cut long panes that grow away from the sun in a spiral."""
    points, reach, wraps = _polar(x, y)
    away, around = points.T
    whirled = (around + 0.8 * away + np.pi) % (2 * np.pi) - np.pi
    return Space(np.stack([0.6 * away, whirled], axis=-1), 1.2 * reach, wraps)


@dataclass(frozen=True)
class Area:
    """A part of the design that is cut into panes; later areas cover earlier ones."""

    outline: Outline
    colours: Picture
    cut: Callable[[np.random.Generator], Cut]
    space: Callable[[Field, Field], Space] = _flat
    variety: float = 0.12


def _everywhere(x: Field, y: Field) -> Field:
    return np.ones_like(x + y)


def _petals(radius: float, count: int, depth: float) -> Outline:
    """Return round petals around the sun; `depth` is the relative depth between them."""

    def outline(x: Field, y: Field) -> Field:
        lobe = np.sqrt(np.abs(np.cos(0.5 * count * _bearing(x, y))))
        within: Field = radius * (1 - depth * (1 - lobe)) - np.hypot(x - SUN_X, y - SUN_Y)
        return within

    return outline


def _rays(radius: float, count: int, depth: float, turn: float = 0.0) -> Outline:
    """Return pointed rays around the sun; `depth` is the relative depth between them."""

    def outline(x: Field, y: Field) -> Field:
        point = 1 - np.abs(np.sin(0.5 * count * _bearing(x, y) + np.pi * turn))
        within: Field = radius * (1 - depth * (1 - point)) - np.hypot(x - SUN_X, y - SUN_Y)
        return within

    return outline


def _hill(level: float, swell: float, frequency: float, phase: float) -> Outline:
    return lambda x, y: y - level - swell * np.sin(frequency * x + phase)


def _river(x: Field, y: Field) -> Field:
    """Return a winding river from the horizon under the sun, wider towards the viewer."""
    near = np.clip(y - 0.64, 0.0, 1.0)
    middle = SUN_X + 0.02 + 0.75 * near * np.sin(11 * np.sqrt(near) + 2.6)
    within: Field = np.minimum(0.014 + 0.5 * near**1.4 - np.abs(x - middle), y - 0.68)
    return within


def _frame(x: Field, y: Field) -> Field:
    """Return a border strip around the picture."""
    width = x.max() + x.min()
    within: Field = 0.042 - np.minimum(np.minimum(x, width - x), np.minimum(y, 1 - y))
    return within


def _spokes(count: int, turn: float = 0.0) -> Callable[[np.random.Generator], Cut]:
    """Divide the sun into equal sectors of alternating colours."""

    def cut(_: np.random.Generator) -> Cut:
        turns = (np.arange(count) + turn) * (2 * np.pi / count)
        bearings = (turns + np.pi) % (2 * np.pi) - np.pi
        centres = np.stack([np.zeros(count), bearings], axis=-1)
        return Cut(centres.astype(np.float32), (np.arange(count) % 2 * 0.8).astype(np.float32))

    return cut


def _relaxed(
    count: int, low: tuple[float, float], high: tuple[float, float], *, along: int = 0
) -> Callable[[np.random.Generator], Cut]:
    """Spread panes of different sizes: each centre moves to its pane's middle a few times."""

    def cut(rng: np.random.Generator) -> Cut:
        crowd = rng.uniform(low, high, (90 * count, 2)).astype(np.float32)
        centres = crowd[:count]
        for _ in range(4):
            owners = _nearest(crowd, centres)[0]
            members = np.maximum(np.bincount(owners, minlength=count), 1)
            sums = [np.bincount(owners, axis, count) for axis in crowd.T]
            centres = (np.stack(sums, axis=-1) / members[:, None]).astype(np.float32)
        tints = (centres[:, along] - low[along]) / (high[along] - low[along])
        return Cut(centres, tints)

    return cut


def _border(rng: np.random.Generator) -> Cut:
    """Place blocks along all four sides, with alternating hues."""
    across, down = np.arange(0.05, 1.4, 0.1), np.arange(0.05, 1, 0.1)
    sides = [np.stack([across, 0 * across + edge], axis=-1) for edge in (0.02, 0.98)]
    sides += [np.stack([0 * down + edge, down], axis=-1) for edge in (0.02, 1.26)]
    centres = np.concatenate(sides).astype(np.float32)
    centres += rng.uniform(-0.012, 0.012, centres.shape)
    return Cut(_flat(*centres.T).points, (np.arange(len(centres)) * 2 % 5 / 4).astype(np.float32))


AREAS = (
    Area(
        _everywhere,
        palette("ffb63a f2603a e02f5f b02a9a 5f36c4 2548d8 1b6ff0 18a0d8 1440b8 0d2a90 0b1c6a"),
        _relaxed(250, (-0.80, -np.pi), (-0.05, np.pi)),
        space=_spiral,
    ),
    Area(
        _hill(0.67, 0.030, 6.0, 0.6),
        palette("2fc0a0 1fa0a8 2f70c0 6f50c8 b04a9a"),
        _relaxed(90, (0.0, 1.0), (1.3, 1.7)),
        variety=0.4,
    ),
    Area(
        _hill(0.75, 0.040, 5.2, 3.6),
        palette("0f8a4a 1fb055 6cc83c c8d83a f0b02a 178a6a"),
        _relaxed(90, (0.0, 1.2), (1.3, 2.0)),
        variety=0.4,
    ),
    Area(
        _hill(0.85, 0.035, 4.6, 1.2),
        palette("0a5f4a 0f7f3a 3fa03a c08a1e b02f3a 7a1f5a"),
        _relaxed(70, (0.0, 1.35), (1.3, 1.75)),
        variety=0.5,
    ),
    Area(
        _river,
        palette("ffe28a a8f0e0 4fc8e8 2f90e0 1a68c8"),
        _relaxed(110, (0.2, 1.15), (1.0, 1.75), along=1),
        variety=0.15,
    ),
    Area(_rays(0.36, 16, 0.42), palette("ffe04a ff9f1f d8481a"), _spokes(32, 0.5), space=_polar),
    Area(
        _rays(0.28, 16, 0.26, 0.5), palette("ff5a3a d81f3f a0123f"), _spokes(16, 0.5), space=_polar
    ),
    Area(_petals(0.205, 16, 0.20), palette("ffd84a ff9a1f"), _spokes(16), space=_polar),
    Area(_petals(0.150, 12, 0.22), palette("f0244a b00f4f"), _spokes(12), space=_polar),
    Area(_petals(0.098, 12, 0.20), palette("ffb03a ff7a2a"), _spokes(12, 0.5), space=_polar),
    Area(_petals(0.055, 8, 0.10), palette("fff6b8 ffe878"), _spokes(8), space=_polar),
    Area(_frame, palette("8a0f35 c8203f 1f38a8 174a80 d89a2a"), _border),
)


def paint(size: Size) -> Image.Image:
    """Cut the panes, colour them, and draw the lead between them."""
    rng = np.random.default_rng(SEED)
    shape = oversampled(size, 1.5)
    lead = np.full(shape, np.inf, dtype=np.float32)
    glass = np.zeros((*shape, 3), dtype=np.float32)
    uneven = 1 + 0.22 * noise(shape, (0.11, 0.11), rng)
    for area in AREAS:
        _set(area, lead, glass, uneven, rng)
    return finished(_leaded(_lit(glass, lead, rng), lead), size)


def _set(area: Area, lead: Field, glass: Picture, uneven: Field, rng: np.random.Generator) -> None:
    """Add one area; `lead` is the distance to the lead's middle, 1 at its edge."""
    x, y = coordinates(lead.shape)
    distance = _distance(area.outline(x, y))
    inside = distance > 0
    contour = np.abs(distance) / (CONTOUR * uneven)
    lead[:] = np.where(inside, contour, np.minimum(lead, contour))
    centres, tints = area.cut(rng)
    points, stretch, wraps = area.space(x[inside], y[inside])
    around, names = _wrapped(centres) if wraps else (centres, np.arange(len(centres)))
    owners, seams = _nearest(points, around)
    lead[inside] = np.minimum(lead[inside], seams * stretch / (SEAM * uneven[inside]))
    tints = tints + rng.normal(0, area.variety, len(tints)).astype(np.float32)
    glass[inside] = _coloured(names[owners], (x[inside], y[inside]), tints, area.colours, rng)


def _distance(outline: Field) -> Field:
    """Convert a smooth outline function to a distance in picture heights (positive inside)."""
    steepness = np.hypot(*np.gradient(outline, 1 / outline.shape[0]))
    distance: Field = outline / np.clip(steepness, 0.6, 3.0)
    return distance


def _wrapped(centres: Field) -> tuple[Field, Indices]:
    """Repeat centres a full turn away where bearings jump; also return their indices."""
    turn = np.array([0, 2 * np.pi], dtype=np.float32)
    every = np.arange(len(centres))
    late, early = every[centres[:, 1] > 2], every[centres[:, 1] < -2]
    repeated = [centres, centres[late] - turn, centres[early] + turn]
    return np.concatenate(repeated), np.concatenate([every, late, early])


def _nearest(points: Field, centres: Field) -> tuple[Indices, Field]:
    """Return the nearest centre of every point, and the distance to the next pane."""
    gaps = np.linalg.norm(centres[:, None] - centres[None], axis=-1) + np.eye(len(centres))
    blocks = [
        _nearest_in_block(points[start : start + BLOCK], centres, gaps.astype(np.float32))
        for start in range(0, len(points), BLOCK)
    ]
    owners, borders = zip(*blocks, strict=True)
    return np.concatenate(owners), np.concatenate(borders)


def _nearest_in_block(points: Field, centres: Field, gaps: Field) -> tuple[Indices, Field]:
    squares = (centres**2).sum(axis=1) - 2 * points @ centres.T
    owners = squares.argmin(axis=1)
    rows = np.arange(len(points))
    borders = (squares - squares[rows, owners][:, None]) / (2 * gaps[owners])
    borders[rows, owners] = np.inf
    return owners, borders.min(axis=1)


def _coloured(
    panes: Indices,
    at: tuple[Field, Field],
    tints: Field,
    colours: Picture,
    rng: np.random.Generator,
) -> Picture:
    """Vary hue and depth across each pane, with streaks; powers make colours deeper."""
    lean = rng.uniform(-np.pi, np.pi, len(tints)).astype(np.float32)[panes]
    drift = _drift(panes, at, lean)
    streak = _streaks(at, lean, rng)
    depth = 1 + rng.normal(0, 0.2, len(tints)).astype(np.float32)[panes]
    depth = np.maximum(depth - 0.24 * drift - 0.20 * streak, 0.25)
    glass: Picture = ramp(tints[panes] + 0.06 * drift + 0.04 * streak, colours) ** depth[:, None]
    return glass


def _drift(panes: Indices, at: tuple[Field, Field], lean: Field) -> Field:
    """Return each point's position in its pane along the lean, about -2 to 2."""
    sizes = np.maximum(np.bincount(panes), 1)
    x, y = (axis - (np.bincount(panes, axis) / sizes)[panes] for axis in at)
    along = x * np.cos(lean) + y * np.sin(lean)
    spread = np.sqrt(np.bincount(panes, along**2) / sizes) + 1e-4
    return np.clip(along / spread[panes], -2, 2).astype(np.float32)


def _streaks(at: tuple[Field, Field], lean: Field, rng: np.random.Generator) -> Field:
    sheet = noise((1024, 1024), (0.5, 0.02), rng) + noise((1024, 1024), (0.3, 0.06), rng)
    along = at[0] * np.cos(lean) + at[1] * np.sin(lean)
    across = at[1] * np.cos(lean) - at[0] * np.sin(lean) + lean
    columns, rows = (np.int32(600 * axis) % 1024 for axis in (along, across))
    streaks: Field = sheet[rows, columns]
    return streaks


def _lit(glass: Picture, lead: Field, rng: np.random.Generator) -> Picture:
    """Add daylight: strong at the sun, dim near the lead, with ripples."""
    x, y = coordinates(lead.shape)
    daylight = 0.94 + 0.30 * np.exp(-((x - SUN_X) ** 2 + (y - SUN_Y) ** 2) / 0.16)
    grime = 0.72 + 0.28 * smoothstep(0.8, 3.2, lead)
    ripples = 0.42 * fractal(lead.shape, 0.02, 2, rng) + _bubbles(lead.shape, rng)
    glints = raking_light(ripples, 1.1)
    light = (daylight * grime * (1 + 0.20 * glints))[..., None]
    shining: Picture = glass * light + 0.10 * np.clip(glints, 0, 1)[..., None] ** 3
    return shining


def _bubbles(shape: Shape, rng: np.random.Generator) -> Field:
    """Return air bubbles in the glass as small domes."""
    relief = np.zeros(shape, dtype=np.float32)
    for _ in range(260):
        radius = rng.uniform(0.0018, 0.0042) * shape[0]
        reach = int(radius) + 1
        row, column = (int(rng.integers(reach, side - reach)) for side in shape)
        y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1] / radius
        dome = 1.6 * np.sqrt(np.clip(1 - x**2 - y**2, 0, 1)) * shape[0] / 900
        relief[row - reach : row + reach + 1, column - reach : column + reach + 1] += dome
    return relief


def _leaded(glass: Picture, lead: Field) -> Picture:
    """Draw the lead as a round bar with a weak highlight."""
    bar = np.sqrt(np.clip(1 - lead**2, 0, 1))
    shine = np.clip(raking_light(bar, 3.0), 0, 1)[..., None]
    cover = smoothstep(1.1, 0.85, lead)[..., None]
    window: Picture = glass * (1 - cover) + (LEAD + 0.15 * shine) * cover
    return window
