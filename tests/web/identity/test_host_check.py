"""Requests are for this server's names only, so that no other name can point to it."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from shared.config import Config
from tests.web.api_requests import JOBS, problem
from web.identity.host_check import is_allowed

LOOPBACK = [
    "localhost",
    "localhost:8000",
    "LOCALHOST",
    "localhost.",
    "127.0.0.1:8000",
    "[::1]:8000",
    "[::1]",
    "127.8.9.1",
]
FOREIGN = [
    "evil.example",
    "evil.example:8000",
    "evil.example.",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "localhost@evil.example",
    "localhost:80x",
    "[::1",
    ":8000",
    "",
    "a" * 9999,
    "٣",
]
EVERYWHERE = {"GRAMWORKS_HOST": "0.0.0.0"}  # noqa: S104 - nothing is bound
ADDRESSES = ["192.168.1.5", "192.168.1.5:8000", "[2001:db8::1]:8000", "10.0.0.1"]


def _allowed(host: str, **settings: Any) -> bool:
    return is_allowed(host, Config(**settings))


@pytest.mark.parametrize("host", LOOPBACK)
def test_loopback_names_are_always_accepted(host: str) -> None:
    assert _allowed(host)
    assert _allowed(host, **EVERYWHERE, GRAMWORKS_HOSTS="gramworks.example")


@pytest.mark.parametrize("host", FOREIGN)
def test_other_names_are_never_accepted(host: str) -> None:
    assert not _allowed(host)
    assert not _allowed(host, **EVERYWHERE)
    assert not _allowed(host, GRAMWORKS_HOSTS="gramworks.example", GRAMWORKS_PROXIES=1)


@pytest.mark.parametrize("host", ADDRESSES)
def test_addresses_are_accepted_unless_only_this_machine_reaches_the_web(host: str) -> None:
    assert not _allowed(host)
    assert _allowed(host, **EVERYWHERE)
    assert _allowed(host, GRAMWORKS_PROXIES=1)


def test_the_names_of_the_settings_are_accepted() -> None:
    settings = {"GRAMWORKS_HOSTS": "gramworks.example, Paint.Example"}
    assert _allowed("gramworks.example", **settings)
    assert _allowed("paint.example:8443", **settings)
    assert not _allowed("sub.gramworks.example", **settings)


@pytest.mark.parametrize("path", [JOBS, "/healthz", "/nothing", f"{JOBS}/x/events"])
def test_a_request_for_another_name_is_refused_on_every_path(
    client: FlaskClient, path: str
) -> None:
    response = client.get(path, headers={"Host": "evil.example:8000"})
    assert response.status_code == 421
    if path.startswith("/api/"):
        # without the port, since GRAMWORKS_HOSTS has none
        assert problem(response, 421, "host_not_allowed")["host"] == "evil.example"
    elif path == "/nothing":  # a link would lead to the same error
        assert 'class="button"' not in response.text
