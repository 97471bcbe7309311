"""A real server over a real Redis, and a page of a real Chromium."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page

from bench.browser import CHROMIUM, NEEDED, launched
from shared.job_store.connection import Connection
from tests.ports import free_port


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the web server's data."""
    return tmp_path_factory.mktemp("browser")


@pytest.fixture(scope="session")
def url(redis_url: str, data: Path) -> Iterator[str]:
    """Return the address of a web server over the tests' Redis."""
    with served(redis_url, data, GRAMWORKS_AUTH="off") as address:
        yield address


@contextmanager
def served(redis_url: str, data: Path, **settings: str) -> Iterator[str]:
    """Serve with some settings; yield the address."""
    port = free_port()
    environment = {
        **os.environ,
        "REDIS_URL": redis_url,
        "GRAMWORKS_DATA": str(data),
        "GRAMWORKS_PORT": str(port),
        **settings,
    }
    root = Path(__file__).parents[3]
    server = subprocess.Popen([sys.executable, "-m", "web"], cwd=root, env=environment)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address)
        yield address
    finally:
        server.terminate()
        server.wait(10)


def _wait_for(address: str) -> None:
    for _ in range(200):
        try:
            httpx.get(f"{address}/healthz")
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(address)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.fail(f"The browser tests: {NEEDED}", False)
    with launched() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, redis: Connection) -> Iterator[Page]:  # noqa: ARG001 - emptied
    """Return a page whose errors fail the test."""
    opened = browser.new_page(viewport={"width": 1200, "height": 900}, locale="en")
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on(
        "console",
        lambda message: errors.append(message.text) if message.type == "error" else None,
    )
    yield opened
    opened.close()
    assert errors == []


@pytest.fixture
def plain_page(browser: Browser, redis: Connection) -> Iterator[Page]:  # noqa: ARG001 - emptied
    """Return a page of a browser that runs no scripts."""
    context = browser.new_context(java_script_enabled=False, locale="en")
    yield context.new_page()
    context.close()
