"""`/readyz` says whether a job would be accepted; the client's `ready` says the same."""

from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import httpx
import pytest
from flask import Flask

from gramworks import Client
from shared.config import Config
from tests.own_redis import OwnRedis
from tests.web.api_requests import accepted, submit
from tests.web.conftest import close
from web import create_app

OK, TOO_MANY, AWAY = (
    HTTPStatus.OK,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.SERVICE_UNAVAILABLE,
)


@pytest.fixture
def app(own_redis: OwnRedis, tmp_path: Path) -> Iterator[Flask]:
    """Return an application whose queue holds one job."""
    made = create_app(
        Config(
            REDIS_URL=own_redis.url,
            GRAMWORKS_DATA=tmp_path,
            GRAMWORKS_AUTH="off",
            GRAMWORKS_MAX_QUEUED_JOBS=1,
        )
    )
    yield made
    close(made)


def _says(app: Flask) -> tuple[int, bool]:
    """Return the status of `/readyz`, and what the client makes of it."""
    with Client("http://localhost", transport=httpx.WSGITransport(app=app)) as client:
        return app.test_client().get("/readyz").status_code, client.ready()


def test_both_agree_whatever_is_wrong(app: Flask, own_redis: OwnRedis) -> None:
    assert _says(app) == (OK, True)
    accepted(submit(app.test_client()))
    assert _says(app) == (TOO_MANY, False)
    own_redis.stop()
    assert _says(app) == (AWAY, False)


def test_both_agree_if_the_disk_is_full(own_redis: OwnRedis, tmp_path: Path) -> None:
    full = create_app(
        Config(
            REDIS_URL=own_redis.url,
            GRAMWORKS_DATA=tmp_path,
            GRAMWORKS_AUTH="off",
            GRAMWORKS_MIN_FREE_MB=10**9,
        )
    )
    assert _says(full) == (AWAY, False)
    close(full)
