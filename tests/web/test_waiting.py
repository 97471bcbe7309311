"""Why a queued job does not start is shown in its state."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from shared.job import JobState
from shared.job_store import Capability, JobStore
from shared.job_store.connection import Connection
from shared.job_store.workers import Worker, Workers
from tests.parts import workers_of
from tests.shared.job_store.online_workers import announce
from tests.shared.job_store.transitions import in_state, queued
from tests.web.api_requests import JOBS

LARGE, SMALL = Worker(name="large", pixels=10**6), Worker(name="small", pixels=4000)


@pytest.fixture
def workers(redis: Connection) -> Workers:
    return Workers(redis)


def _waiting(client: FlaskClient, job_id: str) -> dict[str, Any]:
    reported = client.get(f"{JOBS}/{job_id}").get_json()["waiting"]
    assert reported is None or reported["detail"].endswith(".")
    return dict(reported or {})


def test_a_job_says_that_no_worker_is_online(client: FlaskClient, jobs: JobStore) -> None:
    assert _waiting(client, queued(jobs))["code"] == "no_worker_online"


def test_a_job_that_only_waits_for_its_turn_has_no_reason(
    client: FlaskClient, jobs: JobStore, workers: Workers
) -> None:
    announce(workers, LARGE)
    queued(jobs)
    assert _waiting(client, queued(jobs)) == {}


def test_a_job_too_large_for_the_online_workers_shows_the_size_that_fits(
    client: FlaskClient, jobs: JobStore, workers: Workers
) -> None:
    announce(workers, SMALL)
    reported = _waiting(client, queued(jobs, size=120, width=64))
    assert (reported["code"], reported["width"], reported["height"]) == (
        "no_live_worker_fits",
        160,
        120,
    )
    assert f"A size of {reported['maximum']} would fit" in reported["detail"]
    assert _waiting(client, queued(jobs, size=reported["maximum"])) == {}
    assert _waiting(client, queued(jobs, size=reported["maximum"] + 2)) != {}
    announce(workers, LARGE)
    assert _waiting(client, queued(jobs, size=120)) == {}


def test_a_job_that_fits_at_no_size_says_so(
    client: FlaskClient, jobs: JobStore, workers: Workers
) -> None:
    announce(workers, Worker(name="tiny", pixels=0))
    reported = _waiting(client, queued(jobs))
    assert reported["maximum"] is None
    assert "No size would fit" in reported["detail"]


def test_a_job_says_that_all_its_workers_are_draining(
    client: FlaskClient, jobs: JobStore, workers: Workers
) -> None:
    announce(workers, LARGE)
    announce(workers, SMALL)
    job_id = queued(jobs, size=120)
    workers_of(jobs).drain("large")
    assert _waiting(client, job_id)["code"] == "workers_draining"
    assert _waiting(client, queued(jobs, size=48)) == {}
    workers_of(jobs).undrain("large")
    assert _waiting(client, job_id) == {}


def test_a_job_waits_for_suspended_workers_only_if_no_other_can_take_it(
    client: FlaskClient, jobs: JobStore, workers: Workers
) -> None:
    for name in ("broken", "healthy"):
        announce(workers, Worker(name=name, pixels=10**6))
    for _ in range(3):
        queued(jobs)
        claim = jobs.claim_next(Capability("broken", 10**6), 30)
        assert claim is not None
        jobs.lose(claim, "error", detail="RuntimeError: CUDA")
    job_id = queued(jobs)
    assert _waiting(client, job_id) == {}
    workers.leave("healthy")
    waiting = _waiting(client, job_id)
    assert waiting["code"] == "workers_suspended"
    assert "RuntimeError: CUDA" in waiting["detail"]


@pytest.mark.parametrize("state", sorted(set(JobState) - {JobState.QUEUED}))
def test_a_job_that_is_not_queued_has_no_reason(
    client: FlaskClient, jobs: JobStore, state: JobState
) -> None:
    assert _waiting(client, in_state(jobs, state).job_id) == {}


def test_the_page_shows_the_reason(client: FlaskClient, jobs: JobStore, workers: Workers) -> None:
    announce(workers, SMALL)
    page = client.get(f"/jobs/{queued(jobs, size=120)}").text
    assert "No worker that is online has enough memory for 160 × 120 pixels" in page
