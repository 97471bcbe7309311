"""The client's methods, over real HTTP."""

import io
import json
import stat
import time
from pathlib import Path

import pytest

from gramworks import (
    Client,
    GramworksError,
    JobCancelled,
    JobFailed,
    NotFound,
    NotReady,
    UnexpectedAnswer,
    UnknownFormat,
    WaitTimeout,
)
from tests.gramworks.fake_server import (
    Answer,
    FakeServer,
    as_json,
    hang_up,
    job_json,
    problem,
    progress_json,
    sse,
    stream,
)

RESULT = "GET /api/v1/jobs/j1/result"
RENDER = "POST /api/v1/jobs/j1/render"


def test_submit_sends_the_pictures_and_the_settings(
    server: FakeServer, client: Client, tmp_path: Path
) -> None:
    server.answer("POST /api/v1/jobs", as_json(job_json("queued"), 202, Location="/api/v1/jobs/j1"))
    photo, painting = tmp_path / "photo.jpg", tmp_path / "painting.png"
    photo.write_bytes(b"the photo")
    painting.write_bytes(b"the painting")

    job = client.submit(photo, str(painting), {"size": 300}, {"priority": "high"})

    assert (job.id, job.state, job.position) == ("j1", "queued", 1)
    (sent,) = server.requests("POST /api/v1/jobs")
    assert b'name="content"; filename="photo.jpg"' in sent.body
    assert b'name="style"; filename="painting.png"' in sent.body
    assert b"the photo" in sent.body
    assert b"the painting" in sent.body
    assert b'{"size": 300}' in sent.body
    assert b'{"priority": "high"}' in sent.body


def test_submit_takes_bytes_and_open_files_and_several_styles(
    server: FakeServer, client: Client
) -> None:
    server.answer("POST /api/v1/jobs", as_json(job_json("queued"), 202))

    client.submit(b"a photo", [b"one painting", io.BytesIO(b"another")])

    (sent,) = server.requests("POST /api/v1/jobs")
    assert sent.body.count(b' name="style"') == 2
    assert all(part in sent.body for part in (b"a photo", b"one painting", b"another"))


def test_submit_sends_the_picture_to_start_from(server: FakeServer, client: Client) -> None:
    server.answer("POST /api/v1/jobs", as_json(job_json("queued"), 202))

    client.submit(b"a photo", b"a painting", {"init": "image"}, init=b"a start")

    (sent,) = server.requests("POST /api/v1/jobs")
    assert sent.body.count(b' name="init"') == 1
    assert b"a start" in sent.body


