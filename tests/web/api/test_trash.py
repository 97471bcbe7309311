"""Deleted jobs over HTTP: in the trash, restored, and deleted for good."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from shared.errors import OutOfMemory
from shared.job import ENDED, JobState
from shared.job_store import JobStore
from shared.object_store import ObjectStore
from tests.parts import redis_of, trash_of
from tests.shared.job_store.transitions import claimed, in_state, queued
from tests.web.api_requests import JOBS, accepted, problem, submit
from tests.web.conftest import Serve, services_of
from web.deletion import Deletion, delete_owned, empty_trash, restore_owned
from worker.maintenance.garbage import delete_orphans

TRASH = "/api/v1/trash"
OWNER = "local"  # of all requests with GRAMWORKS_AUTH=off


def _ok(response: TestResponse) -> dict[str, Any]:
    assert response.status_code == 200, response.text
    return dict(response.get_json())


def _ids(client: FlaskClient, path: str = JOBS) -> list[str]:
    return [job["id"] for job in _ok(client.get(f"{path}?limit=100"))["jobs"]]


def _cancelled(jobs: JobStore, owner: str = OWNER) -> str:
    job_id = queued(jobs, owner=owner)
    jobs.cancel(job_id)
    return job_id


@pytest.fixture
def without_trash(serve: Serve) -> Flask:
    """Return an application that deletes at once."""
    return serve(GRAMWORKS_TRASH_HOURS=0)


@pytest.mark.parametrize("state", sorted(ENDED))
def test_a_deleted_job_is_kept_for_a_day_and_restored_as_it_was(
    client: FlaskClient, jobs: JobStore, state: JobState
) -> None:
    job_id = in_state(jobs, state).job_id
    before = _ok(client.get(f"{JOBS}/{job_id}"))
    deleted = _ok(client.delete(f"{JOBS}/{job_id}"))
    times = [datetime.fromisoformat(deleted[name]) for name in ("deleted_at", "kept_until")]
    assert times[1] - times[0] == timedelta(hours=24)
    body = problem(client.get(f"{JOBS}/{job_id}"), 410, "job_in_trash")
    assert f"gramworks restore {job_id}" in body["detail"]
    assert (_ids(client), _ids(client, TRASH)) == ([], [job_id])
    assert _ok(client.get(TRASH))["jobs"] == [deleted]
    for _ in range(2):  # sent again because the answer was lost
        assert _ok(client.post(deleted["links"]["restore"])) == before
    assert (_ids(client), _ids(client, TRASH)) == ([job_id], [])


def test_a_job_in_the_trash_is_gone_for_every_route_but_those_that_restore_and_delete_it(
    client: FlaskClient, app: Flask, jobs: JobStore
) -> None:
    job_id = _cancelled(jobs)
    trash_of(jobs).move(job_id)
    of_the_trash = {
        "trash.restore",
        "job_page.show",
        "job_page.restore",
        "job_page.delete",
        "thumbnails_page.show",
    }
    asked = 0
    for rule in app.url_map.iter_rules():
        if rule.arguments != {"job_id"} or rule.endpoint in of_the_trash:
            continue
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            path = rule.rule.replace("<job_id>", job_id)
            assert client.open(path, method=method).status_code == 410, (method, rule.rule)
            asked += 1
    assert asked >= 15
    assert _ids(client, TRASH) == [job_id]


def test_its_pictures_stay_until_it_is_deleted_for_good(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    job_id = accepted(submit(client))["id"]
    jobs.cancel(job_id)
    stored = list(objects.stored(f"jobs/{job_id}"))
    client.delete(f"{JOBS}/{job_id}")
    delete_orphans(jobs, objects, redis_of(jobs).clock(), seconds=0)
    assert list(objects.stored(f"jobs/{job_id}")) == stored
    assert client.delete(f"{JOBS}/{job_id}?permanently=true").status_code == 204
    assert not list(objects.stored(f"jobs/{job_id}"))
    problem(client.post(f"{JOBS}/{job_id}/restore"), 404, "job_not_found")
    assert _ids(client, TRASH) == []


def test_a_job_is_deleted_for_good_without_the_trash(client: FlaskClient, jobs: JobStore) -> None:
    job_id = _cancelled(jobs)
    assert client.delete(f"{JOBS}/{job_id}?permanently=true").status_code == 204
    problem(client.get(f"{JOBS}/{job_id}"), 404, "job_not_found")
    assert _ids(client, TRASH) == []


def test_permanently_cancels_a_live_job_and_deletes_nothing(
    client: FlaskClient, jobs: JobStore
) -> None:
    job_id = queued(jobs)
    assert _ok(client.delete(f"{JOBS}/{job_id}?permanently=true"))["state"] == "cancelled"
    assert _ids(client) == [job_id]


def test_without_a_trash_a_job_is_deleted_at_once(without_trash: Flask, jobs: JobStore) -> None:
    client, job_id = without_trash.test_client(), _cancelled(jobs)
    assert client.delete(f"{JOBS}/{job_id}").status_code == 204
    problem(client.get(f"{JOBS}/{job_id}"), 404, "job_not_found")
    many = [_cancelled(jobs) for _ in range(3)]
    deleted = _ok(client.delete(f"{JOBS}?all=true"))
    assert (deleted["deleted"], deleted["undo"]) == (len(many), None)
    assert (_ids(client), _ids(client, TRASH)) == ([], [])


def test_a_request_sent_again_does_not_submit_a_job_that_is_in_the_trash_again(
    client: FlaskClient, jobs: JobStore
) -> None:
    job_id = accepted(submit_with_key(client))["id"]
    jobs.cancel(job_id)
    client.delete(f"{JOBS}/{job_id}")
    problem(submit_with_key(client), 410, "job_in_trash")
    client.post(f"{JOBS}/{job_id}/restore")
    assert accepted(submit_with_key(client))["id"] == job_id


def submit_with_key(client: FlaskClient) -> TestResponse:
    client.environ_base["HTTP_IDEMPOTENCY_KEY"] = "a-key"
    return submit(client)


def test_all_ended_jobs_are_deleted_and_restored(client: FlaskClient, jobs: JobStore) -> None:
    earlier, live, ended = _cancelled(jobs), queued(jobs, owner=OWNER), _cancelled(jobs)
    client.delete(f"{JOBS}/{earlier}")
    theirs = _cancelled(jobs, "somebody else")
    deleted = _ok(client.delete(f"{JOBS}?all=true"))
    assert (deleted["deleted"], deleted["cancelled"], deleted["next"]) == (1, 0, None)
    assert _ids(client) == [theirs, live]
    assert _ids(client, TRASH) == [ended, earlier]
    assert _ok(client.post(deleted["undo"])) == {"restored": 1, "next": None}
    assert _ids(client) == [theirs, ended, live]
    assert _ok(client.post(f"{TRASH}/restore")) == {"restored": 1, "next": None}
    assert _ids(client) == [theirs, ended, live, earlier]


def test_live_jobs_are_deleted_too_if_that_is_wanted(client: FlaskClient, jobs: JobStore) -> None:
    live, failed = queued(jobs, owner=OWNER), queued(jobs, owner=OWNER)
    jobs.fail(claimed(jobs), OutOfMemory(width=1, height=1, maximum=None))
    deleted = _ok(client.delete(f"{JOBS}?all=true&cancel=true"))
    assert (deleted["deleted"], deleted["cancelled"]) == (2, 1)
    client.post(deleted["undo"])
    states = {job_id: _ok(client.get(f"{JOBS}/{job_id}"))["state"] for job_id in (live, failed)}
    assert sorted(states.values()) == ["cancelled", "failed"]


def test_many_jobs_are_deleted_restored_and_erased_in_parts(
    client: FlaskClient, app: Flask, jobs: JobStore, objects: ObjectStore
) -> None:
    ids = [_cancelled(jobs) for _ in range(40)]
    objects.put(f"jobs/{ids[0]}/content.png", b"")
    services, since = services_of(app), trash_of(jobs).last_number()
    first = delete_owned(services, OWNER, Deletion(since, None), cancel=False, seconds=0)
    assert (first.deleted, len(_ids(client))) == (25, 15)
    late = _cancelled(jobs)
    following = f"{JOBS}?all=true&cursor={first.cursor}&since={since}"
    last = _ok(client.delete(following))
    assert (last["deleted"], last["next"], _ids(client)) == (15, None, [late])
    assert restore_owned(services, OWNER, since, seconds=0) == (25, True)
    assert _ok(client.post(last["undo"])) == {"restored": 15, "next": None}
    client.delete(f"{JOBS}?all=true")
    assert empty_trash(services, OWNER, seconds=0) == (10, True)
    assert _ok(client.delete(f"{TRASH}?all=true")) == {"deleted": 31, "next": None}
    assert (_ids(client), _ids(client, TRASH)) == ([], [])
    assert not list(objects.stored(f"jobs/{ids[0]}"))


@pytest.mark.parametrize("path", [JOBS, f"{JOBS}?all=false", TRASH, f"{TRASH}?all=false"])
def test_all_jobs_are_deleted_only_with_a_confirmation(
    client: FlaskClient, jobs: JobStore, path: str
) -> None:
    job_id = _cancelled(jobs)
    body = problem(client.delete(path), 422, "confirmation_missing")
    assert body["field"] == "all"
    assert _ids(client) == [job_id]


@pytest.mark.parametrize(
    ("method", "path", "field", "words"),
    [
        ("DELETE", f"{JOBS}?all=yes+please", "all", "true or false"),
        ("DELETE", f"{JOBS}?all=true&cancle=true", "cancle", "It has all, cancel"),
        ("DELETE", f"{JOBS}?all=true&cursor=-1", "cursor", "0 or more"),
        ("DELETE", f"{JOBS}?all=true&since=1.5", "since", "whole number"),
        ("POST", f"{TRASH}/restore?since=99999999999999999999", "since", "less than"),
        ("GET", f"{TRASH}?limit=101", "limit", "100 or less"),
        ("GET", f"{TRASH}?limit=", "limit", "whole number"),
        ("GET", f"{TRASH}?cursor=%2Binf", "cursor", "whole number"),
        ("DELETE", f"{TRASH}?all=true&since=1", "since", "It has all"),
        ("DELETE", f"{TRASH}?all=0", "all", "true or false"),
    ],
)
def test_a_wrong_query_is_refused_with_its_name(
    client: FlaskClient, method: str, path: str, field: str, words: str
) -> None:
    response = client.open(path, method=method)
    assert response.status_code == 422, response.text
    assert response.get_json()["field"] == field
    assert words in response.get_json()["detail"]


def test_a_misspelled_wish_deletes_nothing(client: FlaskClient, jobs: JobStore) -> None:
    job_id = _cancelled(jobs)
    problem(client.delete(f"{JOBS}/{job_id}?permanent=true"), 422, "unknown_parameter")
    assert _ids(client) == [job_id]


def test_the_trash_has_pages(client: FlaskClient, jobs: JobStore) -> None:
    ids = [_cancelled(jobs) for _ in range(3)]
    for job_id in ids:
        client.delete(f"{JOBS}/{job_id}")
    first = _ok(client.get(f"{TRASH}?limit=2"))
    second = _ok(client.get(first["next"]))
    assert [job["id"] for page in (first, second) for job in page["jobs"]] == ids[::-1]
    assert second["next"] is None
