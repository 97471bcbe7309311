"""The client moves jobs to the trash, restores them, and deletes them for good."""

import pytest

from gramworks import Client, Deletion, NotFound
from tests.gramworks.fake_server import Answer, FakeServer, as_json, hang_up, job_json, problem

ONE, ALL = "DELETE /api/v1/jobs/j1", "DELETE /api/v1/jobs"
TRASH, RESTORE = "/api/v1/trash", "POST /api/v1/trash/restore"
TRASHED = job_json(
    "succeeded", deleted_at="2026-01-02T12:00:00Z", kept_until="2026-01-03T12:00:00Z"
)


def _queries(server: FakeServer) -> list[str]:
    return [received.query for received in server.received]


def test_delete_returns_until_when_the_job_can_be_restored(
    server: FakeServer, client: Client
) -> None:
    server.answer(ONE, as_json(TRASHED))
    job = client.delete("j1")
    assert job is not None
    assert job.deleted_at is not None
    assert job.kept_until is not None
    assert (job.kept_until - job.deleted_at).days == 1
    assert len(server.received) == 1


def test_delete_cancels_a_live_job_first(server: FakeServer, client: Client) -> None:
    server.answer(ONE, as_json(job_json("cancelled")), as_json(TRASHED))
    assert client.delete("j1") is not None
    assert len(server.received) == 2


def test_delete_permanently_deletes_for_good(server: FakeServer, client: Client) -> None:
    server.answer(ONE, as_json(job_json("cancelled")), Answer(204))
    assert client.delete("j1", permanently=True) is None
    assert _queries(server) == ["permanently=true"] * 2


def test_restore_is_sent_again_and_returns_the_job(server: FakeServer, client: Client) -> None:
    server.answer("POST /api/v1/jobs/j1/restore", hang_up(), as_json(job_json("failed")))
    assert client.restore("j1").state == "failed"


def test_a_job_in_the_trash_is_not_found_and_says_why(server: FakeServer, client: Client) -> None:
    server.answer("GET /api/v1/jobs/j1", problem(410, "It is in the trash.", code="job_in_trash"))
    with pytest.raises(NotFound) as error:
        client.job("j1")
    assert (error.value.status, error.value.code) == (410, "job_in_trash")


def test_all_parts_of_a_deletion_are_done(server: FakeServer, client: Client) -> None:
    undo = "/api/v1/trash/restore?since=7"
    following = "/prefix/api/v1/jobs?all=true&cursor=40&since=7&cancel=true"
    part = {"deleted": 300, "cancelled": 2, "undo": undo}
    server.answer(ALL, as_json({**part, "next": following}), as_json({**part, "next": None}))
    assert client.delete_all(cancel=True) == Deletion(deleted=600, cancelled=4, since=7)
    assert _queries(server) == ["all=true&cancel=true", following.partition("?")[2]]


def test_without_a_trash_there_is_nothing_to_undo(server: FakeServer, client: Client) -> None:
    server.answer(ALL, as_json({"deleted": 1, "cancelled": 0, "next": None, "undo": None}))
    assert client.delete_all() == Deletion(deleted=1, cancelled=0, since=None)
    assert _queries(server) == ["all=true"]


def test_all_parts_are_restored(server: FakeServer, client: Client) -> None:
    following = "/api/v1/trash/restore?since=7"
    answers = [{"restored": 5, "next": following}, {"restored": 2, "next": None}]
    server.answer(RESTORE, *map(as_json, answers))
    assert client.restore_all(since=7) == 7
    assert _queries(server) == ["since=7", "since=7"]


def test_all_parts_of_the_trash_are_deleted(server: FakeServer, client: Client) -> None:
    answers = [{"deleted": 5, "next": f"{TRASH}?all=true"}, {"deleted": 2, "next": None}]
    server.answer(f"DELETE {TRASH}", *map(as_json, answers))
    assert client.empty_trash() == 7
    assert _queries(server) == ["all=true", "all=true"]


def test_the_trash_is_listed_in_pages(server: FakeServer, client: Client) -> None:
    pages = [{"jobs": [TRASHED], "next": f"{TRASH}?cursor=3"}, {"jobs": [TRASHED], "next": None}]
    server.answer(f"GET {TRASH}", *map(as_json, pages))
    assert [job.id for job in client.all_trash()] == ["j1", "j1"]
    assert _queries(server) == ["limit=100", "limit=100&cursor=3"]
