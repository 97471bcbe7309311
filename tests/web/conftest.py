"""The application over the tests' Redis, and a client that asks it."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shared.config import Config
from shared.images import ImageStore
from shared.jobs.connection import Connection
from tests.shared.own_redis import OwnRedis
from web import create_app
from web.services import Services


@pytest.fixture(scope="session")
def web_config(redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Config:
    return Config(REDIS_URL=redis_url, GRAMWORKS_DATA=tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="session")
def app(web_config: Config) -> Iterator[Flask]:
    made = create_app(web_config, clock=count().__next__)  # all that is kept is always old
    yield made
    close(made)


@pytest.fixture
def client(app: Flask, redis: Connection) -> FlaskClient:  # noqa: ARG001 - emptied for the test
    return app.test_client()


@pytest.fixture
def images(web_config: Config) -> ImageStore:
    """Return the image store of the application."""
    return ImageStore(web_config.image_url)


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[OwnRedis]:
    """Return a Redis server that the test may stop."""
    server = OwnRedis(tmp_path / "own-redis")
    server.start()
    yield server
    server.stop()


def services_of(app: Flask) -> Services:
    services = app.extensions["gramworks"]
    assert isinstance(services, Services)
    return services


def close(app: Flask) -> None:
    services_of(app).jobs.redis.close()
