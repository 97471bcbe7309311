"""`gramworks delete` moves jobs to the trash and says how to undo it; `restore` does."""

import json

import pytest

from tests.gramworks.cli.commands import run
from tests.gramworks.fake_server import Answer, FakeServer, as_json, job_json, problem

pytestmark = pytest.mark.usefixtures("pictures")
JOBS, TRASH = "/api/v1/jobs", "/api/v1/trash"
KEPT, DELETED = "a1" + "0" * 30, "b2" + "0" * 30
TIMES = {"deleted_at": "2026-01-02T12:00:00Z", "kept_until": "2026-01-03T12:00:00Z"}


@pytest.fixture(autouse=True)
def jobs(server: FakeServer) -> None:
    """Let the server have a job, and another one in the trash."""
    job = job_json("succeeded", id=KEPT)
    server.answer(f"GET {JOBS}", as_json({"jobs": [job], "next": None}))
    server.answer(f"GET {JOBS}/{KEPT}", as_json(job))
    server.answer(f"DELETE {JOBS}/{KEPT}", as_json({**job, **TIMES}))
    trashed = job_json("succeeded", id=DELETED, **TIMES)
    server.answer(f"GET {TRASH}", as_json({"jobs": [trashed], "next": None}))
    server.answer(f"DELETE {JOBS}/{DELETED}", Answer(204))
    gone = problem(410, "It is in the trash.", code="job_in_trash")
    server.answer(f"GET {JOBS}/{DELETED}", gone)
    server.answer(f"POST {JOBS}/{DELETED}/restore", as_json(job_json("succeeded", id=DELETED)))


def _sent(server: FakeServer, method: str) -> list[str]:
    sent = [each for each in server.received if each.method == method]
    return [f"{each.path}?{each.query}".removesuffix("?") for each in sent]


def test_delete_says_how_to_undo_it(server: FakeServer) -> None:
    result = run(server, "delete", "a", "--yes")
    assert result.stdout == f"Job {KEPT} is in the trash.\n"
    assert result.stderr == f"Undo: gramworks restore {KEPT}\n"


def test_delete_permanently_finds_jobs_in_the_trash_too(server: FakeServer) -> None:
    result = run(server, "delete", "b", "--permanently", "--yes")
    assert (result.stdout, result.stderr) == (f"Job {DELETED} is deleted.\n", "")
    assert _sent(server, "DELETE") == [f"{JOBS}/{DELETED}?permanently=true"]


def test_without_permanently_the_trash_is_not_searched(server: FakeServer) -> None:
    result = run(server, "delete", "b", "--yes")
    assert result.stderr == "error: There is no job whose id starts with 'b'.\n"


@pytest.mark.parametrize("name", ["b", "last", DELETED])
def test_restore_finds_a_job_in_the_trash(server: FakeServer, name: str) -> None:
    result = run(server, "restore", name)
    assert result.stdout == f"Job {DELETED} is restored.\n"
    assert _sent(server, "POST") == [f"{JOBS}/{DELETED}/restore"]


def test_restore_of_what_is_not_in_the_trash_is_an_error(server: FakeServer) -> None:
    result = run(server, "restore", "a")
    assert result.exit_code == 1
    assert result.stderr == "error: There is no job in the trash whose id starts with 'a'.\n"
    server.answer(f"GET {TRASH}", as_json({"jobs": [], "next": None}))
    assert run(server, "restore", "last").stderr == "error: The trash is empty.\n"


def test_list_shows_the_trash(server: FakeServer) -> None:
    result = run(server, "list", "--trash", "--json")
    assert [job["id"] for job in json.loads(result.stdout)] == [DELETED]


def test_delete_all_asks_first_and_says_how_to_undo_it(server: FakeServer) -> None:
    done = {"deleted": 1200, "cancelled": 0, "next": None, "undo": f"{TRASH}/restore?since=7"}
    server.answer(f"DELETE {JOBS}", as_json(done))
    assert "--yes" in run(server, "delete", "--all").stderr
    assert _sent(server, "DELETE") == []
    result = run(server, "delete", "--all", "--yes")
    assert result.stdout == "1,200 jobs moved to the trash.\n"
    assert result.stderr == "Undo: gramworks restore --all --since 7\n"
    result = run(server, "delete", "--all", "--cancel", "--yes", "--json")
    assert json.loads(result.stdout) == {"deleted": 1200, "cancelled": 0, "since": 7}
    assert _sent(server, "DELETE") == [f"{JOBS}?all=true", f"{JOBS}?all=true&cancel=true"]


def test_restore_all_restores_what_one_deletion_deleted(server: FakeServer) -> None:
    server.answer(f"POST {TRASH}/restore", as_json({"restored": 1, "next": None}))
    assert run(server, "restore", "--all", "--since", "7").stdout == "1 job restored.\n"
    assert _sent(server, "POST") == [f"{TRASH}/restore?since=7"]


def test_the_trash_is_emptied(server: FakeServer) -> None:
    server.answer(f"DELETE {TRASH}", as_json({"deleted": 2, "next": None}))
    result = run(server, "delete", "--empty-trash", "--yes", "--json")
    assert json.loads(result.stdout) == {"deleted": 2}


@pytest.mark.parametrize(
    "words",
    [
        ("delete",),
        ("delete", "a", "--all"),
        ("delete", "a", "--cancel"),
        ("delete", "--all", "--permanently"),
        ("delete", "--all", "--empty-trash"),
        ("restore",),
        ("restore", "b", "--all"),
        ("restore", "b", "--since", "7"),
    ],
)
def test_options_that_contradict_each_other_are_refused(
    server: FakeServer, words: tuple[str, ...]
) -> None:
    assert run(server, *words, "--yes" if words[0] == "delete" else "--json").exit_code == 2
    assert server.received == []
