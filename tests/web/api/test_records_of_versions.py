"""No record makes the web fail: older ones are served, unreadable ones are shown and deleted."""

import numpy as np
import pytest
from flask.testing import FlaskClient

from shared.job import JobState
from shared.job_store import JobStore
from shared.job_store.connection import Connection
from shared.object_store import ObjectStore
from shared.pictures import encode
from tests.shared.job_store.older_records import SAMPLES, restore
from tests.shared.job_store.transitions import in_state, queued
from tests.web.api_requests import JOBS, problem
from tests.web.pictures import cornered

UNREADABLE = {
    "an unknown state": ("state", "paused"),
    "an unknown value of a setting": ("settings", '{"preset": null, "size": "large"}'),
    "an unknown priority": ("options", '{"priority": "urgent"}'),
    "inputs of another form": ("inputs", '{"content": "a.png"}'),
}
# with the defaults that version 1 had not
SETTINGS = '{"size": 64, "pyramid": 3, "coarse_iterations": 20, "histogram_weight": 0.5}'
UNKNOWN = {
    "an unknown field": ("mood", "calm"),
    "an unknown setting": ("settings", SETTINGS),
    "an unknown option": ("options", '{"webhook": "https://example.org"}'),
    "a later version": ("version", "7"),
}


@pytest.mark.parametrize("state", JobState)
@pytest.mark.parametrize("unknown", UNKNOWN)
def test_fields_that_this_version_does_not_know_are_ignored(
    client: FlaskClient, jobs: JobStore, redis: Connection, unknown: str, state: JobState
) -> None:
    job_id = in_state(jobs, state).job_id
    before = client.get(f"{JOBS}/{job_id}").get_json()
    redis.hset(f"gw:job:{job_id}", *UNKNOWN[unknown])
    shown = client.get(f"{JOBS}/{job_id}").get_json()
    assert {**shown, "eta_seconds": None} == {**before, "eta_seconds": None}
    assert client.get(JOBS).get_json()["jobs"] == [shown]
    assert client.get("/").status_code == client.get(f"/jobs/{job_id}").status_code == 200


@pytest.mark.parametrize("state", JobState)
@pytest.mark.parametrize("unreadable", UNREADABLE)
def test_an_unreadable_record_is_shown_as_such_and_deleted(
    client: FlaskClient, jobs: JobStore, redis: Connection, unreadable: str, state: JobState
) -> None:
    job_id, other = in_state(jobs, state).job_id, queued(jobs)
    redis.hset(f"gw:job:{job_id}", *UNREADABLE[unreadable])
    first, second = client.get(JOBS).get_json()["jobs"]
    assert (first["id"], first["state"]) == (other, "queued")
    assert (second["id"], second["state"]) == (job_id, "unreadable")
    assert second["error"]["code"] == "record_unreadable"
    for page in ("/", f"/jobs/{job_id}"):
        response = client.get(page)
        assert response.status_code == 200
        assert "unreadable" in response.text
    for tail in ("", "/events", "/result", "/preview"):
        problem(client.get(f"{JOBS}/{job_id}{tail}"), 409, "record_unreadable")
    assert client.delete(f"{JOBS}/{job_id}?permanently=true").status_code == 204
    assert [job["id"] for job in client.get(JOBS).get_json()["jobs"]] == [other]


def test_an_unreadable_job_is_deleted_from_its_page(
    client: FlaskClient, jobs: JobStore, redis: Connection
) -> None:
    job_id = queued(jobs)
    redis.hset(f"gw:job:{job_id}", "state", "paused")
    assert f'action="/jobs/{job_id}/delete"' in client.get(f"/jobs/{job_id}").text
    assert client.post(f"/jobs/{job_id}/delete").status_code == 303
    assert jobs.page(10).jobs == []


@pytest.mark.parametrize("name", SAMPLES)
def test_an_older_job_is_listed_shown_and_deleted(
    client: FlaskClient, redis: Connection, name: str
) -> None:
    job_id, _ = restore(redis, name)
    shown = client.get(f"{JOBS}/{job_id}").get_json()
    assert client.get(JOBS).get_json()["jobs"] == [shown]
    assert shown["error"] is None or shown["error"]["detail"].endswith(".")
    assert all(line["detail"].endswith(".") for line in shown["log"])
    assert client.get("/").status_code == client.get(f"/jobs/{job_id}").status_code == 200
    client.delete(f"{JOBS}/{job_id}?if=live")
    assert client.delete(f"{JOBS}/{job_id}?permanently=true").status_code == 204
    problem(client.get(f"{JOBS}/{job_id}"), 404, "job_not_found")


def test_the_result_of_an_older_job_is_downloaded(
    client: FlaskClient, redis: Connection, objects: ObjectStore
) -> None:
    job_id, record = restore(redis, "succeeded")
    picture = encode(np.asarray(cornered()), "png")
    objects.put(record["result"], picture)
    response = client.get(f"{JOBS}/{job_id}/result")
    assert (response.status_code, response.data) == (200, picture)
