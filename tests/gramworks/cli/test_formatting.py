"""Numbers and schemas are shown in a readable form."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gramworks.cli import formatting as words
from gramworks.cli import schema


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(-1, "0 s"), (41.6, "42 s"), (185, "3 min 5 s"), (7800, "2 h 10 min"), (3599.9, "1 h 0 min")],
)
def test_a_duration_is_said_in_two_units_at_most(seconds: float, said: str) -> None:
    assert words.duration(seconds) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, ""),
        (0.2, "a moment left"),
        (13.4, "about 13 s left"),
        (42, "about 40 s left"),
        (62, "about 1 min left"),
        (400, "about 7 min left"),
        (7200, "about 2 h left"),
    ],
)
def test_the_time_left_is_as_coarse_as_the_estimate(seconds: float | None, said: str) -> None:
    assert words.time_left(seconds) == said


@pytest.mark.parametrize(
    ("position", "starts_in", "said"),
    [
        (3, 118.0, "position 3, starts in about 2 min"),
        (1, 0.0, "position 1, starts in a moment"),
        (3, None, "position 3"),
        (None, None, ""),
    ],
)
def test_a_position_is_shown_with_the_start(
    position: int | None, starts_in: float | None, said: str
) -> None:
    assert words.queue_position(position, starts_in) == said


@pytest.mark.parametrize(("seconds", "said"), [(5, "0:05"), (185, "3:05"), (7205, "2:00:05")])
def test_a_clock_keeps_its_width(seconds: float, said: str) -> None:
    assert words.clock(seconds) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [(617250.4, "617250"), (8412.3, "8412"), (0.02, "0.02"), (1.2345e6, "1.234e+06"), (0.0, "0")],
)
def test_a_loss_keeps_the_digits_that_count(value: float, said: str) -> None:
    assert words.number(value) == said


@pytest.mark.parametrize(
    ("count", "said"), [(812, "812 bytes"), (34_000, "34 kB"), (1_230_000, "1.2 MB")]
)
def test_a_file_size_is_said_in_its_unit(count: int, said: str) -> None:
    assert words.file_size(count) == said


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, "just now"), (5, "5 min ago"), (180, "3 h ago"), (4320, "2026-01-01")],
)
def test_a_moment_is_said_by_its_distance(minutes: int, said: str) -> None:
    now = datetime(2026, 1, 4, 12, tzinfo=UTC)
    assert words.ago(now - timedelta(minutes=minutes), now) == said


LAYERS = [f"block{number}" for number in range(1, 9)]


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ({"type": "integer", "minimum": 32, "maximum": 4096, "unit": "px"}, "32 to 4096 px"),
        ({"type": "number", "exclusiveMinimum": 0}, "above 0"),
        ({"type": "number", "minimum": 0, "exclusiveMaximum": 1}, "at least 0, below 1"),
        ({"type": "integer"}, "whole number"),
        ({"type": "boolean"}, "true or false"),
        ({"enum": ["lbfgs", "adam", "sgd"]}, "lbfgs, adam or sgd"),
        ({"enum": LAYERS}, "block1 … block8 (8 names)"),
        ({"const": 3}, "3"),
        ({"type": "array", "items": {"enum": LAYERS}}, "a list of block1 … block8 (8 names)"),
        ({"type": "array", "prefixItems": [{"type": "number"}] * 2}, "[number, number]"),
        ({"type": "object", "additionalProperties": {"type": "number"}}, "{name: number}"),
        ({"anyOf": [{"enum": ["a", "b"]}, {"type": "null"}]}, "a, b or null"),
        ({"$ref": "#/$defs/Kind", "unit": "of kind"}, "x or y of kind"),
        ({}, "anything"),
    ],
)
def test_a_schema_is_said_in_words(setting: dict[str, Any], said: str) -> None:
    assert schema.allowed(setting, {"$defs": {"Kind": {"enum": ["x", "y"]}}}) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (2.5e-8, "2.5e-08"),
        (103.939, "103.939"),
        (1.0, "1"),
        (True, "true"),
        (None, "null"),
        ([1.5, "a"], "1.5, a"),
        ({"a": 1.0, "b": 2}, "a: 1\nb: 2"),
    ],
)
def test_a_value_is_said_briefly(value: object, said: str) -> None:
    assert schema.value(value) == said
