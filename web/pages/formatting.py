"""How pages show numbers, durations, times and settings.

`static/format.js` does the same in the browser, `gramworks/cli/formatting.py` in the terminal.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Context, Decimal

DIGITS = Context(prec=3, rounding=ROUND_HALF_UP)


def number(value: float) -> str:
    """Return `67,272` or, below 100, three significant digits: `0.5`, `12.3`."""
    exact = Decimal(str(value))
    if abs(exact) >= 100:
        return f"{exact.to_integral_value(ROUND_HALF_UP):,f}"
    return f"{DIGITS.plus(exact).normalize():f}"


def about(seconds: float) -> str:
    """Return `about 40 s`, `about 2 min` or `about 1 h 5 min`, as coarse as an estimate is."""
    if seconds < 1:
        return "a moment"
    step = 1 if seconds < 20 else 5 if seconds < 120 else 60
    whole = int(seconds / step + 0.5) * step
    parts = {"h": whole // 3600, "min": whole // 60 % 60, "s": whole % 60}
    return " ".join(("about", *(f"{count} {unit}" for unit, count in parts.items() if count)))


def time(text: str) -> str:
    """Return `2026-11-24 10:30:00 UTC` for an ISO 8601 time; the browser shows local time."""
    return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M:%S} UTC"


def setting(value: object) -> str:
    """Return `400`, `5e-09`, `aspect`, `103.939, 116.779, 123.68` or `block1_conv1: 1, …`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}" if abs(value) < 1e-3 else f"{value:.10g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {setting(of)}" for name, of in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(setting, value))
    return str(value)
