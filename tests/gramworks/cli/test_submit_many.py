"""Many photographs in one command: a job and a picture for each."""

import json
from hashlib import sha256
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from tests.gramworks.cli.commands import SUBMIT, run, settings_of
from tests.gramworks.cli.interrupted import interrupted
from tests.gramworks.fake_server import (
    Answer,
    FakeServer,
    as_json,
    image_json,
    job_json,
    problem,
    sse,
    stream,
)

NAMES = ("a", "b", "c")
PAINTING = b"the painting"


@pytest.fixture
def photos(pictures: Path) -> Path:
    folder = pictures / "photos"
    folder.mkdir()
    for name in NAMES:
        (folder / f"{name}.jpg").write_bytes(f"photo {name}".encode())
    (folder / "notes.txt").write_text("not a picture")
    (folder / ".hidden.jpg").write_bytes(b"")
    return folder


def hash_of(data: bytes) -> str:
    return sha256(data).hexdigest()


def will_keep_the_painting(server: FakeServer) -> None:
    image = f"/api/v1/images/{hash_of(PAINTING)}"
    server.answer(f"GET {image}", problem(404, "It is not here."))
    server.answer(f"PUT {image}", as_json(image_json(PAINTING), 201))


def will_paint(server: FakeServer, states: tuple[str, ...] = ("succeeded",) * 3) -> None:
    """Let the jobs ja, jb and jc end in these states."""
    ids = [f"j{name}" for name in NAMES]
    server.answer(SUBMIT, *(as_json(job_json("queued", id=job_id), 202) for job_id in ids))
    will_keep_the_painting(server)
    for job_id, state in zip(ids, states, strict=True):
        path = f"GET /api/v1/jobs/{job_id}"
        error = {"code": "diverged", "detail": "The loss grew."} if state == "failed" else None
        ended = sse("job", job_json(state, id=job_id, error=error), "2")
        server.answer(f"{path}/events", stream(sse("job", job_json(id=job_id), "1"), ended))
        server.answer(f"{path}/result", Answer(body=job_id.encode()))


@pytest.mark.parametrize(
    "words",
    [
        ("photos", "painting.jpg"),
        ("photos/*.jpg", "painting.jpg"),
        ("photos/a.jpg", "photos/b.jpg", "photos/c.jpg", "--style", "painting.jpg"),
    ],
)
@pytest.mark.usefixtures("photos")
def test_each_photograph_is_a_job_of_its_own(server: FakeServer, words: tuple[str, ...]) -> None:
    will_paint(server)
    result = run(server, "submit", *words, "-s", "size=64")
    assert result.exit_code == 0, result.output
    assert result.stdout.split() == ["ja", "jb", "jc"]
    sent = server.requests(SUBMIT)
    assert [f"photo {name}".encode() in each.body for name, each in zip(NAMES, sent, strict=True)]
    assert not any(b"the painting" in each.body for each in sent)
    assert all(hash_of(PAINTING).encode() in each.body for each in sent)
    (uploaded,) = server.requests(f"PUT /api/v1/images/{hash_of(PAINTING)}")
    assert uploaded.body == PAINTING
    assert [settings_of(each) for each in sent] == [{"preset": "balanced", "size": 64}] * 3


@pytest.mark.usefixtures("photos")
def test_styles_are_blended_or_make_a_job_each(server: FakeServer) -> None:
    will_paint(server)
    styles = ("photos/a.jpg", "photos/b.jpg", "photos/c.jpg")
    blended = run(server, "submit", "photo.jpg", *styles)
    assert len(server.requests(SUBMIT)) == 1
    assert "in a blend of a.jpg, b.jpg, c.jpg" in blended.stderr
    will_paint(server)
    result = run(server, "submit", "photo.jpg", *styles, "--each-style", "--json")
    assert [[Path(name).name for name in row["styles"]] for row in json.loads(result.stdout)] == [
        ["a.jpg"],
        ["b.jpg"],
        ["c.jpg"],
    ]


def test_each_picture_is_saved_under_its_own_name(server: FakeServer, photos: Path) -> None:
    will_paint(server)
    result = run(server, "submit", "photos", "painting.jpg", "-o", "{number}-{content}.{format}")
    assert result.exit_code == 0, result.output
    assert (photos.parent / "1-a.png").read_bytes() == b"ja"
    assert (photos.parent / "3-c.png").read_bytes() == b"jc"
    assert "b.jpg: succeeded in 1 min. Saved 2-b.png, 2 bytes." in result.stdout


def test_a_folder_gets_the_names_of_both_pictures(server: FakeServer, photos: Path) -> None:
    will_paint(server)
    result = run(server, "submit", "photos", "painting.jpg", "-o", "photos/", "--format", "webp")
    assert result.exit_code == 0, result.output
    assert (photos / "a-painting.webp").read_bytes() == b"ja"
    assert server.requests("GET /api/v1/jobs/ja/result")[0].query == "format=webp"


@pytest.mark.usefixtures("photos")
def test_one_file_for_several_pictures_is_refused_before_anything_is_sent(
    server: FakeServer,
) -> None:
    result = run(server, "submit", "photos", "painting.jpg", "-o", "out.png")
    assert result.exit_code == 2
    assert "{content}-{style}.{format}" in result.stderr
    assert server.received == []


def test_existing_files_are_named_before_anything_is_sent(server: FakeServer, photos: Path) -> None:
    (photos.parent / "b.png").write_bytes(b"old")
    result = run(server, "submit", "photos", "painting.jpg", "-o", "{content}.png")
    assert result.exit_code == 1
    assert result.stderr == "error: 'b.png' exists. Use --force to replace it.\n"
    assert server.received == []