def test_a_missing_file_is_not_sent(server: FakeServer, client: Client, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        client.submit(tmp_path / "gone.jpg", b"style")
    assert server.received == []


def test_a_job_may_have_keys_that_this_version_does_not_know(
    server: FakeServer, client: Client
) -> None:
    newer = job_json(progress={**progress_json(), "gpu": 3}, mood="good")
    server.answer("GET /api/v1/jobs/j1", as_json(newer))

    job = client.job("j1")

    assert job.progress is not None
    assert job.progress.loss["style"] == 7000.0
    assert job.body["mood"] == "good"


def test_an_answer_that_lacks_required_keys_is_unexpected(
    server: FakeServer, client: Client
) -> None:
    server.answer("GET /api/v1/jobs/j1", as_json({"hello": "world"}))
    with pytest.raises(UnexpectedAnswer, match="Is the address right"):
        client.job("j1")


def test_an_id_cannot_change_the_path(server: FakeServer, client: Client) -> None:
    with pytest.raises(GramworksError):
        client.job("../settings?x#y")
    assert server.received[0].path == "/api/v1/jobs/..%2Fsettings%3Fx%23y"


def test_all_jobs_follows_every_page(server: FakeServer, client: Client) -> None:
    first = {"jobs": [job_json(id="b")], "next": "/api/v1/jobs?limit=1&cursor=x%2By"}
    last = {"jobs": [job_json(id="a")], "next": None}
    server.answer("GET /api/v1/jobs", as_json(first), as_json(last))

    assert [job.id for job in client.all_jobs(page_size=1)] == ["b", "a"]
    assert [received.query for received in server.received] == ["limit=1", "limit=1&cursor=x%2By"]


def test_wait_returns_the_job_that_succeeded(server: FakeServer, client: Client) -> None:
    done = sse("job", job_json("succeeded"), "2")
    server.answer("GET /api/v1/jobs/j1/events", stream(sse("job", job_json(), "1"), done))
    assert client.wait("j1").seconds_worked == 60.0


def test_wait_raises_the_error_of_a_failed_job(server: FakeServer, client: Client) -> None:
    error = {"code": "out_of_memory", "detail": "The picture needs 9 GB.", "needed": 9}
    failed = sse("job", job_json("failed", error=error), "1")
    server.answer("GET /api/v1/jobs/j1/events", stream(failed))

    with pytest.raises(JobFailed, match="The picture needs 9 GB") as caught:
        client.wait("j1")

    assert caught.value.job.error is not None
    assert caught.value.job.error.body["needed"] == 9


def test_wait_with_a_timeout_returns_the_job_that_ended_in_time(
    server: FakeServer, client: Client
) -> None:
    server.answer("GET /api/v1/jobs/j1", as_json(job_json()), as_json(job_json("succeeded")))
    assert client.wait("j1", timeout=30).state == "succeeded"


def test_wait_raises_an_error_after_its_timeout(server: FakeServer, client: Client) -> None:
    server.answer("GET /api/v1/jobs/j1", as_json(job_json()))
    began = time.monotonic()
    with pytest.raises(WaitTimeout, match=r"did not end within 0\.5 s\. It is running") as caught:
        client.wait("j1", timeout=0.5)
    assert 0.5 <= time.monotonic() - began < 1.5
    assert caught.value.job.id == "j1"
    assert isinstance(caught.value, TimeoutError)


def test_a_timeout_outlasts_a_server_that_is_away_for_a_moment(
    server: FakeServer, client: Client
) -> None:
    away = [hang_up()] * 3
    server.answer("GET /api/v1/jobs/j1", as_json(job_json()), *away, as_json(job_json("failed")))
    with pytest.raises(JobFailed):
        client.wait("j1", timeout=30)


def test_wait_raises_when_the_job_was_cancelled(server: FakeServer, client: Client) -> None:
    server.answer("GET /api/v1/jobs/j1/events", stream(sse("job", job_json("cancelled"), "1")))
    with pytest.raises(JobCancelled):
        client.wait("j1")


def test_fetch_returns_the_picture_in_the_requested_format(
    server: FakeServer, client: Client
) -> None:
    server.answer(RESULT, Answer(body=b"picture", type="image/webp"))
    assert client.fetch("j1", "webp") == b"picture"
    assert server.received[0].query == "format=webp"


def test_render_sends_its_options_and_returns_the_picture(
    server: FakeServer, client: Client, tmp_path: Path
) -> None:
    server.answer(RENDER, Answer(body=b"picture", type="image/png"))
    assert client.render("j1") == b"picture"
    assert client.render("j1", {"deprocess_means": "shifted"}) == b"picture"
    saved = client.render_to("j1", tmp_path / "a.jpg", {"deprocess_means": [1, 2, 3]})
    assert saved.read_bytes() == b"picture"
    client.render_to("j1", tmp_path / "a.png", {"format": "webp"})
    assert [json.loads(received.body) for received in server.requests(RENDER)] == [
        {},
        {"deprocess_means": "shifted"},
        {"format": "jpeg", "deprocess_means": [1, 2, 3]},
        {"format": "webp"},
    ]


def test_pixels_that_are_gone_leave_no_file(
    server: FakeServer, client: Client, tmp_path: Path
) -> None:
    server.answer(RENDER, problem(410, "They are not kept any more.", code="pixels_gone"))
    with pytest.raises(NotFound, match="not kept"):
        client.render_to("j1", tmp_path / "a.png")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "expected"), [("a.jpg", "jpeg"), ("a.TIF", "tiff"), ("a.webp", "webp"), ("a", "png")]
)
def test_the_format_follows_from_the_suffix(
    server: FakeServer, client: Client, tmp_path: Path, name: str, expected: str
) -> None:
    server.answer(RESULT, Answer(body=b"picture"))
    assert client.fetch_to("j1", tmp_path / name).read_bytes() == b"picture"
    assert server.received[0].query == f"format={expected}"


def test_an_unknown_suffix_is_refused_before_anything_is_sent(
    server: FakeServer, client: Client, tmp_path: Path
) -> None:
    with pytest.raises(UnknownFormat, match="png, jpeg, webp, tiff"):
        client.fetch_to("j1", tmp_path / "a.gif")
    assert server.received == []


def test_sixteen_bits_are_asked_for_by_name(
    server: FakeServer, client: Client, tmp_path: Path
) -> None:
    server.answer(RESULT, Answer(body=b"picture"))
    client.fetch_to("j1", tmp_path / "a.png", "png16")
    assert server.received[0].query == "format=png16"


