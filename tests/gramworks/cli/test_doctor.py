"""`gramworks doctor` says what is wrong and how to mend it."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gramworks.cli.commands import cli
from tests.gramworks.cli.commands import run
from tests.gramworks.fake_server import FakeServer, as_json, job_json, problem

pytestmark = pytest.mark.usefixtures("pictures")
WORKER = {
    "name": "host-1",
    "device": "the processor",
    "pixels": 16_000_000,
    "draining": False,
    "suspended": None,
}


@pytest.fixture(autouse=True)
def healthy(server: FakeServer) -> None:
    server.answer("GET /healthz", as_json({"status": "ok"}))
    server.answer("GET /readyz", as_json({"status": "ready", "workers": 1}))
    will_have(server, WORKER)


def will_have(server: FakeServer, *workers: dict[str, Any]) -> None:
    server.answer("GET /api/v1/workers", as_json({"workers": list(workers)}))


def findings(result: Result) -> dict[str, dict[str, str]]:
    return {each["check"]: each for each in json.loads(result.stdout)}


def problems(result: Result) -> list[str]:
    return [name for name, each in findings(result).items() if each["status"] == "problem"]


def test_a_healthy_system_has_no_problem(server: FakeServer) -> None:
    result = run(server, "doctor", "--json")
    assert (result.exit_code, problems(result)) == (0, [])
    found = findings(result)
    assert {"server", "redis", "images", "disk", "workers", "device", "weights", "licence"} <= {
        *found
    }
    assert "the processor" in found["device"]["detail"]
    assert "CC BY 4.0" in found["licence"]["detail"]


def test_it_fits_80_columns(server: FakeServer) -> None:
    result = run(server, "doctor", COLUMNS="80")
    assert result.exit_code == 0
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_a_server_that_does_not_answer_is_the_only_finding() -> None:
    result = CliRunner().invoke(cli, ["--url", "http://127.0.0.1:9", "doctor", "--json"])
    assert result.exit_code == 4
    assert problems(result) == ["server"]
    assert "make up" in findings(result)["server"]["remedy"]


def test_another_server_is_recognised(server: FakeServer) -> None:
    server.answer("GET /healthz", as_json({"hello": "world"}))
    result = run(server, "doctor", "--json")
    assert problems(result) == ["server"]
    assert "not one of a Gramworks server" in findings(result)["server"]["detail"]


@pytest.mark.parametrize(
    ("code", "body", "check", "remedy"),
    [
        ("store_unavailable", {"store": "redis", "reason": "refused"}, "redis", "REDIS_URL"),
        ("store_unavailable", {"store": "images", "reason": "gone"}, "images", "GRAMWORKS_IMAGES"),
        ("storage_full", {"store": "redis"}, "redis", "maxmemory"),
        ("storage_full", {"store": "images"}, "disk", "df -h"),
        ("queue_full", {"bound": "jobs", "maximum": 9}, "queue", "workers"),
        ("new_reason", {}, "ready", "log"),
    ],
)
def test_a_server_that_accepts_no_jobs_is_explained(
    server: FakeServer, code: str, body: dict[str, Any], check: str, remedy: str
) -> None:
    server.answer("GET /readyz", problem(503, "So it is.", code=code, **body))
    result = run(server, "doctor", "--json")
    assert (result.exit_code, problems(result)) == (1, [check])
    assert remedy in findings(result)[check]["remedy"]


def test_without_workers_it_says_how_to_start_one_and_check_the_weights(
    server: FakeServer,
) -> None:
    will_have(server)
    result = run(server, "doctor", "--json")
    assert (result.exit_code, problems(result)) == (1, ["workers"])
    assert "make up" in findings(result)["workers"]["remedy"]
    weights = findings(result)["weights"]
    assert weights["status"] == "unknown"
    assert "worker.fetch" in weights["remedy"]


def test_a_suspended_worker_is_a_problem_even_if_another_one_works(server: FakeServer) -> None:
    pause = {"until": "2026-01-01T12:00:00+00:00", "reason": "no memory on device"}
    will_have(server, WORKER, {**WORKER, "name": "host-2", "suspended": pause})
    result = run(server, "doctor", "--json")
    assert problems(result) == ["workers"]
    assert "host-2 is suspended until" in findings(result)["workers"]["detail"]
    assert "no memory on device" in findings(result)["workers"]["detail"]


def test_only_draining_workers_are_a_problem(server: FakeServer) -> None:
    will_have(server, {**WORKER, "draining": True})
    result = run(server, "doctor", "--json")
    assert problems(result) == ["workers"]
    assert "gramworks undrain NAME" in findings(result)["workers"]["remedy"]


def test_a_job_that_waits_for_a_reason_is_a_problem(server: FakeServer) -> None:
    waiting = {"code": "no_live_worker_fits", "detail": "No worker has enough memory."}
    jobs = [job_json("queued", waiting=waiting), job_json("failed", id="f" * 32)]
    server.answer("GET /api/v1/jobs", as_json({"jobs": jobs, "next": None}))
    result = run(server, "doctor", "--json")
    assert problems(result) == ["jobs"]
    assert "No worker has enough memory" in findings(result)["jobs"]["detail"]


def test_a_missing_token_is_a_problem(server: FakeServer) -> None:
    server.answer("GET /api/v1/settings", problem(401, "A token is needed.", code="unauthorized"))
    result = run(server, "doctor", "--json")
    assert problems(result) == ["token"]
    assert "GRAMWORKS_TOKEN" in findings(result)["token"]["remedy"]


def test_it_names_the_configuration_file(server: FakeServer, pictures: Path) -> None:
    path = pictures / "mine.toml"
    path.write_text("[list]\nlimit = 3\n")
    assert (
        str(path)
        in findings(run(server, "--config", str(path), "doctor", "--json"))["config"]["detail"]
    )


def test_workers_are_listed(server: FakeServer) -> None:
    result = run(server, "workers")
    assert "host-1" in result.stdout
    assert "16 megapixels" in result.stdout
    assert json.loads(run(server, "workers", "--json").stdout) == [WORKER]
    will_have(server)
    assert run(server, "workers").stdout == "no worker is online\n"
