"""A job's events arrive even if the connection is lost."""

import json
from typing import Any

import httpx
import pytest

from gramworks import (
    Client,
    JobChanged,
    NotFound,
    PreviewReady,
    Progressed,
    Reconnecting,
    ServerUnreachable,
    UnexpectedAnswer,
)
from gramworks.events import Message, messages
from tests.gramworks.fake_server import (
    DROP,
    FakeServer,
    as_json,
    job_json,
    problem,
    progress_json,
    sse,
    stream,
)

EVENTS = "GET /api/v1/jobs/j1/events"
RUNNING = sse("job", job_json(), "1")
PROGRESS = sse("progress", {"progress": progress_json(), "eta_seconds": 12.5}, "2")
DONE = sse("job", job_json("succeeded"), "9")


def kinds(client: Client) -> list[type]:
    return [type(event) for event in client.watch("j1")]


def test_watch_yields_every_event_until_the_end(server: FakeServer, client: Client) -> None:
    preview = sse("preview", {"href": "/api/v1/jobs/j1/preview"}, "3")
    server.answer(EVENTS, stream(RUNNING, b": still here\n\n", PROGRESS, preview, DONE))

    _, progress, previewed, done = client.watch("j1")

    assert isinstance(progress, Progressed)
    assert (progress.progress.evaluation, progress.eta_seconds) == (30, 12.5)
    assert previewed == PreviewReady("/api/v1/jobs/j1/preview")
    assert isinstance(done, JobChanged)
    assert done.job.ended


def test_a_dropped_event_stream_resumes_from_the_last_event(
    server: FakeServer, client: Client
) -> None:
    server.answer(EVENTS, stream(RUNNING, PROGRESS, DROP), stream(DONE))

    assert kinds(client) == [JobChanged, Progressed, Reconnecting, JobChanged]
    first, second = server.requests(EVENTS)
    assert "last-event-id" not in first.headers
    assert second.headers["last-event-id"] == "2"


def test_an_incomplete_event_is_not_yielded(server: FakeServer, client: Client) -> None:
    server.answer(EVENTS, stream(RUNNING, PROGRESS[:-2], DROP), stream(PROGRESS, DONE))
    assert kinds(client) == [JobChanged, Reconnecting, Progressed, JobChanged]
    assert server.requests(EVENTS)[1].headers["last-event-id"] == "1"


def test_watch_waits_for_a_restarting_server(server: FakeServer, client: Client) -> None:
    away = problem(503, "The server is starting.")
    server.answer(EVENTS, stream(RUNNING, DROP), away, away, stream(DONE))
    assert kinds(client) == [JobChanged, *[Reconnecting] * 3, JobChanged]


def test_watch_waits_for_the_time_in_retry_after(server: FakeServer, client: Client) -> None:
    away = problem(503, "Redis is away.")
    away.headers["Retry-After"] = "1"
    server.answer(EVENTS, stream(RUNNING, DROP), away, stream(DONE))
    delays = [event.delay for event in client.watch("j1") if isinstance(event, Reconnecting)]
    assert delays == [0.01, 1.0]


def test_watch_waits_at_most_a_minute_for_retry_after(server: FakeServer, client: Client) -> None:
    away = problem(503, "Redis is away.")
    away.headers["Retry-After"] = "86400"
    server.answer(EVENTS, stream(RUNNING, DROP), away)
    events = iter(client.watch("j1"))
    delays: list[float] = []
    while len(delays) < 2:
        if isinstance(event := next(events), Reconnecting):
            delays.append(event.delay)
    assert delays == [0.01, 60.0]


def test_a_stream_times_out_after_half_a_minute_without_data() -> None:
    """The server sends a comment every five seconds; other answers may take a minute."""
    timeouts = {}

    def answer(request: httpx.Request) -> httpx.Response:
        timeouts[request.url.path] = request.extensions["timeout"]["read"]
        if request.url.path.endswith("/events"):
            return httpx.Response(200, content=DONE)
        return httpx.Response(200, json=job_json())

    with Client("http://127.0.0.1", transport=httpx.MockTransport(answer)) as client:
        client.wait("j1")
        client.job("j1")
    assert timeouts == {"/api/v1/jobs/j1/events": 30.0, "/api/v1/jobs/j1": 60.0}


