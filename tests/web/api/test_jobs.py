"""Jobs over HTTP: accepted, shown, cancelled, deleted."""

import logging
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shared.config import Config
from shared.job import ENDED, JobState
from shared.job_store import JobStore
from shared.job_store.connection import Connection
from shared.object_store import ObjectStore
from shared.wakeup import QUEUE
from tests.parts import queue_of, redis_of
from tests.shared.job_store.transitions import claimed, in_state, progress, running
from tests.web.api_requests import IN_TILES, JOBS, accepted, problem, submit
from tests.web.conftest import close
from web import create_app
from worker.maintenance.garbage import delete_orphans

FIELDS = {
    "id", "state", "position", "starts_in_seconds", "eta_seconds", "waiting", "attempt", "progress",
    "settings", "options", "inputs", "created_at", "started_at", "finished_at", "log", "fallbacks",
    "error", "renderable", "shared", "links", "paused", "pending", "stopped_after",
}  # fmt: skip # names in lines, not one a line
TILES_SENTENCE = (
    "Continued in tiles of 512 px, with a history of 10 steps, because it ran out of memory."
)
LIVE = set(JobState) - ENDED


def _shown(client: FlaskClient, job_id: str) -> dict[str, Any]:
    response = client.get(f"{JOBS}/{job_id}")
    assert (response.status_code, response.mimetype) == (200, "application/json")
    return dict(response.get_json())


def test_an_accepted_job_is_answered_with_its_location(client: FlaskClient) -> None:
    response = submit(client)
    job = accepted(response)
    assert response.headers["Location"] == f"{JOBS}/{job['id']}" == job["links"]["self"]
    assert _shown(client, job["id"]) == job
    assert (job["state"], job["position"], job["attempt"]) == ("queued", 1, 0)


def test_an_accepted_job_wakes_a_worker(client: FlaskClient, redis: Connection) -> None:
    accepted(submit(client))
    assert redis.llen(f"gw:celery:{QUEUE}") == 1


@pytest.mark.parametrize("state", JobState)
def test_a_job_has_the_fields_of_the_contract_in_every_state(
    client: FlaskClient, jobs: JobStore, state: JobState
) -> None:
    job = _shown(client, in_state(jobs, state).job_id)
    assert set(job) == FIELDS
    assert job["state"] == state
    assert set(job["links"]) == {
        "self", "events", "preview", "result", "render", "retry", "fork", "share", "deliveries",
        "page",
    }  # fmt: skip # names in lines, not one a line
    assert (job["finished_at"] is not None) is (state in ENDED)
    assert (job["started_at"] is None) is (state is JobState.QUEUED)
    assert (job["error"] is not None) is (state is JobState.FAILED)
    assert datetime.fromisoformat(job["created_at"]).utcoffset() is not None


def test_progress_has_the_fields_of_the_contract(client: FlaskClient, jobs: JobStore) -> None:
    claim = running(jobs)
    jobs.report(claim, progress(3), 4.5)
    job = _shown(client, claim.job_id)
    assert job["eta_seconds"] == 4.5
    assert {"evaluation", "evaluations", "level", "loss"} <= set(job["progress"])
    assert job["progress"]["loss"] == {"total": 6.0, "style": 3.0, "content": 2.0, "tv": 1.0}


def test_the_error_of_a_failed_job_has_a_sentence_and_parameters(
    client: FlaskClient, jobs: JobStore
) -> None:
    error = _shown(client, in_state(jobs, JobState.FAILED).job_id)["error"]
    assert error["code"] == "out_of_memory"
    assert error["detail"].startswith("640 × 480 pixels need more memory")
    assert (error["width"], error["height"]) == (640, 480)


def test_a_failed_job_is_retried_and_a_worker_woken(
    client: FlaskClient, jobs: JobStore, redis: Connection
) -> None:
    failed = _shown(client, in_state(jobs, JobState.FAILED).job_id)
    response = client.post(failed["links"]["retry"])
    assert accepted(response) == _shown(client, failed["id"])
    assert (response.get_json()["state"], response.get_json()["error"]) == ("queued", None)
    assert redis.llen(f"gw:celery:{QUEUE}") == 1


@pytest.mark.parametrize("state", sorted(set(JobState) - {JobState.FAILED}))
def test_a_job_that_did_not_fail_is_not_retried(
    client: FlaskClient, jobs: JobStore, redis: Connection, state: JobState
) -> None:
    job_id = in_state(jobs, state).job_id
    body = problem(client.post(f"{JOBS}/{job_id}/retry"), 409, "not_failed")
    assert f"The job is {state}" in body["detail"]
    assert _shown(client, job_id)["state"] == state
    assert redis.llen(f"gw:celery:{QUEUE}") == 0


def test_each_log_entry_has_a_sentence(client: FlaskClient, jobs: JobStore) -> None:
    claim = running(jobs)
    jobs.release(claim, "store away")
    lines = _shown(client, claim.job_id)["log"]
    assert [(line["state"], line["reason"], line["attempt"]) for line in lines] == [
        ("queued", None, 0),
        ("running", None, 1),
        ("queued", "store away", 1),
    ]
    assert [line["detail"] for line in lines] == [
        "Queued.",
        "Started on worker-1.",
        "Queued again: its worker could not reach a store (attempt 1).",
    ]
    assert all(datetime.fromisoformat(line["at"]).utcoffset() is not None for line in lines)


