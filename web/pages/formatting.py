"""How pages show numbers, durations, times and settings, and read settings that were typed.

Numbers, durations and times are in the language of the request. `static/js/format.js` does the same
in the browser, and `gramworks/cli/formatting.py` in English in the terminal.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import NamedTuple

from flask_babel import gettext

from web.messages.languages import ENGLISH, current_language

DIGITS = Context(prec=3, rounding=ROUND_HALF_UP)


class Marks(NamedTuple):
    """How a language writes numbers: its decimal mark, and from where on it groups thousands."""

    decimal: str
    group: str
    grouped_from: int
    space: str  # between a number and its unit


MARKS = {ENGLISH: Marks(".", ",", 1000, " "), "pl": Marks(",", "\xa0", 10_000, "\xa0")}


def number(value: float) -> str:
    """Return `67,272` or, below 100, three significant digits: `0.5`, `12.3`."""
    exact, marks = Decimal(str(value)), MARKS[current_language()]
    if abs(exact) < 100:
        return f"{DIGITS.plus(exact).normalize():f}".replace(".", marks.decimal)
    whole = exact.to_integral_value(ROUND_HALF_UP)
    if abs(whole) < marks.grouped_from:
        return f"{whole:f}"
    return f"{whole:,f}".replace(",", marks.group)


def about(seconds: float) -> str:
    """Return `about 40 s`, `about 2 min` or `about 1 h 5 min`, as coarse as an estimate is."""
    if seconds < 1:
        return str(gettext("a moment"))
    step = 1 if seconds < 20 else 5 if seconds < 120 else 60
    whole = int(seconds / step + 0.5) * step
    parts = {"h": whole // 3600, "min": whole // 60 % 60, "s": whole % 60}
    space = MARKS[current_language()].space
    shown = space.join(f"{count}{space}{unit}" for unit, count in parts.items() if count)
    return str(gettext("about %(time)s", time=shown))


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


def sent_value(text: str) -> object:
    """Return a form field's text as JSON, or as `setting` shows it; the settings check it.

    `1, 2` is a list, `a: 1, b: 2` are values by name, and anything else is a text.
    """
    try:
        return json.loads(text)
    except ValueError:
        parts = [part.strip() for part in text.split(",")]
    if all(":" in part for part in parts):
        pairs = (part.split(":", 1) for part in parts)
        return {name.strip(): sent_value(value.strip()) for name, value in pairs}
    return [sent_value(part) for part in parts] if len(parts) > 1 else text
