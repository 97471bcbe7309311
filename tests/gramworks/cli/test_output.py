"""Where pictures are saved, and what is refused before anything is sent."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.gramworks.cli.commands import RESULT, run, will_succeed
from tests.gramworks.fake_server import Answer, FakeServer

pytestmark = pytest.mark.usefixtures("pictures")
ID = "1" * 32


def test_a_picture_is_written_to_stdout_and_all_else_to_stderr(server: FakeServer) -> None:
    will_succeed(server)
    result = run(server, "submit", "photo.jpg", "painting.jpg", "-o", "-")
    assert result.exit_code == 0, result.output
    assert result.stdout_bytes == b"x" * 1500
    assert "succeeded in 1 min" in result.stderr


def test_stdout_has_the_bytes_in_a_pipe(server: FakeServer) -> None:
    picture = bytes(range(256)) * 9
    server.answer(f"GET /api/v1/jobs/{ID}/result", Answer(body=picture))
    command = [sys.executable, "-m", "gramworks", "--url", server.url, "fetch", ID, "-o", "-"]
    root = Path(__file__).parents[3]
    done = subprocess.run([*command, "--format", "webp"], cwd=root, capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (picture, b"")
    assert server.received[0].query == "format=webp"


def test_a_picture_rendered_again_is_written_to_stdout(server: FakeServer) -> None:
    server.answer("POST /api/v1/jobs/j1/render", Answer(body=b"\xff\x00"))
    result = run(server, "fetch", "j1", "-s", "deprocess_means=shifted", "-o", "-")
    assert result.stdout_bytes == b"\xff\x00"


def test_stdout_cannot_hold_json_too(server: FakeServer) -> None:
    result = run(server, "fetch", "j1", "-o", "-", "--json")
    assert result.exit_code == 2
    assert server.received == []


def test_fetch_says_when_the_suffix_misleads(server: FakeServer, pictures: Path) -> None:
    will_succeed(server)
    result = run(server, "fetch", "j1", "--format", "jpeg", "-o", "x.png")
    assert result.exit_code == 0
    assert server.requests(RESULT)[0].query == "format=jpeg"
    assert (pictures / "x.png").exists()
    said = " ".join(result.stdout.split())
    assert said == (
        "Saved x.png, 2 kB. It is a JPEG, as --format says, whatever its name ends with."
    )


@pytest.mark.parametrize("words", [("-o", "x.jpg"), ("--format", "png16", "-o", "x.png")])
def test_fetch_says_nothing_when_the_suffix_is_right(
    server: FakeServer, words: tuple[str, ...]
) -> None:
    will_succeed(server)
    assert run(server, "fetch", "j1", *words).stdout == f"Saved {words[-1]}, 2 kB.\n"


def test_fetch_with_json_names_the_file(server: FakeServer) -> None:
    will_succeed(server)
    result = run(server, "fetch", "j1", "--json", "-o", "{id}-x.{format}")
    assert json.loads(result.stdout) == {
        "job": "j1",
        "saved": "j1-x.png",
        "format": "png",
        "bytes": 1500,
    }


def test_a_folder_gets_a_file_named_after_the_job(server: FakeServer, pictures: Path) -> None:
    will_succeed(server)
    (pictures / "out").mkdir()
    assert run(server, "fetch", "j1", "-o", "out").exit_code == 0
    assert (pictures / "out/j1.png").exists()


def test_a_folder_may_have_braces_in_its_name(server: FakeServer, pictures: Path) -> None:
    will_succeed(server)
    (pictures / "{a}").mkdir()
    assert run(server, "fetch", "j1", "-o", "{a}").exit_code == 0
    assert (pictures / "{a}/j1.png").exists()


@pytest.mark.parametrize("words", [("submit", "photo.jpg", "painting.jpg"), ("fetch", "j1")])
def test_a_missing_folder_is_made_if_a_slash_says_that_it_is_one(
    server: FakeServer, pictures: Path, words: tuple[str, ...]
) -> None:
    will_succeed(server)
    result = run(server, *words, "-o", "new/of today/")
    assert result.exit_code == 0, result.stderr
    assert [path.suffix for path in (pictures / "new/of today").iterdir()] == [".png"]


def test_a_folder_that_cannot_be_made_is_found_before_anything_is_sent(server: FakeServer) -> None:
    result = run(server, "submit", "photo.jpg", "painting.jpg", "-o", "photo.jpg/new/")
    assert result.exit_code == 1
    assert "Folder 'photo.jpg/new' cannot be made: Not a directory." in result.stderr
    assert server.received == []


def test_two_braces_are_one(server: FakeServer, pictures: Path) -> None:
    will_succeed(server)
    assert run(server, "fetch", "j1", "-o", "{{a}}.png").exit_code == 0
    assert (pictures / "{a}.png").exists()


@pytest.mark.parametrize(
    ("out", "sentence"),
    [
        ("gone/x.png", "There is no folder 'gone'."),
        ("photo.jpg/x.png", "There is no folder 'photo.jpg'."),
        ("/proc/x.png", "'/proc/x.png' cannot be written: "),
        (f"{'n' * 300}.png", ".png: File name too long."),
    ],
)
@pytest.mark.parametrize("command", ["submit", "fork", "fetch"])
def test_a_target_that_cannot_be_written_is_found_before_anything_is_sent(
    server: FakeServer, command: str, out: str, sentence: str
) -> None:
    words = ("photo.jpg", "painting.jpg") if command == "submit" else (ID,)
    result = run(server, command, *words, "-o", out)
    assert result.exit_code == 1
    assert sentence in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert server.received == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_found_before_anything_is_sent(
    server: FakeServer, pictures: Path
) -> None:
    (pictures / "locked").mkdir(mode=0o500)
    result = run(server, "submit", "photo.jpg", "painting.jpg", "-o", "locked/x.png")
    assert result.exit_code == 1
    assert "Permission denied" in result.stderr
    assert server.received == []


def test_checking_a_target_leaves_nothing_behind(server: FakeServer, pictures: Path) -> None:
    before = set(pictures.iterdir())
    assert run(server, "submit", "photo.jpg", "painting.jpg", "-o", "x.png").exit_code == 1
    assert set(pictures.iterdir()) == before
