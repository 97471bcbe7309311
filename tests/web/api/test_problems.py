"""Errors: problem+json for programs, a page for people, with the same sentence."""

import io
import logging
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from shared.config import Config
from tests.web.api_requests import JOBS, PLAIN, problem
from tests.web.conftest import close
from web import create_app

ODD_IDS = ["x", "%00", "%ff", "..%5C..", "%0D%0ASet-Cookie:%20a=b", "%F0%9F%98%80", "a" * 3000]
ODD_IDS += ["gw:jobs", "*", "%7B0%7D", "<script>"]


@pytest.mark.parametrize(
    ("method", "tail"),
    [
        ("GET", ""),
        ("DELETE", ""),
        ("GET", "/events"),
        ("GET", "/result"),
        ("GET", "/preview"),
        ("POST", "/retry"),
    ],
)
@pytest.mark.parametrize("job_id", ODD_IDS, ids=range(len(ODD_IDS)))
def test_an_unknown_id_is_a_404_on_every_path(
    client: FlaskClient, job_id: str, method: str, tail: str
) -> None:
    response = client.open(f"{JOBS}/{job_id}{tail}", method=method)
    problem(response, 404, "job_not_found")
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize(
    "path",
    ["/api/", "/api/v1", "/api/v2/jobs", f"{JOBS}/", f"{JOBS}/a/b/c", f"{JOBS}/..%2f..%2fetc"],
)
def test_an_unknown_path_is_a_problem_for_programs(client: FlaskClient, path: str) -> None:
    problem(client.get(path), 404, "not_found")


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", JOBS), ("POST", f"{JOBS}/x"), ("TRACE", JOBS)]
)
def test_the_error_for_a_wrong_method_lists_the_allowed_ones(
    client: FlaskClient, method: str, path: str
) -> None:
    response = client.open(path, method=method)
    problem(response, 405, "method_not_allowed")
    assert "GET" in response.headers["Allow"]


@pytest.mark.parametrize("path", ["/nothing", "/jobs/none", "/jobs/none/x", "/apis", "/static/x"])
def test_an_unknown_page_is_an_error_page(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response.mimetype) == (404, "text/html")
    assert "<h1>Not found</h1>" in response.text


@pytest.fixture
def short(redis_url: str, web_config: Config) -> Flask:
    """Return an application that takes a megabyte."""
    values = {"REDIS_URL": redis_url, "GRAMWORKS_DATA": web_config.data}
    made = create_app(Config(**values, GRAMWORKS_AUTH="off", GRAMWORKS_MAX_UPLOAD_MB=1))
    made.teardown_appcontext(lambda _: close(made))
    return made


def _posted(client: FlaskClient, path: str, form: dict[str, Any]) -> TestResponse:
    """Send a long form from memory, since the test client would leave a temporary file open."""
    boundary, body = encode_multipart(form)
    sent = client.post(path, data=body, content_type=f"multipart/form-data; boundary={boundary}")
    assert isinstance(sent, TestResponse)
    return sent


def _long_file() -> dict[str, FileStorage]:
    return {"content": FileStorage(io.BytesIO(bytes(1_100_000)), "a.png")}


def test_an_upload_longer_than_the_limit_is_refused_with_the_limit(short: Flask) -> None:
    sent = _posted(short.test_client(), JOBS, _long_file())
    body = problem(sent, 413, "upload_too_large")
    assert "1 MB" in body["detail"]
    assert body["maximum"] == 1_000_000


def test_people_see_the_limit_on_a_page(short: Flask) -> None:
    response = _posted(short.test_client(), "/", _long_file())
    assert (response.status_code, response.mimetype) == (413, "text/html")
    assert "1 MB" in response.text


@pytest.mark.parametrize(
    "form",
    [
        {"settings": "{" + " " * 600_000 + "}"},
        {f"field-{number}": "" for number in range(2000)},
        {"content": PLAIN.decode("latin-1") * 8000},
    ],
    ids=["a giant field", "many fields", "a picture that is no file"],
)
def test_fields_that_are_too_long_have_their_own_error(
    client: FlaskClient, form: dict[str, str]
) -> None:
    body = problem(_posted(client, JOBS, form), 413, "form_too_large")
    assert "500000 bytes" in body["detail"]


@pytest.fixture
def faulty(redis_url: str, web_config: Config) -> Flask:
    """Return an application with routes that raise unexpected errors."""
    made = create_app(
        Config(REDIS_URL=redis_url, GRAMWORKS_DATA=web_config.data, GRAMWORKS_AUTH="off")
    )

    def fault() -> str:
        raise RuntimeError("a secret")

    made.add_url_rule("/api/v1/fault", "api_fault", fault)
    made.add_url_rule("/fault", "page_fault", fault)
    made.testing = True
    return made


def test_an_unexpected_error_is_a_problem_without_its_details(
    faulty: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        response = faulty.test_client().get("/api/v1/fault")
    problem(response, 500, "internal")
    assert "secret" not in response.text
    assert "a secret" in caplog.text


def test_an_unexpected_error_on_a_page_is_an_error_page(faulty: Flask) -> None:
    response = faulty.test_client().get("/fault")
    assert (response.status_code, response.mimetype) == (500, "text/html")
    assert "secret" not in response.text


@pytest.mark.parametrize("path", ["/", JOBS, "/nothing", "/healthz", "/static/x/css/base.css"])
def test_every_answer_has_security_headers(client: FlaskClient, path: str) -> None:
    with client.get(path) as response:
        headers = response.headers
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
