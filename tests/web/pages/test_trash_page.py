"""The trash: what is in it and until when; restoring, deleting for good, emptying it."""

import re

import pytest
from flask.testing import FlaskClient

from shared.job import JobState
from shared.job_store import JobStore
from shared.object_store import ObjectStore
from tests.parts import trash_of
from tests.shared.job_store.transitions import in_state
from tests.web.conftest import Serve
from tests.web.painted_jobs import painted, submitted
from web.picture_list import PAGE


def shown(client: FlaskClient, query: str = "") -> list[str]:
    """Return the ids of the jobs on a page of the trash."""
    response = client.get(f"/trash{query}")
    assert response.status_code == 200, response.text
    return re.findall(r'<li class="item[^>]*id="job-(\w+)"', response.text)


def deleted(jobs: JobStore, objects: ObjectStore, count: int) -> list[str]:
    """Return the ids of new jobs in the trash, the last deleted first."""
    ids = [painted(jobs, objects) for _ in range(count)]
    for job_id in ids:
        trash_of(jobs).move(job_id)
    return ids[::-1]


def test_the_trash_is_paged_and_says_until_when(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    assert "The trash is empty" in client.get("/trash").text
    ids = deleted(jobs, objects, PAGE + 2)
    page = client.get("/trash").text
    assert shown(client) == ids[:PAGE]
    assert page.count("Until <time") == PAGE
    older = re.search(r'rel="next"[^>]*href="/trash([^"]*)"', page)
    assert older is not None
    assert shown(client, older[1]) == ids[PAGE:]


def test_selected_pictures_are_restored_or_deleted_for_good(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    first, second, third = deleted(jobs, objects, 3)
    assert client.post("/trash/restore", data={"job": [first]}).status_code == 303
    assert shown(client) == [second, third]
    assert client.post("/trash/delete", data={"job": [second]}).status_code == 303
    assert shown(client) == [third]
    assert jobs.get(first).state is JobState.SUCCEEDED
    assert jobs.get_all([second]) == []
    assert not list(objects.stored(f"jobs/{second}"))


def test_what_was_just_deleted_is_offered_until_it_is_gone_for_good(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    (job_id,) = deleted(jobs, objects, 1)
    address = f"/trash?deleted={job_id}"
    assert "Restore it" in client.get(address).text
    client.post("/trash/delete", data={"job": [job_id]})
    page = client.get(address)
    assert page.status_code == 200
    assert "The trash is empty" in page.text


def test_what_is_not_in_the_trash_is_not_deleted_for_good(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    job_id = painted(jobs, objects)
    client.post("/trash/delete", data={"job": [job_id]})
    assert jobs.get(job_id)


def test_the_trash_is_emptied(client: FlaskClient, jobs: JobStore, objects: ObjectStore) -> None:
    kept = painted(jobs, objects)
    deleted(jobs, objects, 3)
    assert "Delete all 3 pictures in the trash for good" in client.get("/trash").text
    assert client.post("/trash/empty").status_code == 303
    assert shown(client) == []
    assert jobs.get(kept)
    assert client.post("/trash/empty", data={"all": "true"}).status_code == 422


def test_all_pictures_are_deleted_and_restored_after_a_confirmation_with_their_number(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    before = deleted(jobs, objects, 1)
    ids = [painted(jobs, objects) for _ in range(3)]
    live = submitted(jobs, objects)
    assert "Delete all 4 jobs" in client.get("/gallery").text
    response = client.post("/trash/delete-all")
    assert response.status_code == 303
    assert set(shown(client)) == {*ids, *before}
    assert jobs.get(live).state is JobState.QUEUED
    page = client.get(response.location).text
    assert "Restore all of it" in page
    since = re.search(r'name="since" value="(\d+)"', page)
    assert since is not None
    assert client.post("/trash/restore", data={"since": since[1]}).location == "/gallery"
    assert shown(client) == before
    client.post("/trash/delete-all", data={"cancel": "true"})
    assert set(shown(client)) == {*ids, *before, live}


def test_without_a_trash_all_pictures_are_deleted_for_good(
    serve: Serve, jobs: JobStore, objects: ObjectStore
) -> None:
    client = serve(GRAMWORKS_TRASH_HOURS=0).test_client()
    job_id = painted(jobs, objects)
    page = client.get("/gallery").text
    assert "They cannot be restored." in page
    assert "/trash" not in page.replace("/trash/restore", "").replace("/trash/delete-all", "")
    assert client.post("/trash/delete-all").location == "/gallery"
    assert jobs.get_all([job_id]) == []
    assert "This server keeps no trash" in client.get("/trash").text


@pytest.mark.parametrize(
    ("method", "path", "data", "field"),
    [
        ("GET", "/trash?before=x", {}, "before"),
        ("GET", "/trash?page=1", {}, "page"),
        ("GET", "/trash?deleted=x", {}, "deleted"),
        ("GET", "/trash?since=-1", {}, "since"),
        ("POST", "/trash/restore", {"since": "x"}, "since"),
        ("POST", "/trash/delete-all", {"cancel": "yes"}, "cancel"),
        ("POST", "/trash/delete-all", {"everything": "true"}, "everything"),
    ],
)
def test_odd_values_are_refused_with_their_name(
    client: FlaskClient, jobs: JobStore, method: str, path: str, data: dict[str, str], field: str
) -> None:
    job_id = in_state(jobs, JobState.FAILED).job_id
    response = client.open(path, method=method, data=data)
    assert response.status_code == 422
    assert field in response.text
    assert jobs.get(job_id)