def test_a_fallback_is_shown_with_what_it_changed(client: FlaskClient, jobs: JobStore) -> None:
    claim = running(jobs)
    jobs.record_fallbacks(claim, 1, [IN_TILES])
    [reported] = _shown(client, claim.job_id)["fallbacks"]
    assert reported == IN_TILES.model_dump() | {"detail": TILES_SENTENCE}


@pytest.mark.parametrize("state", sorted(LIVE))
def test_deleting_a_live_job_cancels_it_and_keeps_it(
    client: FlaskClient, jobs: JobStore, state: JobState
) -> None:
    job_id = in_state(jobs, state).job_id
    response = client.delete(f"{JOBS}/{job_id}")
    assert (response.status_code, response.get_json()["state"]) == (200, "cancelled")
    assert _shown(client, job_id)["state"] == "cancelled"
    assert (queue_of(jobs).load().jobs, queue_of(jobs).running_count()) == (0, 0)


@pytest.mark.parametrize("state", sorted(ENDED))
def test_deleting_an_ended_job_for_good_deletes_its_record(
    client: FlaskClient, jobs: JobStore, state: JobState
) -> None:
    job_id = in_state(jobs, state).job_id
    response = client.delete(f"{JOBS}/{job_id}?permanently=true")
    assert (response.status_code, response.data) == (204, b"")
    problem(client.get(f"{JOBS}/{job_id}"), 404, "job_not_found")
    problem(client.delete(f"{JOBS}/{job_id}"), 404, "job_not_found")


@pytest.mark.parametrize("state", JobState)
def test_with_if_live_an_ended_job_is_left_as_it_is(
    client: FlaskClient, jobs: JobStore, state: JobState
) -> None:
    job_id = in_state(jobs, state).job_id
    response = client.delete(f"{JOBS}/{job_id}?if=live")
    assert (response.status_code, response.get_json()) == (200, _shown(client, job_id))
    assert _shown(client, job_id)["state"] == (state if state in ENDED else "cancelled")


def test_an_unknown_condition_deletes_nothing(client: FlaskClient, jobs: JobStore) -> None:
    job_id = in_state(jobs, JobState.SUCCEEDED).job_id
    body = problem(client.delete(f"{JOBS}/{job_id}?if=old"), 422, "invalid_setting")
    assert "'if' must be 'live'" in body["detail"]
    assert _shown(client, job_id)["state"] == "succeeded"


def test_deleting_a_job_for_good_deletes_its_pictures_and_no_others(
    client: FlaskClient, jobs: JobStore, objects: ObjectStore, web_config: Config
) -> None:
    kept, deleted = (accepted(submit(client))["id"] for _ in range(2))
    for _ in range(2):
        claim = claimed(jobs)
        objects.put(f"jobs/{claim.job_id}/1/result.png", b"result")
        jobs.succeed(claim, f"jobs/{claim.job_id}/1/result.png")
    assert client.delete(f"{JOBS}/{deleted}?permanently=true").status_code == 204
    assert not _files(web_config, deleted)
    assert _files(web_config, kept) == {"content.png", "style-0.png", "result.png"}


def _files(config: Config, job_id: str) -> set[str]:
    folder = Path(config.object_store_url) / "jobs" / job_id
    return {path.name for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def broken(redis: Connection, redis_url: str, tmp_path: Path) -> Flask:
    """Return an application whose image store breaks once a file replaces its folder."""
    del redis
    return create_app(Config(REDIS_URL=redis_url, GRAMWORKS_DATA=tmp_path, GRAMWORKS_AUTH="off"))


def _break_images(folder: Path) -> None:
    (folder / "images").rename(folder / "away")
    (folder / "images").write_text("no folder")


def _restore_images(folder: Path) -> None:
    (folder / "images").unlink()
    (folder / "away").rename(folder / "images")


def test_a_job_is_deleted_even_if_its_pictures_cannot_be_yet(
    broken: Flask, jobs: JobStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    client = broken.test_client()
    job_id = accepted(submit(client))["id"]
    jobs.cancel(job_id)
    _break_images(tmp_path)
    with caplog.at_level(logging.WARNING):
        assert client.delete(f"{JOBS}/{job_id}?permanently=true").status_code == 204
    assert f"job {job_id}: garbage collection will delete its objects" in caplog.text
    problem(client.get(f"{JOBS}/{job_id}"), 404, "job_not_found")
    _restore_images(tmp_path)
    objects = ObjectStore(str(tmp_path / "images"))
    delete_orphans(jobs, objects, redis_of(jobs).clock(), seconds=0)
    assert not [path for path in (tmp_path / "images").rglob("*") if path.is_file()]
    close(broken)


def test_without_its_image_store_the_web_is_not_ready_and_accepts_nothing(
    broken: Flask, jobs: JobStore, tmp_path: Path
) -> None:
    client = broken.test_client()
    _break_images(tmp_path)
    body = problem(submit(client), 503, "store_unavailable")
    assert "object store" in body["detail"]
    assert jobs.page(1).jobs == []
    problem(client.get("/readyz"), 503, "store_unavailable")
    assert client.get("/healthz").status_code == 200
    _restore_images(tmp_path)
    accepted(submit(client))
    close(broken)