def test_watch_gives_up_if_the_server_stays_unreachable(server: FakeServer, client: Client) -> None:
    server.answer(EVENTS, stream(RUNNING, DROP), problem(503, "The store is down."))
    with pytest.raises(ServerUnreachable, match=r"3 times: The store is down\."):
        kinds(client)
    assert len(server.requests(EVENTS)) == 4


def test_watch_gives_up_if_every_connection_repeats_the_same_events(
    server: FakeServer, client: Client
) -> None:
    server.answer(EVENTS, stream(RUNNING, DROP))
    with pytest.raises(ServerUnreachable, match="failed 3 times"):
        kinds(client)


def test_new_events_between_drops_restart_the_retry_period(
    server: FakeServer, client: Client
) -> None:
    events = [stream(sse("job", job_json(), str(number)), DROP) for number in range(6)]
    server.answer(EVENTS, *events, stream(DONE))
    assert kinds(client).count(Reconnecting) == 6


def test_watch_does_not_retry_a_first_connection_that_fails(
    server: FakeServer, client: Client
) -> None:
    server.answer(EVENTS, problem(404, "There is no job j1."))
    with pytest.raises(NotFound, match="There is no job j1"):
        kinds(client)
    assert len(server.requests(EVENTS)) == 1


def test_after_an_early_end_of_the_stream_the_job_is_fetched(
    server: FakeServer, client: Client
) -> None:
    server.answer(EVENTS, stream(RUNNING))
    server.answer("GET /api/v1/jobs/j1", as_json(job_json("succeeded")))
    assert kinds(client) == [JobChanged, JobChanged]


def test_a_stream_that_ends_before_its_job_is_opened_again(
    server: FakeServer, client: Client
) -> None:
    server.answer(EVENTS, stream(RUNNING), stream(DONE))
    server.answer("GET /api/v1/jobs/j1", as_json(job_json()))
    assert kinds(client) == [JobChanged, Reconnecting, JobChanged]


def test_an_unknown_kind_of_event_is_ignored(server: FakeServer, client: Client) -> None:
    server.answer(EVENTS, stream(RUNNING, sse("confetti", {"a": 1}, "2"), DONE))
    assert kinds(client) == [JobChanged, JobChanged]


@pytest.mark.parametrize("data", ["no json", "{}", "[]"])
def test_an_event_without_its_job_is_unexpected(
    server: FakeServer, client: Client, data: str
) -> None:
    server.answer(EVENTS, stream(f"event: job\ndata: {data}\n\n".encode()))
    with pytest.raises(UnexpectedAnswer):
        kinds(client)


def test_an_abandoned_watch_closes_its_connection(server: FakeServer, client: Client) -> None:
    server.answer(EVENTS, stream(RUNNING, *[b": still here\n\n", 0.01] * 20))
    for _ in client.watch("j1"):
        break


@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_messages_do_not_depend_on_how_the_bytes_are_split(newline: bytes, size: int) -> None:
    text = (
        "\ufeff: hello\nid: 7\nevent: job\ndata: Grüße\ndata:two\nretry: 5\n\ndata\n\nevent: x\n\n"
    )
    raw = text.encode().replace(b"\n", newline)
    chunks = [raw[start : start + size] for start in range(0, len(raw), size)]
    # Without more bytes a final carriage return could still be half a line ending.
    expected = [Message("job", "Grüße\ntwo", "7"), Message("message", "", "7")]
    assert list(messages(chunks)) == expected


@pytest.mark.parametrize("separator", ["\u2028", "\u0085", "\x0b", "\x1c"])
def test_only_line_feeds_and_carriage_returns_end_a_line(separator: str) -> None:
    data: Any = {"detail": f"one{separator}two"}
    raw = f"data: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
    (message,) = messages([raw])
    assert json.loads(message.data, strict=False) == data
