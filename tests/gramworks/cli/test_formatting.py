"""Numbers and schemas are shown in a readable form."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gramworks.cli import formatting as words
from gramworks.cli import schema
from tests.formatted import ESTIMATES, NUMBERS


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (-1, "0 s"),
        (41.6, "42 s"),
        (60, "1 min"),
        (185, "3 min 5 s"),
        (7800, "2 h 10 min"),
        (3599.9, "1 h"),
    ],
)
def test_a_duration_has_at_most_two_units(seconds: float, expected: str) -> None:
    assert words.duration(seconds) == expected


@pytest.mark.parametrize(("seconds", "expected"), ESTIMATES)
def test_an_estimate_is_formatted_as_on_the_page(seconds: float, expected: str) -> None:
    assert words.about(seconds) == expected


def test_an_unknown_end_is_not_shown() -> None:
    assert words.done_in(None) == ""
    assert words.done_in(42) == "done in about 40 s"


@pytest.mark.parametrize(
    ("position", "starts_in", "expected"),
    [
        (3, 118.0, "position 3, starts in about 2 min"),
        (1, 0.0, "position 1, starts in a moment"),
        (3, None, "position 3"),
        (None, None, ""),
    ],
)
def test_a_position_is_shown_with_the_start(
    position: int | None, starts_in: float | None, expected: str
) -> None:
    assert words.queue_position(position, starts_in) == expected


@pytest.mark.parametrize(("seconds", "expected"), [(5, "0:05"), (185, "3:05"), (7205, "2:00:05")])
def test_a_clock_keeps_its_width(seconds: float, expected: str) -> None:
    assert words.clock(seconds) == expected


@pytest.mark.parametrize(("value", "expected"), NUMBERS)
def test_a_number_is_formatted_as_on_the_page(value: float, expected: str) -> None:
    assert words.number(value) == expected


@pytest.mark.parametrize(
    ("count", "expected"), [(812, "812 bytes"), (34_000, "34 kB"), (1_230_000, "1.2 MB")]
)
def test_a_file_size_has_a_suitable_unit(count: int, expected: str) -> None:
    assert words.file_size(count) == expected


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(0, "just now"), (5, "5 min ago"), (180, "3 h ago"), (4320, "2026-01-01")],
)
def test_a_recent_time_is_shown_relative_to_now(minutes: int, expected: str) -> None:
    now = datetime(2026, 1, 4, 12, tzinfo=UTC)
    assert words.ago(now - timedelta(minutes=minutes), now) == expected


LAYERS = [f"block{number}" for number in range(1, 9)]


@pytest.mark.parametrize(
    ("setting", "expected"),
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
def test_a_schema_is_described_in_words(setting: dict[str, Any], expected: str) -> None:
    assert schema.allowed(setting, {"$defs": {"Kind": {"enum": ["x", "y"]}}}) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
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
def test_a_value_is_shown_briefly(value: object, expected: str) -> None:
    assert schema.value(value) == expected
