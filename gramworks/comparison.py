"""How close two pictures are. Pillow decodes them; it comes with `gramworks[images]`."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from gramworks.errors import NoProvenance
from gramworks.provenance import Provenance

CLOSE = 1  # levels of 255 that rounding can cause


@dataclass(frozen=True)
class Comparison:
    """Two pictures' difference in levels of 255, or the problem; the second's provenance."""

    mean: float | None
    largest: int | None
    close: float | None  # the share of values that differ by at most `CLOSE`
    problem: str | None
    made: Provenance | None

    def sentence(self) -> str:
        """Return the comparison as a sentence."""
        if self.problem:
            return self.problem
        if self.largest == 0:
            return "The pictures are identical."
        return (
            f"The pictures differ by {self.mean:.2f} of 255 levels on average, by {self.largest} at"
            f" most; {self.close:.0%} of the values differ by {CLOSE} or less."
        )

    def to_json(self) -> dict[str, Any]:
        """Return the comparison as JSON."""
        losses = dict(self.made.losses) if self.made else None
        return {
            "mean_difference": self.mean,
            "largest_difference": self.largest,
            "close": self.close,
            "problem": self.problem,
            "losses": losses,
        }


def compare(first: bytes, second: bytes) -> Comparison:
    """Compare two files of pictures."""
    try:
        made = Provenance.of_file(second)
    except NoProvenance:
        made = None
    try:
        from PIL import Image, ImageChops  # noqa: PLC0415 - an extra; the rest works without it
    except ImportError:
        missing = "To compare the pixels too, install gramworks[images]."
        return Comparison(None, None, None, missing, made)
    one, other = (Image.open(io.BytesIO(data)).convert("RGB") for data in (first, second))
    if one.size != other.size:
        sizes = f"{one.width} × {one.height} and {other.width} × {other.height}"
        return Comparison(None, None, None, f"The pictures have other sizes: {sizes}.", made)
    counts = [0] * 256
    for level, count in enumerate(ImageChops.difference(one, other).histogram()):
        counts[level % 256] += count
    values = sum(counts)
    return Comparison(
        mean=sum(level * count for level, count in enumerate(counts)) / values,
        largest=max(level for level, count in enumerate(counts) if count),
        close=sum(counts[: CLOSE + 1]) / values,
        problem=None,
        made=made,
    )
