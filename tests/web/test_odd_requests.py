"""Malformed requests get a proper error, like all others."""

import io

import pytest
from flask.testing import FlaskClient

from shared.job_store import JobStore
from tests.web.api_requests import JOBS, PLAIN, accepted, problem, upload

BOUNDARY = "multipart/form-data; boundary=B"


def _part(disposition: str, body: bytes, *headers: str) -> bytes:
    lines = [f"Content-Disposition: form-data; {disposition}", *headers]
    return b"--B\r\n" + "\r\n".join(lines).encode() + b"\r\n\r\n" + body + b"\r\n"


STYLE = _part('name="style"; filename="s"', PLAIN)
NO_UPLOADS: dict[str, tuple[bytes, str | None]] = {
    "nothing": (b"", None),
    "bytes without a type": (PLAIN, None),
    "a picture without a form": (PLAIN, "image/png"),
    "JSON": (b'{"content": "a.png"}', "application/json"),
    "a plain form": (b"content=a&style=b", "application/x-www-form-urlencoded"),
    "no boundary": (_part('name="content"; filename="a"', PLAIN), "multipart/form-data"),
    "an empty boundary": (b"--\r\n", "multipart/form-data; boundary="),
    "another boundary": (_part('name="content"; filename="a"', PLAIN), f"{BOUNDARY}C"),
    "only the end": (b"--B--\r\n", BOUNDARY),
    "rubbish": (b"\x00\xff" * 50, BOUNDARY),
    "a part without a name": (_part('filename="a"', PLAIN) + b"--B--", BOUNDARY),
    "a part without a disposition": (b"--B\r\n\r\nx\r\n--B--\r\n", BOUNDARY),
    "a picture without a file name": (
        _part('name="content"', b"a picture") + STYLE + b"--B--\r\n",
        BOUNDARY,
    ),
    "a picture with an empty file name": (
        _part('name="content"; filename=""', PLAIN) + STYLE + b"--B--\r\n",
        BOUNDARY,
    ),
}


@pytest.mark.parametrize("kind", NO_UPLOADS)
def test_a_request_that_is_not_an_upload_is_refused_like_one_without_files(
    client: FlaskClient, kind: str
) -> None:
    body, content_type = NO_UPLOADS[kind]
    response = client.post(JOBS, data=body, content_type=content_type)
    assert problem(response, 422, "missing_file")["field"] == "content"


# Werkzeug leaves the open files of such an upload to the garbage collector.
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "body",
    [
        _part('name="content"; filename="a"', PLAIN) + STYLE,
        _part('name="content"; filename="a"', PLAIN) + b"--B\r\nContent-Dispo",
    ],
    ids=["between the parts", "in a header"],
)
def test_a_truncated_upload_is_refused(client: FlaskClient, body: bytes) -> None:
    assert 400 <= client.post(JOBS, data=body, content_type=BOUNDARY).status_code < 500


ODD_PARTS = {
    "line feeds in a file name": _part('name="content"; filename="a%0d%0aX: y"', PLAIN),
    "a path as a file name": _part('name="content"; filename="../../etc/passwd"', PLAIN),
    "a file name in another script": _part("name=content; filename*=UTF-8''%E2%82%AC", PLAIN),
    "a wrong declared type": _part(
        'name="content"; filename="a"', PLAIN, "Content-Type: text/html"
    ),
    "a wrong encoding": _part(
        'name="content"; filename="a"', PLAIN, "Content-Transfer-Encoding: base64"
    ),
    "unknown headers": _part('name="content"; filename="a"', PLAIN, "X-Odd: " + "x" * 2000),
}


@pytest.mark.parametrize("kind", ODD_PARTS)
def test_the_content_of_an_oddly_named_file_decides_its_format(
    client: FlaskClient, kind: str
) -> None:
    body = ODD_PARTS[kind] + STYLE + b"--B--\r\n"
    response = client.post(JOBS, data=body, content_type=BOUNDARY)
    accepted(response)
    assert "X" not in response.headers


def test_the_first_value_of_a_repeated_field_counts(client: FlaskClient) -> None:
    fields = {"settings": ['{"size": 64}', '{"size": 96}']}
    assert accepted(client.post(JOBS, data=upload() | fields))["settings"]["size"] == 64


@pytest.mark.parametrize("field", ["crop", "setings"])
def test_an_unknown_field_is_refused_and_named(client: FlaskClient, field: str) -> None:
    body = problem(client.post(JOBS, data=upload() | {field: "{}"}), 422, "unknown_field")
    assert body["field"] == field
    assert {"content", "style_url", "init_sha256", "settings", "options"} <= set(body["known"])


def test_an_unknown_file_field_is_refused_and_named(client: FlaskClient) -> None:
    data = upload() | {"mask": (io.BytesIO(PLAIN), "a.png")}
    assert problem(client.post(JOBS, data=data), 422, "unknown_field")["field"] == "mask"


@pytest.mark.parametrize("path", ["/", JOBS, "/api/v1/settings", "/healthz", "/readyz"])
def test_head_and_options_are_answered_on_every_path_with_get(
    client: FlaskClient, path: str
) -> None:
    head, options = client.head(path), client.options(path)
    assert (head.status_code, head.data) == (200, b"")
    assert options.status_code == 200
    assert {"GET", "HEAD"} <= set(options.headers["Allow"].split(", "))


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-Host": "evil.example"},
        {"X-Forwarded-Prefix": "/evil"},
        {"X-HTTP-Method-Override": "DELETE"},
    ],
)
def test_no_request_header_changes_the_links(
    client: FlaskClient, jobs: JobStore, headers: dict[str, str]
) -> None:
    response = client.post(JOBS, data=upload(), headers=headers)
    job = accepted(response)
    assert response.headers["Location"] == f"{JOBS}/{job['id']}"
    assert all(link.startswith("/") for link in job["links"].values())
    assert len(jobs.page(2).jobs) == 1


def test_doubled_slashes_redirect_to_the_clean_path(client: FlaskClient) -> None:
    response = client.get("/api//v1///jobs")
    assert response.status_code == 308
    assert response.headers["Location"].endswith(JOBS)
