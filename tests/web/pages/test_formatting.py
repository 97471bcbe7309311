"""Pages show numbers and durations with suitable precision."""

import pytest

from web.pages.formatting import duration, number, time


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0.4, "1 sec"),
        (13.4, "13 sec"),
        (42, "40 sec"),
        (62, "1 min"),
        (100, "1 min 40 sec"),
        (400, "7 min"),
        (7900, "2 hr 12 min"),
    ],
)
def test_a_duration_is_as_coarse_as_an_estimate(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.5, "0.5"),
        (12, "12"),
        (12.345, "12.3"),
        (1.5e-5, "0.000015"),
        (67271.6, "67,272"),
        (0, "0"),
    ],
)
def test_a_number_has_the_digits_that_count(value: float, shown: str) -> None:
    assert number(value) == shown


def test_a_time_is_in_utc() -> None:
    assert time("2026-11-24T10:30:05.123Z") == "2026-11-24 10:30:05 UTC"
