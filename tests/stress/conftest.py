"""Tests that take longer than `make test` allows; `make stress` runs them."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--run-stress", action="store_true", help="run what takes more than minutes")
    parser.addoption("--uploads", type=int, default=20_000, help="mutated files of each format")


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    return None if config.getoption("--run-stress", default=False) else True