def test_a_picture_that_is_refused_does_not_stop_the_others(
    server: FakeServer, photos: Path
) -> None:
    will_paint(server)
    accepted = [as_json(job_json("queued", id=job_id), 202) for job_id in ("ja", "jc")]
    server.answer(SUBMIT, accepted[0], problem(422, "It is damaged."), accepted[1])
    result = run(server, "submit", "photos", "painting.jpg", "-o", "{content}.png")
    assert result.exit_code == 1
    assert "b.jpg: It is damaged." in result.stdout
    assert result.stderr == "error: 1 of 3 pictures failed.\n"
    assert {path.name for path in photos.parent.glob("*.png")} == {"a.png", "c.png"}


@pytest.mark.usefixtures("photos")
def test_a_failed_job_does_not_stop_the_others_and_is_the_exit_code(server: FakeServer) -> None:
    will_paint(server, ("failed", "succeeded", "succeeded"))
    result = run(server, "submit", "photos", "painting.jpg", "--watch", "--json")
    assert result.exit_code == 3
    rows = json.loads(result.stdout)
    assert [row["job"]["state"] for row in rows] == ["failed", "succeeded", "succeeded"]
    assert [row["error"] for row in rows] == ["The loss grew.", None, None]


@pytest.mark.usefixtures("photos")
def test_a_full_queue_is_waited_for(server: FakeServer) -> None:
    will_paint(server)
    full = problem(429, "The queue is full.", code="queue_full")
    full.headers["Retry-After"] = "1"
    jobs = [as_json(job_json("queued", id=f"j{name}"), 202) for name in NAMES]
    # more often than the client repeats a request by itself
    server.answer(SUBMIT, jobs[0], full, full, full, full, *jobs[1:])
    result = run(server, "submit", "photos", "painting.jpg")
    assert result.stdout.split() == ["ja", "jb", "jc"]
    assert "The queue is full. Waiting for 1 s." in result.stderr


@pytest.mark.usefixtures("photos")
def test_a_server_that_goes_away_stops_the_rest(server: FakeServer) -> None:
    will_keep_the_painting(server)
    server.answer(SUBMIT, as_json(job_json("queued", id="ja"), 202), problem(500, "Broken."))
    result = run(server, "submit", "photos", "painting.jpg")
    assert result.exit_code == 1
    assert result.stdout == "ja\n"
    assert "error: 2 of 3 pictures failed." in result.stderr
    assert len(server.requests(SUBMIT)) == 2


@pytest.mark.parametrize("saves", [True, False])
def test_ctrl_c_says_how_to_get_the_pictures(server: FakeServer, photos: Path, saves: bool) -> None:
    will_paint(server)
    endless = [b": still here\n\n", 0.1] * 100
    for name in NAMES:
        running = sse("job", job_json(id=f"j{name}"), "1")
        server.answer(f"GET /api/v1/jobs/j{name}/events", stream(running, *endless))
    painting, out = str(photos.parent / "painting.jpg"), str(photos / "{id}.png")
    options = ("-o", out) if saves else ("--watch",)
    words = ("submit", str(photos), painting, *options)
    out, err = interrupted(server, *words, at="GET /api/v1/jobs/jc/events")
    assert "a.jpg: running, job ja" in out
    assert err.startswith("Stopped. 3 of 3 jobs were submitted and continue")
    saved = f" -o {photos}/jb.png" if saves else ""
    assert f"gramworks --url {server.url} watch jb{saved}\n" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("gone.jpg", "painting.jpg"), "'gone.jpg' does not exist"),
        (("*.heic", "painting.jpg"), "not a file that matches '*.heic'"),
        (("empty", "painting.jpg"), "not a picture in folder 'empty'"),
        (("photo.jpg",), "Give a STYLE"),
        (("photos", "painting.jpg", "--init", "photo.jpg"), "--init is for one picture"),
        (("photos", "painting.jpg", "-o", "-"), "--out - is for one picture"),
        (("photos", "painting.jpg", "-o", ""), "--out needs the name"),
        (("photos", "painting.jpg", "-o", "{mood}.png"), "{mood} has no meaning here"),
        (("photos", "painting.jpg", "-o", "{content.png"), "expected '}'"),
    ],
)
@pytest.mark.usefixtures("photos")
def test_words_that_make_no_sense_are_usage_errors(
    server: FakeServer, pictures: Path, words: tuple[str, ...], sentence: str
) -> None:
    (pictures / "empty").mkdir()
    result = run(server, "submit", *words)
    assert result.exit_code == 2
    assert sentence in " ".join(result.stderr.split())
    assert server.received == []


@pytest.mark.usefixtures("photos")
def test_urls_are_passed_on_to_the_server(server: FakeServer) -> None:
    will_paint(server)
    style = "https://museum.example/a/the%20wave.jpg?size=1"
    result = run(server, "submit", "photos", "--style", style, "-o", "{content}-{style}.{format}")
    assert result.exit_code == 0, result.output
    assert "Saved a-the wave.png" in result.output
    sent = server.requests(SUBMIT)
    assert all(style.encode() in each.body for each in sent)
    assert all(b'name="style_url"' in each.body for each in sent)


@pytest.mark.usefixtures("pictures")
def test_both_pictures_can_be_urls(server: FakeServer) -> None:
    will_paint(server)
    result = run(server, "submit", "http://a.example/x.jpg", "HTTPS://b.example/", "--no-watch")
    assert result.exit_code == 0, result.output
    (sent,) = server.requests(SUBMIT)
    fields = parse_qs(sent.body.decode())
    assert fields["content_url"] == ["http://a.example/x.jpg"]
    assert fields["style_url"] == ["HTTPS://b.example/"]
