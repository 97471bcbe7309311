"""`gramworks batch`: many pictures in many styles as one batch."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from rich.console import Console

from gramworks import Batch
from gramworks.cli.batch_view import BarView
from tests.gramworks.cli.commands import run, settings_of
from tests.gramworks.cli.interrupted import interrupted
from tests.gramworks.fake_server import Answer, FakeServer, as_json, problem
from tests.gramworks.test_batches import (
    BATCH,
    RESULTS,
    SUBMIT,
    archive,
    batch_json,
    ended_json,
    row_json,
)

LIST = "GET /api/v1/batches"
PARTLY = {"succeeded": 4, "failed": 1, "cancelled": 1}


@pytest.fixture
def photos(pictures: Path) -> Path:
    folder = pictures / "photos"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.jpg").write_bytes(f"photo {name}".encode())
    return folder


@pytest.fixture
def batch(server: FakeServer) -> None:
    """Let a batch be submitted, painted and downloaded."""
    server.answer(SUBMIT, as_json(batch_json(), 202))
    ended = ended_json(jobs=[row_json(0)], next=None)
    server.answer(BATCH, *map(as_json, (batch_json(), batch_json(), ended)))
    server.answer(RESULTS, Answer(body=archive(**{"0-0-0": b"x" * 900, "0-1-0": b"y" * 100})))
    server.answer(LIST, as_json({"batches": [batch_json(), batch_json(id="b0")], "next": None}))


pytestmark = pytest.mark.usefixtures("pictures", "batch")


@pytest.mark.usefixtures("photos")
def test_folders_and_patterns_are_sent_in_one_request(server: FakeServer) -> None:
    words = ("photos", "photo.jpg", "--style", "painting.jpg", "--style", "photos/*.jpg")
    result = run(server, "batch", "submit", *words, "--priority", "low", "-s", "size=64")
    assert (result.exit_code, result.stdout) == (0, "b1\n"), result.output
    assert "6 jobs. Watch them with: gramworks batch watch b1" in result.stderr
    (sent,) = server.requests(SUBMIT)
    assert sent.body.count(b'name="content"') == sent.body.count(b'name="style"') == 3
    assert settings_of(sent) == [{"preset": "balanced", "size": 64}]
    assert b'{"priority": "low"}' in sent.body


@pytest.mark.parametrize(
    "words",
    [
        ("https://x.example/a.jpg", "--style", "painting.jpg"),
        ("photo.jpg", "--style", "https://x.example/a.jpg"),
    ],
)
def test_a_url_is_refused_before_anything_is_sent(
    server: FakeServer, words: tuple[str, ...]
) -> None:
    result = run(server, "batch", "submit", *words)
    assert result.exit_code == 2
    assert "A batch has files alone; download https://x.example/a.jpg first." in result.stderr
    assert server.requests(SUBMIT) == []


def test_presets_and_a_file_of_settings_multiply(server: FakeServer, pictures: Path) -> None:
    (pictures / "settings.json").write_text('[{"seed": 1}, {"seed": 2}]')
    words = ("photo.jpg", "--style", "painting.jpg", "--preset", "draft", "--preset", "fine")
    result = run(server, "batch", "submit", *words, "--settings", "settings.json", "-s", "size=64")
    assert result.exit_code == 0, result.output
    assert settings_of(server.requests(SUBMIT)[0]) == [
        {"preset": preset, "seed": seed, "size": 64}
        for preset in ("draft", "fine")
        for seed in (1, 2)
    ]


@pytest.mark.parametrize("text", ["{", "3", "[]", "[{}, 3]"])
def test_a_file_without_settings_is_refused_before_anything_is_sent(
    server: FakeServer, pictures: Path, text: str
) -> None:
    (pictures / "settings.json").write_text(text)
    words = ("photo.jpg", "--style", "painting.jpg", "--settings", "settings.json")
    result = run(server, "batch", "submit", *words)
    assert result.exit_code == 2
    assert "settings.json" in result.stderr
    assert server.received == []


def test_pictures_are_saved_in_a_folder_when_all_are_done(
    server: FakeServer, pictures: Path
) -> None:
    words = ("photo.jpg", "--style", "painting.jpg", "-o", "painted", "--format", "jpeg")
    result = run(server, "batch", "submit", *words)
    assert result.exit_code == 0, result.output
    folder = pictures / "painted"
    assert {path.name for path in folder.iterdir()} == {"0-0-0.png", "0-1-0.png", "manifest.json"}
    assert (folder / "0-0-0.png").read_bytes() == b"x" * 900
    assert "25%, 1 of 6 succeeded, 1 running, 4 queued, done in about 1 min 30 s" in result.stdout
    assert "Saved painted, 2 of 6 pictures," in result.stdout
    assert server.requests(RESULTS)[0].query == "format=jpeg"


def test_an_archive_is_saved_under_its_name(server: FakeServer, pictures: Path) -> None:
    result = run(server, "batch", "fetch", "last", "-o", "all.zip", "--json")
    assert result.exit_code == 0, result.output
    with zipfile.ZipFile(pictures / "all.zip") as saved:
        assert len(saved.namelist()) == 3
    shown = json.loads(result.stdout)
    assert (shown["batch"], shown["saved"], shown["pictures"]) == ("b1", "all.zip", 2)


def test_without_a_name_the_archive_has_the_batch_s(server: FakeServer, pictures: Path) -> None:
    assert run(server, "batch", "fetch", "b1").exit_code == 0
    assert (pictures / "b1.zip").exists()


def test_existing_files_are_replaced_only_with_force(server: FakeServer, pictures: Path) -> None:
    (pictures / "all.zip").write_bytes(b"old")
    (pictures / "painted").mkdir()
    (pictures / "painted/0-1-0.png").write_bytes(b"old")
    for out, word in (("all.zip", "exists"), ("painted", "has 0-1-0.png")):
        result = run(server, "batch", "fetch", "b1", "-o", out)
        assert result.exit_code == 1
        assert f"'{out}' {word}. Use --force" in result.stderr
        assert run(server, "batch", "fetch", "b1", "-o", out, "--force").exit_code == 0
    assert (pictures / "painted/0-1-0.png").read_bytes() == b"y" * 100
    assert not list((pictures / "painted").glob(".gramworks*"))


def test_a_place_that_cannot_be_written_is_found_first(server: FakeServer) -> None:
    words = ("photo.jpg", "--style", "painting.jpg", "-o", "gone/painted")
    result = run(server, "batch", "submit", *words)
    assert result.exit_code == 1
    assert "'gone/painted' cannot be written" in result.stderr
    assert server.received == []


def test_watching_says_how_it_ended_and_is_the_exit_code(server: FakeServer) -> None:
    server.answer(BATCH, as_json(ended_json() | {"counts": PARTLY}))
    result = run(server, "batch", "watch", "b1")
    assert result.exit_code == 3
    assert result.stdout.splitlines()[-1] == "4 of 6 succeeded, 1 failed, 1 cancelled"
    assert result.stderr == "error: 4 of 6 succeeded, 1 failed, 1 cancelled.\n"


@pytest.mark.parametrize("width", [60, 120])
def test_a_terminal_shows_one_bar(width: int) -> None:
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, width=width, color_system=None)
    console.print(BarView(console, Batch.from_json(batch_json())))
    bar, counts = (line.rstrip() for line in file.getvalue().splitlines())
    assert bar.startswith("━")
    assert bar.endswith(" 25% done in about 1 min 30 s")
    assert len(bar) < width
    assert counts == "1 of 6 succeeded, 1 running, 4 queued"


def test_ctrl_c_says_how_to_watch_it_again(server: FakeServer) -> None:
    server.answer(BATCH, as_json(batch_json()))
    _, err = interrupted(server, "batch", "watch", "b1", at=BATCH)
    assert err == (
        "Stopped watching; the jobs continue. Watch them with:"
        f" gramworks --url {server.url} batch watch b1\n"
    )


def test_status_lists_the_jobs_with_what_went_wrong(server: FakeServer) -> None:
    failed = row_json(1, "failed")
    failed["job"]["error"] = {"code": "diverged", "detail": "The loss grew."}
    rows = [row_json(0), failed, row_json(2, "deleted", job=None)]
    server.answer(BATCH, as_json(batch_json(jobs=rows, next=None)))
    result = run(server, "batch", "status", "b1")
    assert result.exit_code == 0, result.output
    lines = [line.split() for line in result.stdout.splitlines()]
    assert ["0", "1", "0", "j1", "failed", "The", "loss", "grew."] in lines
    assert ["1", "0", "0", "j2", "deleted"] in lines
    shown = json.loads(run(server, "batch", "status", "b1", "--json").stdout)
    assert [job["state"] for job in shown["jobs"]] == ["succeeded", "failed", "deleted"]


def test_batches_are_listed_and_named_by_the_start_of_their_ids(server: FakeServer) -> None:
    listed = run(server, "batch", "list").stdout.splitlines()
    assert [line.split()[0] for line in listed] == ["id", "b1", "b0"]
    server.answer("DELETE /api/v1/batches/b0", as_json(ended_json(cancelled=5)))
    assert run(server, "batch", "cancel", "b0").stdout == "5 of 6 jobs were cancelled.\n"
    result = run(server, "batch", "cancel", "b")
    assert result.exit_code == 1
    assert "2 batches have an id that starts with 'b'" in result.stderr
    server.answer(LIST, as_json({"batches": [], "next": None}))
    assert run(server, "batch", "status", "last").stderr == "error: There are no batches yet.\n"


def test_a_refused_batch_is_one_line(server: FakeServer) -> None:
    server.answer(SUBMIT, problem(422, "300 jobs. A batch can have up to 200."))
    result = run(server, "batch", "submit", "photo.jpg", "--style", "painting.jpg")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "error: 300 jobs. A batch can have up to 200.\n"
