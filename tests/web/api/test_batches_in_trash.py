"""Jobs of a batch in the trash: they count as deleted, and are whole when they are restored."""

import pytest
from flask.testing import FlaskClient

from shared import paths
from shared.job_store import JobStore
from shared.object_store import ObjectStore
from tests.parts import redis_of, trash_of
from tests.shared.job_store.new_batches import batches_of, interrupted
from tests.shared.job_store.transitions import claimed
from tests.web.api.test_batch_results import archive_of, manifest_of
from tests.web.api.test_batches import counted
from tests.web.api_requests import JOBS
from tests.web.batch_requests import BATCHES, new_batch, shown
from tests.web.conftest import services_of
from tests.web.finished_job import finish
from worker.maintenance.batches import delete_empty_batches
from worker.maintenance.garbage import delete_orphans

TRASH = "/api/v1/trash"
OWNER = "local"  # of all requests with GRAMWORKS_AUTH=off
DAYS = 1_000_000.0  # in seconds, after which nothing is too young to be garbage


@pytest.fixture
def finished(client: FlaskClient, jobs: JobStore, objects: ObjectStore) -> tuple[str, list[str]]:
    """Return a batch of which all jobs have succeeded, and the jobs."""
    batch = new_batch(client)
    for _ in batch["jobs"]:
        finish(claimed(jobs), jobs, objects)
    return batch["id"], [each["id"] for each in batch["jobs"]]


def pictures_left(jobs: JobStore, objects: ObjectStore, batch_id: str) -> int:
    """Collect garbage as if all of it were old; return how many pictures a batch then has."""
    now = redis_of(jobs).clock() + DAYS
    delete_orphans(jobs, objects, now)
    delete_empty_batches(batches_of(jobs), objects, now)
    return len(list(objects.stored(paths.batch_folder(batch_id))))


def test_a_job_that_is_deleted_is_left_out_of_the_zip_until_it_is_restored(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore, finished: tuple[str, list[str]]
) -> None:
    batch_id, ids = finished
    before = archive_of(client, batch_id).read("0-1-0.png")
    client.delete(f"{JOBS}/{ids[1]}")
    batch = shown(client, batch_id)
    assert counted(batch) == {"succeeded": 5, "deleted": 1}
    assert (batch["jobs"][1]["state"], batch["jobs"][1]["job"]) == ("deleted", None)
    archive = archive_of(client, batch_id)
    assert "0-1-0.png" not in archive.namelist()
    assert len(archive.namelist()) == 6
    row = manifest_of(archive)["jobs"][1]
    assert (row["job"], row["state"], row["file"]) == (ids[1], "deleted", None)
    assert pictures_left(jobs, objects, batch_id) == 5
    assert client.post(f"{JOBS}/{ids[1]}/restore").status_code == 200
    assert counted(shown(client, batch_id)) == {"succeeded": 6}
    assert archive_of(client, batch_id).read("0-1-0.png") == before


def test_emptying_the_trash_leaves_the_pictures_to_the_other_jobs(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore, finished: tuple[str, list[str]]
) -> None:
    batch_id, ids = finished
    for job_id in ids[:5]:
        client.delete(f"{JOBS}/{job_id}")
    client.delete(f"{TRASH}?all=true")
    assert pictures_left(jobs, objects, batch_id) == 5
    again = client.post(f"{JOBS}/{ids[5]}/fork", json={"start": "inputs"})
    assert again.status_code == 202, again.text
    assert counted(shown(client, batch_id)) == {"succeeded": 1, "deleted": 5}


def test_a_batch_with_all_jobs_in_the_trash_is_there_until_the_trash_is_emptied(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore, finished: tuple[str, list[str]]
) -> None:
    batch_id, _ = finished
    deletion = client.delete(f"{JOBS}?all=true").get_json()
    batch = shown(client, batch_id)
    assert (counted(batch), batch["ended"], batch["progress"]) == ({"deleted": 6}, True, 1)
    assert archive_of(client, batch_id).namelist() == ["manifest.json"]
    assert pictures_left(jobs, objects, batch_id) == 5
    client.post(deletion["undo"])
    assert counted(shown(client, batch_id)) == {"succeeded": 6}
    assert len(archive_of(client, batch_id).namelist()) == 7
    client.delete(f"{JOBS}?all=true")
    client.delete(f"{TRASH}?all=true")
    assert pictures_left(jobs, objects, batch_id) == 0
    assert client.get(f"{BATCHES}/{batch_id}").status_code == 404


def test_deleting_all_deletes_the_jobs_that_are_only_planned(
    client: FlaskClient, jobs: JobStore
) -> None:
    others, own = interrupted(jobs, owner="alice"), interrupted(jobs, owner=OWNER)
    body = client.delete(f"{JOBS}?all=true").get_json()
    assert (body["deleted"], batches_of(jobs).get(own).counts["planned"]) == (0, 4)
    body = client.delete(f"{JOBS}?all=true&cancel=true").get_json()
    assert (body["deleted"], body["cancelled"]) == (6, 6)
    assert batches_of(jobs).get(own).counts["deleted"] == 6
    assert batches_of(jobs).get(others).counts["planned"] == 4
    assert len(trash_of(jobs).page(100, owner=OWNER).jobs) == 6


def test_cancelling_leaves_the_trash_alone(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore
) -> None:
    batch = new_batch(client)
    finish(claimed(jobs), jobs, objects)
    client.delete(f"{JOBS}/{batch['jobs'][0]['id']}")
    body = client.delete(f"{BATCHES}/{batch['id']}").get_json()
    assert (body["cancelled"], counted(body)) == (5, {"cancelled": 5, "deleted": 1})
    assert services_of(client.application).queue.load().jobs == 0
