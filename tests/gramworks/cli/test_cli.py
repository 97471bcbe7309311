"""The command line, used by a person and by a shell script."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from gramworks.cli.commands import cli
from tests.gramworks.cli.commands import (
    EVENTS,
    JOB,
    RESULT,
    SUBMIT,
    run,
    sent_settings,
    will_succeed,
)
from tests.gramworks.cli.interrupted import interrupted
from tests.gramworks.fake_server import (
    Answer,
    FakeServer,
    as_json,
    job_json,
    problem,
    progress_json,
    sse,
    stream,
)

pytestmark = pytest.mark.usefixtures("pictures")

GUIDE = {
    "schema": {
        "properties": {
            "size": {
                "type": "integer",
                "minimum": 32,
                "maximum": 4096,
                "default": 400,
                "unit": "px",
                "description": "Height of\nthe result.",
            },
            "pyramid": {"type": "integer", "minimum": 1, "default": 1, "description": "Levels."},
        }
    },
    "presets": {"faithful": {}, "balanced": {"pyramid": 3}},
    "default_preset": "balanced",
    "options": {},
}


def test_submit_in_a_pipe_prints_only_the_id(server: FakeServer) -> None:
    will_succeed(server)
    result = run(server, "submit", "photo.jpg", "painting.jpg")
    assert (result.exit_code, result.stdout) == (0, "j1\n")
    assert "gramworks watch j1" in result.stderr


def test_submit_sends_the_server_s_default_preset(server: FakeServer) -> None:
    will_succeed(server)
    server.answer("GET /api/v1/settings", as_json({"schema": {}, "default_preset": "bold"}))
    run(server, "submit", "photo.jpg", "painting.jpg")
    assert sent_settings(server) == {"preset": "bold"}


def test_settings_are_sent_as_json_if_they_parse_and_as_text_otherwise(server: FakeServer) -> None:
    will_succeed(server)
    words = ["size=600", "geometry=keras", "style_layers=[1]", "preset_note=a=b", "tv_weight=1e-6"]
    flags = [flag for word in words for flag in ("-s", word)]
    run(server, "submit", "--preset", "faithful", "photo.jpg", "painting.jpg", *flags)
    assert sent_settings(server) == {
        "preset": "faithful",
        "size": 600,
        "geometry": "keras",
        "style_layers": [1],
        "preset_note": "a=b",
        "tv_weight": 1e-6,
    }


def test_submit_sends_the_priority_and_every_style(server: FakeServer) -> None:
    will_succeed(server)
    run(server, "submit", "photo.jpg", "painting.jpg", "photo.jpg", "--priority", "low")
    (sent,) = server.requests(SUBMIT)
    assert b'{"priority": "low"}' in sent.body
    assert sent.body.count(b' name="style"') == 2


def test_submit_with_init_sends_the_picture_and_the_setting(server: FakeServer) -> None:
    will_succeed(server)
    run(server, "submit", "photo.jpg", "painting.jpg", "--init", "painting.jpg")
    (sent,) = server.requests(SUBMIT)
    assert b'name="init"; filename="painting.jpg"' in sent.body
    assert b'"init": "image"' in sent.body


def test_submit_asks_for_a_file_without_provenance(server: FakeServer) -> None:
    will_succeed(server)
    run(server, "submit", "photo.jpg", "painting.jpg", "--preset", "faithful", "--no-provenance")
    (sent,) = server.requests(SUBMIT)
    assert b'{"provenance": false}' in sent.body


def test_submit_with_out_waits_and_saves(server: FakeServer, pictures: Path) -> None:
    will_succeed(server)
    result = run(server, "submit", "photo.jpg", "painting.jpg", "-o", "result.jpg")
    assert result.exit_code == 0, result.output
    assert (pictures / "result.jpg").read_bytes() == b"x" * 1500
    assert server.requests(RESULT)[0].query == "format=jpeg"
    assert "succeeded in 1 min, 150 evaluations, loss 8,412" in result.stdout
    assert "Saved result.jpg, 2 kB." in result.stdout


@pytest.mark.parametrize(
    ("out", "sentence"),
    [("result.gif", "'.gif'"), ("gone/result.png", "'gone'"), ("photo.jpg", "--force")],
)
def test_the_output_file_is_checked_before_anything_is_sent(
    server: FakeServer, out: str, sentence: str
) -> None:
    result = run(server, "submit", "photo.jpg", "painting.jpg", "-o", out)
    assert result.exit_code == 1
    assert result.stderr.startswith("error: ")
    assert sentence in result.stderr
    assert server.received == []


@pytest.mark.parametrize("command", ["watch", "retry", "fetch"])
def test_an_existing_file_is_refused_before_anything_is_sent(
    server: FakeServer, command: str
) -> None:
    result = run(server, command, "1" * 32, "-o", "photo.jpg")
    assert result.exit_code == 1
    assert "--force" in result.stderr
    assert server.received == []


def test_force_replaces_a_file(server: FakeServer, pictures: Path) -> None:
    will_succeed(server)
    assert run(server, "fetch", "j1", "-o", "photo.jpg", "--force").exit_code == 0
    assert (pictures / "photo.jpg").read_bytes() == b"x" * 1500


def test_a_missing_picture_is_named(server: FakeServer) -> None:
    result = run(server, "submit", "photo.jpg", "gone.jpg")
    assert result.exit_code == 2
    assert "'gone.jpg' does not exist" in result.stderr


@pytest.mark.parametrize("words", [["-s", "size"], ["-s", "=3"], ["--no-watch", "-o", "a.png"]])
def test_invalid_options_are_a_usage_error(server: FakeServer, words: list[str]) -> None:
    assert run(server, "submit", "photo.jpg", "painting.jpg", *words).exit_code == 2


def test_an_error_of_the_server_is_shown_in_one_line(server: FakeServer) -> None:
    server.answer(SUBMIT, problem(422, "size must be at most 4096 [px].", code="invalid_setting"))
    result = run(server, "submit", "photo.jpg", "painting.jpg", "-s", "size=9999")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "error: size must be at most 4096 [px].\n"


def test_a_full_queue_is_reported_in_one_line_with_the_retry_time(server: FakeServer) -> None:
    detail = "The queue is full, so the job was not accepted: try again in a minute."
    full = problem(429, detail, code="queue_full")
    full.headers["Retry-After"] = "60"
    server.answer(SUBMIT, full)
    result = run(server, "submit", "photo.jpg", "painting.jpg")
    assert (result.exit_code, result.stdout, result.stderr) == (4, "", f"error: {detail}\n")
    assert len(server.requests(SUBMIT)) == 1


def test_an_unreachable_server_is_an_error_in_one_line() -> None:
    result = CliRunner().invoke(cli, ["--url", "http://127.0.0.1:9", "list"])
    assert result.exit_code == 4
    assert result.stderr == "error: No server answers at http://127.0.0.1:9 (Connection refused).\n"


def test_a_failed_job_prints_the_reason_and_exits_with_3(server: FakeServer) -> None:
    failed = job_json("failed", error={"code": "diverged", "detail": "The loss grew endless."})
    server.answer(JOB, as_json(failed))
    server.answer(EVENTS, stream(sse("job", failed, "1")))
    result = run(server, "watch", "j1")
    assert result.exit_code == 3
    assert "failed after 1 min" in result.stdout
    assert result.stderr == "error: The loss grew endless.\n"


def test_a_cancelled_job_exits_with_3(server: FakeServer) -> None:
    server.answer(JOB, as_json(job_json("cancelled")))
    server.answer(EVENTS, stream(sse("job", job_json("cancelled"), "1")))
    assert run(server, "watch", "j1").exit_code == 3


def test_fetch_names_the_file_after_the_job(server: FakeServer, pictures: Path) -> None:
    will_succeed(server)
    assert run(server, "fetch", "j1").exit_code == 0
    assert run(server, "fetch", "j1", "--format", "webp").exit_code == 0
    assert run(server, "fetch", "j1", "--format", "tiff16").exit_code == 0
    assert (pictures / "j1.png").exists()
    assert (pictures / "j1.tiff").exists()
    assert (pictures / "j1.webp").exists()


def test_fetch_renders_again_with_what_is_set(server: FakeServer, pictures: Path) -> None:
    server.answer("POST /api/v1/jobs/j1/render", Answer(body=b"y" * 1500))
    words = ("-s", "deprocess_means=shifted", "-s", "colours=[1, 2]")
    result = run(server, "fetch", "j1", *words, "-o", "a.jpg")
    assert (result.exit_code, result.stdout) == (0, "Saved a.jpg, 2 kB.\n")
    assert (pictures / "a.jpg").read_bytes() == b"y" * 1500
    assert run(server, "fetch", "j1", *words, "--format", "webp").exit_code == 0
    assert (pictures / "j1.webp").exists()
    sent = {"deprocess_means": "shifted", "colours": [1, 2]}
    rendered = server.requests("POST /api/v1/jobs/j1/render")
    assert [json.loads(received.body) for received in rendered] == [
        {"format": "jpeg", **sent},
        {"format": "webp", **sent},
    ]


def test_cancel_prints_the_new_state(server: FakeServer) -> None:
    server.answer("DELETE /api/v1/jobs/j1", as_json(job_json("cancelled")))
    assert run(server, "cancel", "j1").stdout == "Job j1 is cancelled.\n"


def test_cancel_of_a_finished_job_is_an_error_and_deletes_nothing(server: FakeServer) -> None:
    server.answer("DELETE /api/v1/jobs/j1", as_json(job_json("succeeded")))
    result = run(server, "cancel", "j1")
    assert (result.exit_code, result.stderr) == (1, "error: Job j1 is already succeeded.\n")
    (sent,) = server.requests("DELETE /api/v1/jobs/j1")
    assert sent.query == "if=live"


def test_fork_sends_the_changes_and_where_it_starts(server: FakeServer) -> None:
    server.answer("POST /api/v1/jobs/j0/fork", as_json(job_json("queued"), 202))
    result = run(server, "fork", "j0", "-s", "iterations=40", "-s", "strength=70")
    assert (result.exit_code, result.stdout) == (0, "j1\n")
    (sent,) = server.requests("POST /api/v1/jobs/j0/fork")
    assert json.loads(sent.body) == {
        "start": "pixels",
        "settings": {"iterations": 40, "strength": 70},
        "options": {},
    }


def test_fork_takes_a_preset_for_the_same_pictures(server: FakeServer) -> None:
    server.answer("POST /api/v1/jobs/j0/fork", as_json(job_json("queued"), 202))
    run(server, "fork", "j0", "--start", "inputs", "--preset", "fine", "-s", "size=90")
    (sent,) = server.requests("POST /api/v1/jobs/j0/fork")
    body = json.loads(sent.body)
    assert (body["start"], body["settings"]) == ("inputs", {"preset": "fine", "size": 90})


def test_fork_with_out_waits_and_saves(server: FakeServer, pictures: Path) -> None:
    will_succeed(server)
    server.answer("POST /api/v1/jobs/j0/fork", as_json(job_json("queued"), 202))
    result = run(server, "fork", "j0", "--start", "inputs", "-o", "result.png")
    assert result.exit_code == 0, result.output
    assert (pictures / "result.png").read_bytes() == b"x" * 1500


def test_retry_in_a_pipe_prints_only_the_id(server: FakeServer) -> None:
    server.answer("POST /api/v1/jobs/j1/retry", as_json(job_json("queued"), 202))
    result = run(server, "retry", "j1")
    assert (result.exit_code, result.stdout) == (0, "j1\n")
    assert "gramworks watch j1" in result.stderr


def test_retry_with_out_waits_and_saves(server: FakeServer, pictures: Path) -> None:
    will_succeed(server)
    server.answer("POST /api/v1/jobs/j1/retry", as_json(job_json("queued"), 202))
    result = run(server, "retry", "j1", "-o", "result.png")
    assert result.exit_code == 0, result.output
    assert (pictures / "result.png").exists()


def test_retry_of_a_job_that_did_not_fail_is_an_error_in_one_line(server: FakeServer) -> None:
    server.answer("POST /api/v1/jobs/j1/retry", problem(409, "The job is running; no."))
    result = run(server, "retry", "j1")
    assert (result.exit_code, result.stderr) == (1, "error: The job is running; no.\n")


def test_status_shows_why_a_job_does_not_start(server: FakeServer) -> None:
    waiting = {"code": "no_worker_online", "detail": "No worker is online."}
    server.answer(JOB, as_json(job_json("queued", waiting=waiting)))
    assert re.search(r"waiting +No worker is online\.", run(server, "status", "j1").stdout)


def test_status_shows_the_log_and_the_fallbacks(server: FakeServer) -> None:
    step = {"state": "queued", "at": "2026-01-01T12:00:00Z", "attempt": 1, "detail": "Back again."}
    fallback = {"attempt": 1, "evaluation": 3, "cause": "killed", "history": 3, "tile": 256}
    reported = job_json(log=[step], fallbacks=[{**fallback, "detail": "In tiles."}])
    server.answer(JOB, as_json(reported))
    shown = run(server, "status", "j1").stdout
    assert re.search(r"history +2026-01-01 \d\d:\d\d:00 +Back again\.", shown)
    assert re.search(r"memory +In tiles\.", shown)


def test_list_does_not_shorten_ids(server: FakeServer) -> None:
    long = "j" * 50
    jobs = [job_json("queued", id=long, position=2), job_json(id="b", progress=progress_json())]
    server.answer("GET /api/v1/jobs", as_json({"jobs": jobs, "next": None}))
    _, first, second = run(server, "list").stdout.splitlines()
    assert first.split()[:2] == [long, "queued"]
    assert second.split()[:3] == ["b", "running", "20%"]


def test_list_all_follows_the_pages(server: FakeServer) -> None:
    pages = [{"jobs": [job_json(id=id_)], "next": "/x?cursor=2"} for id_ in ("c", "b")]
    last = {"jobs": [job_json(id="a")], "next": None}
    server.answer("GET /api/v1/jobs", *map(as_json, (*pages, last)))
    result = run(server, "list", "--all", "--json")
    assert [job["id"] for job in json.loads(result.stdout)] == ["c", "b", "a"]


def test_status_shows_why_a_job_failed(server: FakeServer) -> None:
    error = {"code": "diverged", "detail": "The loss [total] grew endless."}
    server.answer(JOB, as_json(job_json("failed", error=error)))
    shown = run(server, "status", "j1").stdout
    assert "The loss [total] grew endless." in shown
    assert f"{server.url}/jobs/j1" in shown


def test_status_names_the_loss_once(server: FakeServer) -> None:
    server.answer(JOB, as_json(job_json(progress=progress_json())))
    [line] = [line for line in run(server, "status", "j1").stdout.splitlines() if "8,412" in line]
    assert " ".join(line.split()) == "loss 8,412 (style 7,000, content 1,400, tv 12)"


@pytest.mark.parametrize("words", [("--json", "status", "j1"), ("status", "j1", "--json")])
def test_json_output_is_the_answer_of_the_server(
    server: FakeServer, words: tuple[str, ...]
) -> None:
    body = job_json(future="Grüße")
    server.answer(JOB, as_json(body))
    result = run(server, *words)
    assert json.loads(result.stdout) == body


def test_watching_with_json_prints_only_json_to_stdout(server: FakeServer) -> None:
    will_succeed(server)
    result = run(server, "watch", "j1", "--json")
    assert json.loads(result.stdout)["state"] == "succeeded"
    assert "succeeded in" in result.stderr


def test_settings_shows_the_schema_of_the_server(server: FakeServer) -> None:
    server.answer("GET /api/v1/settings", as_json(GUIDE))
    shown = " ".join(run(server, "settings").stdout.split())
    assert "size 400 Height of the result. 32 to 4096 px" in shown
    assert "pyramid 3 Levels. at least 1" in shown


def test_presets_are_compared(server: FakeServer) -> None:
    server.answer("GET /api/v1/settings", as_json(GUIDE))
    heading, row = run(server, "settings", "--presets").stdout.splitlines()
    assert heading.split() == ["setting", "faithful", "balanced"]
    assert row.split() == ["pyramid", "1", "3"]


def test_ctrl_c_detaches_and_prints_how_to_resume(server: FakeServer) -> None:
    server.answer(JOB, as_json(job_json()))
    endless = [b": still here\n\n", 0.1] * 100
    server.answer(EVENTS, stream(sse("job", job_json(), "1"), *endless))
    out, err = interrupted(server, "watch", "j1", at=EVENTS)
    assert "running" in out
    assert err == (
        "Stopped watching; the job continues. Watch it again with:"
        f" gramworks --url {server.url} watch j1\n"
    )
