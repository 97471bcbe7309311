"""The page of a job in the trash, which offers to restore it or to delete it for good."""

import pytest
from flask.testing import FlaskClient

from shared.job import ENDED, JobState
from shared.job_store import JobStore
from tests.shared.job_store.transitions import in_state
from tests.web.conftest import Serve


@pytest.mark.parametrize("state", JobState)
def test_a_job_is_deleted_and_restored_with_forms(
    client: FlaskClient, jobs: JobStore, state: JobState
) -> None:
    job_id = in_state(jobs, state).job_id
    shown = client.get(f"/jobs/{job_id}").text
    assert ('id="delete"' in shown) is (state in ENDED)
    deleted = client.post(f"/jobs/{job_id}/delete")
    assert (deleted.status_code, deleted.location) == (303, f"/jobs/{job_id}")
    page = client.get(deleted.location)
    assert page.status_code == 200
    assert "In the trash" in page.text
    assert f'action="/jobs/{job_id}/restore"' in page.text
    restored = client.post(f"/jobs/{job_id}/restore")
    assert (restored.status_code, restored.location) == (303, f"/jobs/{job_id}")
    assert jobs.get(job_id).state is (state if state in ENDED else JobState.CANCELLED)


def test_a_job_is_deleted_for_good_from_the_trash(client: FlaskClient, jobs: JobStore) -> None:
    job_id = in_state(jobs, JobState.FAILED).job_id
    client.post(f"/jobs/{job_id}/delete")
    deleted = client.post(f"/jobs/{job_id}/delete", data={"permanently": "true"})
    assert (deleted.status_code, deleted.location) == (303, "/")
    assert client.get(f"/jobs/{job_id}").status_code == 404


def test_without_a_trash_the_button_says_that_it_deletes_for_good(
    serve: Serve, jobs: JobStore
) -> None:
    client = serve(GRAMWORKS_TRASH_HOURS=0).test_client()
    job_id = in_state(jobs, JobState.FAILED).job_id
    page = client.get(f"/jobs/{job_id}").text
    assert "Delete for good" in page
    assert "the trash" not in page
    assert client.post(f"/jobs/{job_id}/delete").location == "/"
    assert client.get(f"/jobs/{job_id}").status_code == 404


def test_an_unknown_field_of_the_form_deletes_nothing(client: FlaskClient, jobs: JobStore) -> None:
    job_id = in_state(jobs, JobState.FAILED).job_id
    assert client.post(f"/jobs/{job_id}/delete", data={"permanent": "true"}).status_code == 422
    assert jobs.get(job_id)
