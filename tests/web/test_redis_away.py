"""While Redis is down, every answer says so; when it is back, no restart is needed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from shared.config import Config
from tests.own_redis import OwnRedis
from tests.web.api_requests import JOBS, accepted, messages, problem, submit, upload
from tests.web.conftest import BrowserClient, close
from web import create_app

ASKED = [
    ("GET", JOBS),
    ("GET", f"{JOBS}/x"),
    ("GET", f"{JOBS}/x/events"),
    ("DELETE", f"{JOBS}/x"),
    ("POST", f"{JOBS}/x/retry"),
]


@pytest.fixture
def alone(own_redis: OwnRedis, tmp_path: Path) -> Iterator[Flask]:
    made = create_app(
        Config(REDIS_URL=own_redis.url, GRAMWORKS_DATA=tmp_path, GRAMWORKS_AUTH="off")
    )
    made.test_client_class = BrowserClient
    yield made
    close(made)


@pytest.fixture
def asking(alone: Flask) -> FlaskClient:
    return alone.test_client()


def _is_away(response: TestResponse) -> bool:
    body = problem(response, 503, "store_unavailable")
    return "Redis" in body["detail"] and int(response.headers["Retry-After"]) > 0


def test_programs_get_a_retry_after_header_on_every_path(
    own_redis: OwnRedis, asking: FlaskClient
) -> None:
    own_redis.stop()
    assert [path for method, path in ASKED if not _is_away(asking.open(path, method=method))] == []
    assert _is_away(submit(asking))


def test_people_see_the_error_on_a_page(own_redis: OwnRedis, asking: FlaskClient) -> None:
    own_redis.stop()
    for response in (asking.get("/"), asking.get("/jobs/x"), asking.post("/", data=upload())):
        assert (response.status_code, response.mimetype) == (503, "text/html")
        assert "Accepted jobs are not lost" in response.text
        assert response.headers["Retry-After"]


def test_the_process_is_healthy_and_not_ready(own_redis: OwnRedis, asking: FlaskClient) -> None:
    assert asking.get("/readyz").get_json() == {"status": "ready", "workers": 0}
    own_redis.stop()
    assert asking.get("/healthz").get_json() == {"status": "ok"}
    assert _is_away(asking.get("/readyz"))


def test_when_redis_is_back_everything_works_and_no_accepted_job_is_lost(
    own_redis: OwnRedis, asking: FlaskClient
) -> None:
    before = accepted(submit(asking))
    own_redis.stop()
    assert _is_away(submit(asking))
    own_redis.start()
    assert asking.get(before["links"]["self"]).get_json() == before
    after = accepted(submit(asking))
    assert after["position"] == 2
    assert asking.get("/readyz").status_code == 200


def test_a_job_that_was_not_accepted_leaves_no_pictures(
    own_redis: OwnRedis, asking: FlaskClient, tmp_path: Path
) -> None:
    own_redis.stop()
    assert _is_away(submit(asking))
    assert not [path for path in (tmp_path / "images").rglob("*") if path.is_file()]


def test_a_stream_ends_so_that_its_reader_reconnects(
    own_redis: OwnRedis, asking: FlaskClient
) -> None:
    job = accepted(submit(asking))
    with asking.get(job["links"]["events"]) as response:
        assert isinstance(response, TestResponse)
        reported = messages(response)
        assert next(reported)
        own_redis.stop()
        assert [message for message in reported if message] == []
