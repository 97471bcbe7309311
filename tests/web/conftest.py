"""The application over the tests' Redis, and its test client."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shared.config import Config
from shared.job_store.connection import Connection
from shared.object_store import ObjectStore
from web import create_app
from web.services import Services


@pytest.fixture(scope="session")
def web_config(redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Config:
    return Config(REDIS_URL=redis_url, GRAMWORKS_DATA=tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="session")
def app(web_config: Config) -> Iterator[Flask]:
    made = create_app(
        web_config, cache=lambda make: make
    )  # a test must see its own changes at once
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
