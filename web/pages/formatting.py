"""How pages show numbers, durations and times; `static/format.js` does the same in the browser."""

from datetime import datetime

import numpy as np


def number(value: float) -> str:
    """Return `67,272` or, below 100, three digits that count: `0.5`, `12.3`."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return np.format_float_positional(float(f"{value:.3g}"), trim="-")


def duration(seconds: float) -> str:
    """Return `40 sec`, `2 min` or `1 hr 5 min`, as coarse as an estimate is."""
    step = 1 if seconds < 20 else 5 if seconds < 120 else 60
    whole = max(step, int(seconds / step + 0.5) * step)  # halves up, as the browser rounds
    parts = {"hr": whole // 3600, "min": whole // 60 % 60, "sec": whole % 60}
    return " ".join(f"{count} {unit}" for unit, count in parts.items() if count)


def time(text: str) -> str:
    """Return `2026-11-24 10:30:00 UTC` for an ISO 8601 time; the browser shows local time."""
    return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M:%S} UTC"
