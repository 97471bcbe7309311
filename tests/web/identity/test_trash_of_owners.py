"""Each owner has a trash of its own, which counts in its quota; an operator sees everybody's."""

import pytest
from flask.testing import FlaskClient

from shared.job_store import JobStore
from tests.shared.job_store.transitions import queued
from tests.web.api_requests import JOBS, problem, submit
from tests.web.conftest import Serve
from tests.web.identity.conftest import Give
from tests.web.identity.requests import bearer

TRASH = "/api/v1/trash"


@pytest.fixture
def alice(give: Give) -> dict[str, str]:
    return bearer(give("alice", "submit", "read"))


@pytest.fixture
def bob(give: Give) -> dict[str, str]:
    return bearer(give("bob", "submit", "read"))


@pytest.fixture
def operator(give: Give) -> dict[str, str]:
    return bearer(give("boss", "operate"))


def _ended(jobs: JobStore, owner: str) -> str:
    job_id = queued(jobs, owner=owner)
    jobs.cancel(job_id)
    return job_id


def _trash(client: FlaskClient, headers: dict[str, str]) -> set[str]:
    return {job["id"] for job in client.get(TRASH, headers=headers).get_json()["jobs"]}


def test_nobody_sees_or_restores_another_owner_s_trash(
    guarded: FlaskClient, jobs: JobStore, alice: dict[str, str], bob: dict[str, str]
) -> None:
    job_id = _ended(jobs, "alice")
    guarded.delete(f"{JOBS}/{job_id}", headers=alice)
    assert (_trash(guarded, alice), _trash(guarded, bob)) == ({job_id}, set())
    for path in (f"{JOBS}/{job_id}", f"{JOBS}/{job_id}/events"):
        problem(guarded.get(path, headers=bob), 404, "job_not_found")
    problem(guarded.post(f"{JOBS}/{job_id}/restore", headers=bob), 404, "job_not_found")
    permanently = f"{JOBS}/{job_id}?permanently=true"
    problem(guarded.delete(permanently, headers=bob), 404, "job_not_found")
    assert guarded.post(f"{TRASH}/restore", headers=bob).get_json()["restored"] == 0
    assert guarded.delete(f"{TRASH}?all=true", headers=bob).get_json()["deleted"] == 0
    assert _trash(guarded, alice) == {job_id}


def test_an_operator_sees_and_restores_everybody_s_but_all_means_its_own(
    guarded: FlaskClient, jobs: JobStore, alice: dict[str, str], operator: dict[str, str]
) -> None:
    hers, other, own = _ended(jobs, "alice"), _ended(jobs, "alice"), _ended(jobs, "boss")
    guarded.delete(f"{JOBS}/{hers}", headers=alice)
    assert guarded.delete(f"{JOBS}?all=true", headers=operator).get_json()["deleted"] == 1
    assert _trash(guarded, operator) == {hers, own}
    assert guarded.delete(f"{TRASH}?all=true", headers=operator).get_json()["deleted"] == 1
    assert guarded.post(f"{JOBS}/{hers}/restore", headers=operator).status_code == 200
    assert jobs.get(hers).owner == jobs.get(other).owner == "alice"


def test_a_share_link_shows_nothing_until_its_job_is_restored(
    guarded: FlaskClient, jobs: JobStore, alice: dict[str, str]
) -> None:
    job_id = _ended(jobs, "alice")
    link = guarded.post(f"{JOBS}/{job_id}/share", headers=alice).headers["Location"]
    guarded.delete(f"{JOBS}/{job_id}", headers=alice)
    assert [guarded.get(path).status_code for path in (link, f"{link}/picture")] == [404, 404]
    guarded.post(f"{JOBS}/{job_id}/restore", headers=alice)
    assert guarded.get(link).status_code == 200


def test_the_trash_counts_in_the_quota_until_it_is_emptied(
    serve: Serve, alice: dict[str, str]
) -> None:
    client = serve(GRAMWORKS_OWNER_MB=1).test_client()
    client.environ_base.update(HTTP_AUTHORIZATION=alice["Authorization"])
    large = '{"size": 400}'
    while (response := submit(client, settings=large)).status_code == 202:
        job_id = response.get_json()["id"]
        client.delete(f"{JOBS}/{job_id}")
        assert client.delete(f"{JOBS}/{job_id}").status_code == 200
    body = problem(response, 429, "owner_quota_reached")
    assert "trash" in body["detail"]
    assert client.delete(f"{TRASH}?all=true").status_code == 200
    assert submit(client, settings=large).status_code == 202
