"""A job is named by its id, the start of its id, or `last`; and how jobs are listed and deleted."""

import json

import pytest

from tests.gramworks.cli.commands import run
from tests.gramworks.fake_server import Answer, FakeServer, as_json, job_json

pytestmark = pytest.mark.usefixtures("pictures")
LIST = "GET /api/v1/jobs"
IDS = ["a1" + "0" * 30, "a2" + "0" * 30, "b1" + "0" * 30]


@pytest.fixture(autouse=True)
def jobs(server: FakeServer) -> None:
    """Let the server have three jobs on two pages, and show each."""
    pages = [IDS[:2], IDS[2:]]
    bodies = [{"jobs": [job_json("succeeded", id=each) for each in page]} for page in pages]
    first, last = bodies[0] | {"next": "/api/v1/jobs?cursor=1"}, bodies[1] | {"next": None}
    server.answer(LIST, as_json(first), as_json(last))
    for each in IDS:
        server.answer(f"{LIST}/{each}", as_json(job_json("succeeded", id=each)))
        server.answer(f"DELETE /api/v1/jobs/{each}", Answer(204))


@pytest.mark.parametrize(
    ("name", "expected"), [("b", IDS[2]), ("A2", IDS[1]), ("last", IDS[0]), (IDS[0][:31], IDS[0])]
)
def test_the_start_of_an_id_is_enough(server: FakeServer, name: str, expected: str) -> None:
    result = run(server, "status", name, "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["id"] == expected


def test_a_whole_id_is_not_looked_up(server: FakeServer) -> None:
    assert run(server, "status", IDS[1]).exit_code == 0
    assert server.requests(LIST) == []


def test_an_ambiguous_start_names_the_jobs_that_match(server: FakeServer) -> None:
    result = run(server, "cancel", "a")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "error: 2 jobs have an id that starts with 'a':",
        f"  {IDS[0]}  succeeded",
        f"  {IDS[1]}  succeeded",
    ]


@pytest.mark.parametrize("name", ["c", "", "../x", "latest"])
def test_a_name_that_no_job_has_is_an_error(server: FakeServer, name: str) -> None:
    result = run(server, "status", name)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"error: There is no job whose id starts with {name!r}.\n"


def test_last_is_an_error_while_there_are_no_jobs(server: FakeServer) -> None:
    server.answer(LIST, as_json({"jobs": [], "next": None}))
    result = run(server, "fetch", "last")
    assert (result.exit_code, result.stderr) == (1, "error: There are no jobs yet.\n")


@pytest.mark.parametrize(
    ("limit", "listed", "queries"),
    [(1, 1, ["limit=1"]), (3, 3, ["limit=3", "limit=3&cursor=1"]), (500, 3, ["limit=100"])],
)
def test_list_pages_up_to_its_limit(
    server: FakeServer, limit: int, listed: int, queries: list[str]
) -> None:
    result = run(server, "list", "--limit", str(limit), "--json")
    assert [job["id"] for job in json.loads(result.stdout)] == IDS[:listed]
    assert [received.query for received in server.received][: len(queries)] == queries


def test_delete_asks_first_unless_told_not_to(server: FakeServer) -> None:
    refused = run(server, "delete", "b")
    assert refused.exit_code == 1
    assert "--yes" in refused.stderr
    result = run(server, "delete", "b", IDS[0], IDS[0], "--yes")
    assert result.exit_code == 0, result.output
    assert result.stdout == f"Job {IDS[2]} is deleted.\nJob {IDS[0]} is deleted.\n"
    deleted = [each.path[-32:] for each in server.received if each.method == "DELETE"]
    assert deleted == [IDS[2], IDS[0]]


def test_delete_with_json_names_what_it_deleted(server: FakeServer) -> None:
    result = run(server, "delete", "b", "--yes", "--json")
    assert json.loads(result.stdout) == {"deleted": [IDS[2]]}


def test_one_wrong_name_deletes_nothing(server: FakeServer) -> None:
    assert run(server, "delete", "b", "c", "--yes").exit_code == 1
    assert not [each for each in server.received if each.method == "DELETE"]
