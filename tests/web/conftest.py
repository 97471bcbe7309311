"""The application over the tests' Redis, and its test client."""

import hmac
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from shared.config import Config
from shared.job_store.connection import Connection
from shared.object_store import ObjectStore
from tests.web.openapi.contract import ContractClient
from web import create_app
from web.identity import csrf
from web.services import Services

Serve = Callable[..., Flask]


class BrowserClient(ContractClient):
    """Sends a page's forms with their CSRF token, as a browser does."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        target = str(args[0]) if args else ""
        if kwargs.get("method") == "POST" and not target.startswith("/api/"):
            if self.get_cookie("gramworks") is None:
                self.set_cookie("gramworks", "of-a-browser")
            cookie = self.get_cookie("gramworks")
            assert cookie is not None
            token = hmac.new(cookie.value.encode(), b"csrf", sha256).hexdigest()
            kwargs["data"] = {csrf.FIELD: token, **(kwargs.get("data") or {})}
        return super().open(*args, **kwargs)


@pytest.fixture(scope="session")
def web_config(redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Config:
    data = tmp_path_factory.mktemp("data")
    return Config(REDIS_URL=redis_url, GRAMWORKS_DATA=data, GRAMWORKS_AUTH="off")


@pytest.fixture
def serve(redis: Connection, redis_url: str, tmp_path: Path) -> Iterator[Serve]:
    """Return a function that creates an application with some settings, over an empty Redis."""
    del redis
    made: list[Flask] = []

    def serve(**settings: Any) -> Flask:
        values = {"REDIS_URL": redis_url, "GRAMWORKS_DATA": tmp_path, "GRAMWORKS_AUTH": "off"}
        made.append(create_app(Config(**values | settings), cache=lambda make: make))
        made[-1].test_client_class = BrowserClient
        return made[-1]

    yield serve
    for each in made:
        close(each)


@pytest.fixture(scope="session")
def app(web_config: Config) -> Iterator[Flask]:
    made = create_app(
        web_config, cache=lambda make: make
    )  # a test must see its own changes at once
    made.test_client_class = BrowserClient
    yield made
    close(made)


@pytest.fixture
def client(app: Flask, redis: Connection) -> FlaskClient:  # noqa: ARG001 - emptied for the test
    return app.test_client()


@pytest.fixture
def objects(web_config: Config) -> ObjectStore:
    """Return the image store of the application."""
    return ObjectStore(web_config.object_store_url)


def services_of(app: Flask) -> Services:
    services = app.extensions["gramworks"]
    assert isinstance(services, Services)
    return services


def close(app: Flask) -> None:
    services_of(app).close()
