"""The composed system, built and started with `--run-compose`, and always stopped."""

import subprocess
from collections.abc import Iterator
from contextlib import suppress

import pytest

from gramworks import Client
from tests.compose.stack import CommandFailed, Stack
from tests.ports import free_port


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--run-compose", action="store_true", help="run the system through docker compose"
    )


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    # these tests take minutes and gigabytes, so they run only with the option
    return None if config.getoption("--run-compose", default=False) else True


@pytest.fixture(scope="session")
def built() -> Iterator[Stack]:
    stack = Stack(free_port())
    stack.require_docker()
    stack.down()  # containers of a run that was killed
    try:
        stack.build()
        yield stack
    finally:
        with suppress(CommandFailed, subprocess.TimeoutExpired):
            print(stack.logs())  # pytest shows them if a test failed
        stack.down()


@pytest.fixture
def stack(built: Stack) -> Stack:
    """Return the stack with all services running, whatever the previous test did."""
    built.up()
    return built


@pytest.fixture
def client(stack: Stack) -> Iterator[Client]:
    with Client(stack.url, token=stack.token) as client:
        yield client
