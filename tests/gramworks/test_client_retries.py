"""Which requests are sent again, when, and that this makes no second job."""

import io
import json
import re
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from gramworks import (
    Client,
    GramworksError,
    InvalidRequest,
    Retries,
    ServerUnreachable,
    Unavailable,
)
from tests.gramworks.fake_server import (
    Answer,
    FakeServer,
    as_json,
    hang_up,
    job_json,
    problem,
    stream,
)

JOB, SUBMIT = "GET /api/v1/jobs/j1", "POST /api/v1/jobs"
QUICK = Retries(delays=(0.01, 0.01))


def busy(status: int, after: str = "") -> Answer:
    answer = problem(status, "Not now.")
    if after:
        answer.headers["Retry-After"] = after
    return answer


@pytest.mark.parametrize("status", [429, 502, 503])
def test_a_read_is_repeated_while_the_server_is_busy(
    server: FakeServer, client: Client, status: int
) -> None:
    server.answer(JOB, busy(status), busy(status), as_json(job_json()))
    assert client.job("j1").id == "j1"


@pytest.mark.parametrize("status", [400, 404, 409, 422, 500, 504])
def test_other_errors_are_raised_at_once(server: FakeServer, client: Client, status: int) -> None:
    server.answer(JOB, busy(status))
    with pytest.raises(GramworksError):
        client.job("j1")
    assert len(server.received) == 1


def test_the_last_failure_is_raised(server: FakeServer, client: Client) -> None:
    server.answer(JOB, busy(503))
    with pytest.raises(Unavailable, match="Not now"):
        client.job("j1")
    assert len(server.received) == 4


def test_the_pause_that_the_server_asks_for_is_kept(server: FakeServer, client: Client) -> None:
    server.answer(JOB, busy(503, "1"), as_json(job_json()))
    began = time.monotonic()
    client.job("j1")
    assert time.monotonic() - began >= 1


def test_a_longer_pause_than_allowed_is_left_to_the_caller(
    server: FakeServer, client: Client
) -> None:
    server.answer(JOB, busy(429, "60"))
    with pytest.raises(Unavailable) as caught:
        client.job("j1")
    assert caught.value.retry_after == 60
    assert len(server.received) == 1


def test_a_read_is_repeated_after_a_broken_connection(server: FakeServer, client: Client) -> None:
    server.answer(JOB, hang_up(), as_json(job_json()))
    assert client.job("j1").id == "j1"


def client_that_fails(failures: int, error: Callable[[], Exception]) -> tuple[Client, list[str]]:
    """Return a client whose first requests fail, and the methods of those that it sends."""
    sent: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.method)
        if len(sent) <= failures:
            raise error()
        return httpx.Response(204) if request.method == "DELETE" else httpx.Response(200, json={})

    transport = httpx.MockTransport(answer)
    return Client("http://gram.works", transport=transport, retries=QUICK), sent


def test_a_server_that_is_starting_is_waited_for() -> None:
    client, sent = client_that_fails(2, lambda: httpx.ConnectError("refused"))
    client.delete("j1")
    assert sent == ["DELETE"] * 3


def test_a_deletion_is_not_repeated_once_it_was_sent() -> None:
    client, sent = client_that_fails(1, lambda: httpx.ReadError("reset"))
    with pytest.raises(ServerUnreachable):
        client.delete("j1")
    assert sent == ["DELETE"]


def test_a_timeout_is_not_repeated() -> None:
    client, sent = client_that_fails(1, lambda: httpx.ReadTimeout("slow"))
    with pytest.raises(ServerUnreachable, match="took too long"):
        client.job("j1")
    assert sent == ["GET"]


def test_whether_the_server_is_ready_is_asked_once() -> None:
    client, sent = client_that_fails(1, lambda: httpx.ConnectError("refused"))
    with pytest.raises(ServerUnreachable):
        client.ready()
    assert sent == ["GET"]


def uploaded(body: bytes, field: str) -> bytes:
    """Return the file that a multipart body has under `field`."""
    found = re.search(rb'name="%s";.*?\r\n\r\n(.*?)\r\n--' % field.encode(), body, re.DOTALL)
    assert found
    return found[1]


class Pipe(io.BytesIO):
    """A file that can be read once, as stdin is."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: int) -> int:
        raise io.UnsupportedOperation


def test_a_submission_is_repeated_with_its_key_and_all_its_bytes(
    server: FakeServer, client: Client, tmp_path: Path
) -> None:
    server.answer(SUBMIT, hang_up(), busy(503), as_json(job_json("queued"), 202))
    path = tmp_path / "photo.jpg"
    path.write_bytes(b"the photo")

    client.submit(path, [Pipe(b"one painting"), io.BytesIO(b"another")])

    sent = server.requests(SUBMIT)
    assert len(sent) == 3
    assert len({each.headers["idempotency-key"] for each in sent}) == 1
    for each in sent:
        assert uploaded(each.body, "content") == b"the photo"
        assert uploaded(each.body, "style") == b"one painting"
        assert b"another" in each.body


def test_each_call_has_a_key_of_its_own_unless_one_is_given(
    server: FakeServer, client: Client
) -> None:
    for path in ("", "/j1/fork", "/j1/retry"):
        server.answer(SUBMIT + path, as_json(job_json("queued"), 202))
    client.submit(b"a", b"b")
    client.submit(b"a", b"b")
    client.submit(b"a", b"b", idempotency_key="mine")
    client.fork("j1", idempotency_key="mine")
    client.retry("j1", idempotency_key="mine")
    keys = [received.headers["idempotency-key"] for received in server.received]
    assert len(set(keys[:2])) == 2
    assert keys[2:] == ["mine"] * 3


def test_a_refused_submission_is_sent_once(server: FakeServer, client: Client) -> None:
    server.answer(SUBMIT, problem(422, "size must be 32 or more."))
    with pytest.raises(InvalidRequest):
        client.submit(b"a", b"b")
    assert len(server.received) == 1


def test_a_broken_download_begins_again(server: FakeServer, client: Client, tmp_path: Path) -> None:
    half = Answer(body=b"ha", headers={"Content-Length": "8"})
    server.answer("GET /api/v1/jobs/j1/result", half, Answer(body=b"whole"))
    assert client.fetch_to("j1", tmp_path / "a.png").read_bytes() == b"whole"


def test_a_fork_is_repeated_as_it_was(server: FakeServer, client: Client) -> None:
    server.answer("POST /api/v1/jobs/j1/fork", hang_up(), as_json(job_json("queued"), 202))
    client.fork("j1", {"size": 64})
    first, second = server.received
    assert json.loads(first.body) == json.loads(second.body)
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]


def test_an_event_stream_resumes_by_its_own_delays(server: FakeServer) -> None:
    server.answer("GET /api/v1/jobs/j1/events", stream())
    server.answer(JOB, as_json(job_json("succeeded")))
    with Client(server.url, retries=QUICK) as client:
        assert client.wait("j1").state == "succeeded"
