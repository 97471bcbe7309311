"""How the terminal shows durations, losses, sizes and times."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime


def duration(seconds: float) -> str:
    """`42 s`, `3 min 5 s`, `2 h 10 min`."""
    whole = max(0, round(seconds))
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


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
    return f"about {_without_zero_tail(duration(round(seconds / step) * step))}"


def time_left(seconds: float | None) -> str:
    """`about 40 s left`; empty if unknown."""
    return "" if seconds is None else f"{about(seconds)} left"


def queue_position(position: int | None, starts_in: float | None) -> str:
    """`position 3, starts in about 2 min`; empty without a position."""
    when = "" if starts_in is None else f", starts in {about(starts_in)}"
    return f"position {position}{when}" if position else ""


def number(value: float) -> str:
    """At least four significant digits: `617250`, `8412`, `0.02`, `1.235e+06`."""
    return f"{value:.0f}" if 1e3 <= abs(value) < 1e6 else f"{value:.4g}"


def losses(loss: Mapping[str, float]) -> str:
    """`8412 (style 7000, content 1400, tv 12)`, with all terms that the server sends."""
    terms = {name: value for name, value in loss.items() if name != "total"}
    total = loss.get("total", sum(terms.values()))
    parts = ", ".join(f"{name} {number(value)}" for name, value in terms.items())
    return f"{number(total)} ({parts})" if parts else number(total)


def file_size(count: int) -> str:
    """`812 bytes`, `34 kB`, `1.2 MB`."""
    if count < 1000:
        return f"{count} bytes"
    return f"{count / 1000:.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"


def ago(moment: datetime, now: datetime) -> str:
    """`just now`, `5 min ago`, `3 h ago`; a date after more than a day."""
    minutes = (now - moment).total_seconds() / 60
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes:.0f} min ago"
    return f"{minutes / 60:.0f} h ago" if minutes < 24 * 60 else f"{moment:%Y-%m-%d}"


def _without_zero_tail(text: str) -> str:
    return text.removesuffix(" 0 s").removesuffix(" 0 min")
