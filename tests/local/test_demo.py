"""The demo ends with a clear error if its only worker can never take the job."""

from collections.abc import Iterator

import pytest

from gramworks import JobChanged
from local import LocalError
from local.demo import DemoClient
from tests.gramworks.fake_server import FakeServer, job_json, sse, stream

EVENTS = "GET /api/v1/jobs/j1/events"
LOADING = job_json("queued", waiting={"code": "no_worker_online", "detail": "None yet."})
TOO_LARGE = job_json(
    "queued",
    waiting={"code": "no_live_worker_fits", "detail": "No.", "width": 600, "height": 400},
)


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with FakeServer().running() as running:
        yield running


def test_a_demo_fails_if_its_worker_cannot_take_the_job(server: FakeServer) -> None:
    server.answer(EVENTS, stream(sse("job", LOADING, "1"), sse("job", TOO_LARGE, "1")))
    with DemoClient(server.url) as client:
        events = client.watch("j1")
        assert isinstance(next(events), JobChanged)
        with pytest.raises(LocalError, match=r"600 × 400 pixels.*GRAMWORKS_MEMORY_MB"):
            next(events)


def test_a_demo_waits_for_a_worker_that_is_loading(server: FakeServer) -> None:
    done = job_json("succeeded")
    server.answer(EVENTS, stream(sse("job", LOADING, "1"), sse("job", done, "2")))
    with DemoClient(server.url) as client:
        states = [event.job.state for event in client.watch("j1") if isinstance(event, JobChanged)]
    assert states == ["queued", "succeeded"]