def test_an_interrupted_download_keeps_the_old_file(
    server: FakeServer, client: Client, tmp_path: Path
) -> None:
    target = tmp_path / "a.png"
    target.write_bytes(b"old")
    server.answer(RESULT, Answer(body=b"half", headers={"Content-Length": "8"}))

    with pytest.raises(GramworksError, match="lost"):
        client.fetch_to("j1", target)

    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_picture_that_is_not_ready_leaves_no_file(
    server: FakeServer, client: Client, tmp_path: Path
) -> None:
    server.answer(RESULT, problem(409, "The picture is not done yet.", code="not_ready"))
    with pytest.raises(NotReady, match="not done yet"):
        client.fetch_to("j1", tmp_path / "a.png")
    assert list(tmp_path.iterdir()) == []


def test_a_saved_picture_has_the_permissions_of_the_umask(
    server: FakeServer, client: Client, tmp_path: Path
) -> None:
    server.answer(RESULT, Answer(body=b"picture"))
    plain = tmp_path / "plain"
    plain.touch()
    saved = client.fetch_to("j1", tmp_path / "a.png")
    assert stat.S_IMODE(saved.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)


def test_cancel_stops_a_live_job(server: FakeServer, client: Client) -> None:
    server.answer("DELETE /api/v1/jobs/j1", as_json(job_json("cancelled")))
    assert client.cancel("j1").state == "cancelled"


def test_cancel_never_deletes_a_finished_picture(server: FakeServer, client: Client) -> None:
    server.answer("DELETE /api/v1/jobs/j1", as_json(job_json("succeeded")))
    assert client.cancel("j1").state == "succeeded"
    assert [received.query for received in server.received] == ["if=live"]


def test_workers_returns_those_that_are_online(server: FakeServer, client: Client) -> None:
    pause = {"until": "2026-01-01T12:00:00+00:00", "reason": "no memory"}
    rows = [
        {"name": "a", "device": "GPU", "pixels": 9, "draining": True, "suspended": None},
        {"name": "b", "device": "CPU", "pixels": 4, "draining": False, "suspended": pause},
    ]
    server.answer("GET /api/v1/workers", as_json({"workers": rows}))
    one, other = client.workers()
    assert (one.name, one.device, one.pixels) == ("a", "GPU", 9)
    assert (one.draining, one.suspended, other.draining) == (True, None, False)
    assert other.suspended is not None
    assert other.suspended.reason == "no memory"


def test_the_token_is_sent(server: FakeServer) -> None:
    server.answer("GET /api/v1/jobs/j1", as_json(job_json()))
    token = "t" * 32
    with Client(server.url, token=token) as client:
        client.job("j1")
    assert server.received[0].headers["authorization"] == f"Bearer {token}"


def test_retry_returns_the_job_that_is_queued_again(server: FakeServer, client: Client) -> None:
    server.answer("POST /api/v1/jobs/j1/retry", as_json(job_json("queued"), 202))
    assert client.retry("j1").state == "queued"


def test_retry_raises_the_error_for_a_job_that_did_not_fail(
    server: FakeServer, client: Client
) -> None:
    refusal = problem(409, "The job is running.", code="not_failed")
    server.answer("POST /api/v1/jobs/j1/retry", refusal)
    with pytest.raises(NotReady, match="The job is running"):
        client.retry("j1")


def test_ready_returns_whether_the_server_accepts_jobs(server: FakeServer, client: Client) -> None:
    server.answer("GET /readyz", Answer(503), as_json({"status": "ready", "workers": 1}))
    assert [client.ready(), client.ready()] == [False, True]


def test_links_become_absolute_urls(server: FakeServer, client: Client) -> None:
    assert client.absolute("/jobs/j1") == f"{server.url}/jobs/j1"


def test_preview_returns_the_newest_preview(server: FakeServer, client: Client) -> None:
    server.answer("GET /api/v1/jobs/j1/preview", Answer(body=b"jpeg"))
    assert client.preview("j1") == b"jpeg"


def test_no_proxy_is_used_for_this_machine(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    server.answer("GET /api/v1/jobs/j1", as_json(job_json()))
    with Client(server.url) as direct:
        assert direct.job("j1").id == "j1"
    with FakeServer().running() as proxy, monkeypatch.context() as environment:
        environment.setenv("http_proxy", proxy.url)
        with Client("http://gram.works") as client, pytest.raises(GramworksError):
            client.job("j1")  # the proxy does not know this address
        assert [received.path for received in proxy.received] == ["/api/v1/jobs/j1"]
