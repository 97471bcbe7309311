"""Strokes of oil paint: paths along a flow, streaks of bristles, and ridges of paint."""

from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from samples.material import Field, Picture, Shape, raking_light

Points: TypeAlias = NDArray[np.floating[Any]]

SAMPLES_PER_PIXEL = 1.6
"""Close enough that a bent stroke leaves no pinholes on its outer side."""


@dataclass(frozen=True)
class Tool:
    """A brush or knife and how it is used; lengths are in picture heights."""

    length: float
    width: float
    ragged: float = 0.3
    streak: float = 0.06
    load: float = 1.0
    taper: float = 0.5


@dataclass
class Canvas:
    """Colour and thickness of the paint so far.

    Strokes use their own random generator, `hand`, since their number depends on the picture's size
    and must not change what is designed after them.
    """

    colour: Picture
    rng: np.random.Generator
    hand: np.random.Generator = field(init=False)
    relief: Field = field(init=False)

    def __post_init__(self) -> None:
        """Start with the ground colour and no paint."""
        self.hand = self.rng.spawn(1)[0]
        self.relief = np.zeros(self.colour.shape[:2], dtype=np.float32)

    @property
    def shape(self) -> Shape:
        """Rows and columns."""
        return self.relief.shape[0], self.relief.shape[1]

    def sown(self, spacing: float, presence: Field | None = None) -> Points:
        """Return evenly spread starts; `presence` (0 to 1) is the probability to keep each."""
        starts = scattered(self.shape, spacing, self.hand)
        if presence is None:
            return starts
        return starts[picked(presence, starts) > self.hand.random(len(starts))]

    def cover(
        self, starts: Points, tool: Tool, heading: Field, guide: Picture, variety: float = 0.13
    ) -> None:
        """Paint one stroke through every start, in about the guide's colour there."""
        count, hand = len(starts), self.hand
        lengths = tool.length * self.shape[0] * hand.uniform(0.6, 1.2, count).astype(np.float32)
        tone = hand.normal(1, variety, (count, 1)) + hand.normal(0, variety / 5, (count, 3))
        colours = np.clip(picked(guide, starts) * tone, 0, 1).astype(np.float32)
        for path, colour in zip(traced(starts, heading, lengths), colours, strict=True):
            self.stroke(path, tool, colour)

    def stroke(self, path: Points, tool: Tool, colour: Picture) -> None:
        """Drag a loaded tool along the path (x, y in pixels), covering what is below."""
        half_width = tool.width * self.shape[0] / 2
        spine = _resampled(path)
        along = np.linspace(0, 1, len(spine), dtype=np.float32)[:, None]
        bristles = max(3, int(2 * half_width * SAMPLES_PER_PIXEL))
        across = np.linspace(-1, 1, bristles, dtype=np.float32)[None, :]
        touching = self._contact(along, across, tool)
        x, y = _swept(spine, half_width * _pressure(along, tool) * across)
        self._deposit(x, y, touching, self._paint(along, across, tool, colour))

    def _contact(self, along: Field, across: Field, tool: Tool) -> NDArray[np.bool_]:
        """Return which bristles touch the canvas; each starts and ends at random."""
        trim = self.hand.random((2, across.size), dtype=np.float32) ** 2 * tool.ragged
        round_tip = tool.taper * 0.12 * across**2
        touching: NDArray[np.bool_] = (along >= trim[0] * 0.4 + round_tip) & (
            along <= 1 - trim[1] - round_tip
        )
        return touching

    def _paint(
        self, along: Field, across: Field, tool: Tool, colour: Picture
    ) -> tuple[Picture, Field]:
        """Mix colour and thickness over the stroke: streaked by bristles, ridged at both edges."""
        bristle = self.hand.standard_normal(across.shape).astype(np.float32)
        tilt = self.hand.normal(0, tool.streak)
        tone = tool.streak * bristle + tilt * across + 0 * along
        ridge = 0.7 + 0.5 * np.abs(across) ** 5 + 0.28 * bristle
        thickness = tool.load * (ridge * (1 - 0.45 * along) + 0.25 * along**8)
        return colour * (1 + tone[..., None]), thickness + self.hand.normal(0, 0.2)

    def _deposit(
        self, x: Field, y: Field, touching: NDArray[np.bool_], paint: tuple[Picture, Field]
    ) -> None:
        columns, rows = x.astype(np.intp), y.astype(np.intp)
        height, width = self.shape
        wet = touching & (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
        self.colour[rows[wet], columns[wet]] = paint[0][wet]
        self.relief[rows[wet], columns[wet]] = paint[1][wet]

    def lit(self, strength: float) -> Picture:
        """Return the canvas under a light from the upper left that shows every ridge."""
        light = raking_light(self.relief, strength * self.shape[0] / 1000)[..., None]
        shown: Picture = self.colour * (1 + 0.34 * light) + 0.07 * np.clip(light, 0, 1) ** 2
        return shown


def _resampled(path: Points) -> Points:
    steps = np.hypot(*np.diff(path, axis=0).T)
    milestones = np.concatenate([[0.0], np.cumsum(steps)])
    stops = np.linspace(0, milestones[-1], max(4, int(milestones[-1] * SAMPLES_PER_PIXEL)))
    xy = [np.interp(stops, milestones, coordinate) for coordinate in path.T]
    return np.stack(xy, axis=-1).astype(np.float32)


def _pressure(along: Field, tool: Tool) -> Field:
    """Return the width along a stroke, smaller at both ends if it tapers."""
    pressure: Field = 1 - tool.taper * np.abs(2 * along - 0.9) ** 3
    return pressure


def _swept(spine: Points, offset: Field) -> tuple[Field, Field]:
    tangent = np.gradient(spine, axis=0)
    tangent /= np.hypot(tangent[:, 0], tangent[:, 1])[:, None] + 1e-6
    x = spine[:, :1] - tangent[:, 1:] * offset
    y = spine[:, 1:] + tangent[:, :1] * offset
    return x, y


def scattered(shape: Shape, spacing: float, rng: np.random.Generator) -> Points:
    """Return points (x, y in pixels) about `spacing` picture heights apart, in random order."""
    step = spacing * shape[0]
    y, x = np.mgrid[0 : shape[0] : step, 0 : shape[1] : step]
    points = np.stack([x.ravel(), y.ravel()], axis=-1)
    points += rng.uniform(0, step, points.shape)
    return rng.permutation(points).astype(np.float32)


def traced(starts: Points, heading: Field, length: Field, steps: int = 14) -> Points:
    """Follow the heading (radians) both ways from each start; return (start, step, x or y)."""
    half = steps // 2
    backward = _walk(starts, heading, -length / steps, half)
    forward = _walk(starts, heading, length / steps, half)
    return np.concatenate([backward[:0:-1], forward]).transpose(1, 0, 2)


def _walk(starts: Points, heading: Field, stride: Field, steps: int) -> Points:
    positions = [starts]
    for _ in range(steps):
        angle = picked(heading, positions[-1])
        turn = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
        positions.append((positions[-1] + turn * stride[:, None]).astype(np.float32))
    return np.stack(positions)


def picked(values: Field, points: Points) -> Points:
    """Return the values at the points; points off the canvas get the nearest value."""
    columns = np.clip(points[:, 0], 0, values.shape[1] - 1).astype(np.intp)
    rows = np.clip(points[:, 1], 0, values.shape[0] - 1).astype(np.intp)
    return values[rows, columns]
