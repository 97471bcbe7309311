"""How the terminal shows numbers, durations, losses, sizes and times; the pages do the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Context, Decimal

from gramworks.models import Progress

DIGITS = Context(prec=3, rounding=ROUND_HALF_UP)


def duration(seconds: float) -> str:
    """`42 s`, `3 min 5 s`, `2 h 10 min`."""
    whole = max(0, round(seconds))
    parts = {"h": whole // 3600, "min": whole // 60 % 60, "s": whole % 60 if whole < 3600 else 0}
    return " ".join(f"{count} {unit}" for unit, count in parts.items() if count) or "0 s"


def clock(seconds: float) -> str:
    """`0:42`, `3:05`, `2:10:00`: its width does not change every second."""
    whole = max(0, int(seconds))
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def about(seconds: float) -> str:
    """`about 40 s`, rounded as an estimate."""
    if seconds < 1:
        return "a moment"
    step = 1 if seconds < 20 else 5 if seconds < 120 else 60
    return f"about {duration(int(seconds / step + 0.5) * step)}"


def done_in(seconds: float | None) -> str:
    """`done in about 40 s`; empty if unknown."""
    return "" if seconds is None else f"done in {about(seconds)}"


def queue_position(position: int | None, starts_in: float | None) -> str:
    """`position 3, starts in about 2 min`; empty without a position."""
    when = "" if starts_in is None else f", starts in {about(starts_in)}"
    return f"position {number(position)}{when}" if position else ""


def evaluation(progress: Progress) -> str:
    """`280 of 5,250`."""
    return f"{number(progress.evaluation)} of {number(progress.evaluations)}"


def level(progress: Progress) -> str:
    """`2 of 3`; empty if there is only one."""
    return f"{progress.level} of {progress.levels}" if progress.levels > 1 else ""


def number(value: float) -> str:
    """`67,272` or, below 100, three significant digits: `0.5`, `12.3`."""
    exact = Decimal(str(value))
    if abs(exact) >= 100:
        return f"{exact.to_integral_value(ROUND_HALF_UP):,f}"
    return f"{DIGITS.plus(exact).normalize():f}"


def losses(loss: Mapping[str, float]) -> str:
    """`8,412 (style 7,000, content 1,400, tv 12)`, with all terms that the server sends."""
    terms = {name: value for name, value in loss.items() if name != "total"}
    total = loss.get("total", sum(terms.values()))
    parts = ", ".join(f"{name} {number(value)}" for name, value in terms.items())
    return f"{number(total)} ({parts})" if parts else number(total)


def file_size(count: int) -> str:
    """`812 bytes`, `34 kB`, `1.2 MB`."""
    if count < 1000:
        return f"{count} bytes"
    return f"{count / 1000:.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"


def gigabytes(count: int) -> str:
    """`0.85 GB`, `16 GB`."""
    return f"{number(count / 1e9)} GB"


def ago(moment: datetime, now: datetime) -> str:
    """`just now`, `5 min ago`, `3 h ago`; a date after more than a day."""
    minutes = (now - moment).total_seconds() / 60
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes:.0f} min ago"
    return f"{minutes / 60:.0f} h ago" if minutes < 24 * 60 else f"{moment:%Y-%m-%d}"
