"""All HTTP failures are raised as this package's errors, with a readable message."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from gramworks import (
    Client,
    GramworksError,
    InvalidRequest,
    NotAllowed,
    NotFound,
    NotReady,
    Problem,
    Retries,
    ServerUnreachable,
    Unavailable,
    UnexpectedAnswer,
)


def client_of(answer: Callable[[httpx.Request], httpx.Response]) -> Client:
    transport = httpx.MockTransport(answer)
    return Client("http://gram.works", transport=transport, retries=Retries(delays=()))


def error_of(answer: Callable[[httpx.Request], httpx.Response]) -> GramworksError:
    with client_of(answer) as client, pytest.raises(GramworksError) as caught:
        client.job("j1")
    return caught.value


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, InvalidRequest),
        (413, InvalidRequest),
        (415, InvalidRequest),
        (422, InvalidRequest),
        (401, NotAllowed),
        (403, NotAllowed),
        (404, NotFound),
        (410, NotFound),
        (409, NotReady),
        (429, Unavailable),
        (503, Unavailable),
        (500, Problem),
        (418, Problem),
    ],
)
def test_each_status_has_its_error(status: int, kind: type[Problem]) -> None:
    error = error_of(lambda _: httpx.Response(status, json={"detail": "So it is."}))
    assert type(error) is kind
    assert str(error) == "So it is."


def test_a_problem_keeps_the_whole_problem_document() -> None:
    body = {"detail": "Too big.", "code": "invalid_setting", "field": "settings.size", "maximum": 9}
    error = error_of(lambda _: httpx.Response(422, json=body))
    assert isinstance(error, InvalidRequest)
    assert (error.status, error.code, error.field) == (422, "invalid_setting", "settings.size")
    assert error.body["maximum"] == 9


def test_an_html_error_page_of_a_proxy_has_a_readable_message() -> None:
    error = error_of(lambda _: httpx.Response(502, html="<h1>Bad Gateway</h1>"))
    assert isinstance(error, Unavailable)
    assert str(error) == (
        "http://gram.works/api/v1/jobs/j1 answered 502 Bad Gateway without a reason."
        " The answer may come from a proxy."
    )


@pytest.mark.parametrize(
    ("header", "seconds"), [("60", 60), ("Wed, 21 Oct 2026 07:28:00 GMT", None), ("-1", None)]
)
def test_the_retry_after_header_is_parsed(header: str, seconds: int | None) -> None:
    headers, body = {"Retry-After": header}, {"detail": "The queue is full."}
    error = error_of(lambda _: httpx.Response(429, headers=headers, json=body))
    assert isinstance(error, Unavailable)
    assert (str(error), error.retry_after) == ("The queue is full.", seconds)


def test_an_error_without_a_body_shows_the_status_and_the_retry_time() -> None:
    error = error_of(lambda _: httpx.Response(503, headers={"Retry-After": "7"}))
    assert str(error).endswith("answered 503 Service Unavailable: try again in 7 s.")


def test_a_redirect_names_the_address_to_use() -> None:
    there = {"Location": "https://gram.works/api/v1/jobs/j1"}
    error = error_of(lambda _: httpx.Response(301, headers=there))
    assert "use the address https://gram.works/api/v1/jobs/j1" in str(error)


def test_a_web_page_instead_of_a_job_is_unexpected() -> None:
    error = error_of(lambda _: httpx.Response(200, html="<h1>Welcome to my router</h1>"))
    assert isinstance(error, UnexpectedAnswer)


@pytest.mark.parametrize(
    ("cause", "sentence"),
    [
        (httpx.ConnectError("[Errno 111] No."), "No server answers at http://gram.works (No)."),
        (httpx.ConnectTimeout("slow"), "No server answers at http://gram.works"),
        (httpx.ReadTimeout("slow"), "took too long"),
        (httpx.RemoteProtocolError("cut off"), "The connection to http://gram.works was lost."),
        (httpx.ReadError(""), "The connection to http://gram.works was lost."),
    ],
)
def test_errors_of_httpx_become_server_unreachable(cause: Exception, sentence: str) -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise cause

    error = error_of(fail)
    assert isinstance(error, ServerUnreachable)
    assert sentence in str(error)
    assert error.__cause__ is cause


def test_an_unreadable_encoding_is_unexpected() -> None:
    def garbled(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=NotGzip())

    assert isinstance(error_of(garbled), UnexpectedAnswer)


class NotGzip(httpx.SyncByteStream):
    def __iter__(self) -> Iterator[bytes]:
        yield b"not gzip"


@pytest.mark.parametrize("url", ["127.0.0.1:8000", "ftp://gram.works", "http://a:b", ""])
def test_an_invalid_url_is_reported(url: str) -> None:
    with pytest.raises(ServerUnreachable, match="is not an address such as"), Client(url) as client:
        client.job("j1")


def test_a_proxy_from_the_environment_is_not_used_for_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://192.0.2.1:1")
    with (
        Client("http://127.0.0.1:1", retries=Retries(delays=())) as client,
        pytest.raises(ServerUnreachable, match="No server answers"),
    ):
        client.job("j1")
