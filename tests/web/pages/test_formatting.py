"""Pages show numbers and durations with suitable precision."""

import pytest
from flask import Flask

from tests.formatted import ESTIMATES, ESTIMATES_IN, NUMBERS, NUMBERS_IN
from web.messages.languages import speaking
from web.pages.formatting import about, number, setting, time


@pytest.mark.parametrize(("seconds", "shown"), ESTIMATES)
def test_an_estimate_is_rounded(seconds: float, shown: str) -> None:
    assert about(seconds) == shown


@pytest.mark.parametrize(("value", "shown"), NUMBERS)
def test_a_number_has_suitable_precision(value: float, shown: str) -> None:
    assert number(value) == shown


@pytest.mark.parametrize("language", NUMBERS_IN)
def test_numbers_and_estimates_are_written_as_in_the_language(app: Flask, language: str) -> None:
    with app.app_context(), speaking(language):
        assert [(value, number(value)) for value, _ in NUMBERS_IN[language]] == NUMBERS_IN[language]
        estimates = [(seconds, about(seconds)) for seconds, _ in ESTIMATES_IN[language]]
        assert estimates == ESTIMATES_IN[language]


def test_a_time_is_in_utc() -> None:
    assert time("2026-11-24T10:30:05.123Z") == "2026-11-24 10:30:05 UTC"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (400, "400"),
        (True, "true"),
        (False, "false"),
        ([], ""),
        (5e-9, "5e-09"),
        ("aspect", "aspect"),
        ([103.939, 116.779], "103.939, 116.779"),
        ({"block1_conv1": 1.0, "block2_conv1": 0.5}, "block1_conv1: 1, block2_conv1: 0.5"),
    ],
)
def test_a_setting_is_shown_without_brackets(value: object, shown: str) -> None:
    assert setting(value) == shown
