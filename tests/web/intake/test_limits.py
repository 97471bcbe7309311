"""Jobs that cannot be painted or stored are refused, and the error says what works."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from shared.job import JobState
from shared.job_store import JobStore
from shared.job_store.connection import Connection
from shared.job_store.workers import Worker, Workers
from tests.own_redis import OwnRedis
from tests.parts import queue_of
from tests.shared.job_store.online_workers import announce
from tests.shared.job_store.transitions import claimed, in_state, queued
from tests.web.api_requests import JOBS, accepted, problem, submit, upload
from tests.web.conftest import Serve
from tests.web.pictures import white


def _files(folder: Path) -> list[Path]:
    return [path for path in (folder / "images").rglob("*") if path.is_file()]


def _refused(response: TestResponse, status: int, code: str) -> dict[str, Any]:
    assert int(response.headers["Retry-After"]) > 0
    return problem(response, status, code)


def _sized(client: FlaskClient, size: int) -> TestResponse:
    return submit(client, [white(64, 48)], settings=json.dumps({"size": size}))


def test_a_result_that_no_worker_can_paint_is_refused_with_the_size_that_fits(
    client: FlaskClient, redis: Connection
) -> None:
    announce(Workers(redis), Worker(name="small", pixels=100_000))
    body = problem(_sized(client, 400), 422, "no_worker_fits")
    assert (body["field"], body["rows"], body["columns"]) == ("settings.size", 400, 533)
    assert f"can be up to {body['maximum']}" in body["detail"]
    accepted(_sized(client, body["maximum"]))
    problem(_sized(client, body["maximum"] + 2), 422, "no_worker_fits")


def test_a_worker_that_was_online_recently_counts(client: FlaskClient, redis: Connection) -> None:
    workers = Workers(redis)
    announce(workers, Worker(name="small", pixels=100_000))
    announce(workers, Worker(name="large", pixels=1_000_000))
    workers.leave("large")
    job = accepted(_sized(client, 400))
    assert job["waiting"]["code"] == "no_live_worker_fits"


def test_before_the_first_worker_all_sizes_are_accepted(client: FlaskClient) -> None:
    accepted(_sized(client, 1200))


def test_if_no_size_fits_the_error_names_none(client: FlaskClient, redis: Connection) -> None:
    announce(Workers(redis), Worker(name="tiny", pixels=10))
    body = problem(_sized(client, 400), 422, "no_worker_fits")
    assert body["maximum"] is None
    assert "No size would fit" in body["detail"]


def test_a_full_queue_refuses_until_a_job_has_started(serve: Serve, jobs: JobStore) -> None:
    client = serve(GRAMWORKS_MAX_QUEUED_JOBS=2).test_client()
    for _ in range(2):
        accepted(submit(client))
    body = _refused(submit(client), 429, "queue_full")
    assert (body["bound"], body["maximum"]) == ("jobs", 2)
    assert "full (2 jobs)" in body["detail"]
    claimed(jobs)
    accepted(submit(client))


def test_a_queue_full_of_pictures_refuses(serve: Serve, jobs: JobStore) -> None:
    client = serve(GRAMWORKS_MAX_QUEUED_MB=1).test_client()
    while queue_of(jobs).load().bytes < 1_000_000:
        queued(jobs)
    assert "1 MB of pictures" in _refused(submit(client), 429, "queue_full")["detail"]


def test_a_full_queue_refuses_before_anything_is_decoded(serve: Serve, jobs: JobStore) -> None:
    client = serve(GRAMWORKS_MAX_QUEUED_JOBS=1).test_client()
    queued(jobs)
    _refused(submit(client, [b"no picture"]), 429, "queue_full")


def test_simultaneous_submissions_do_not_exceed_the_bound(
    serve: Serve, jobs: JobStore, tmp_path: Path
) -> None:
    app = serve(GRAMWORKS_MAX_QUEUED_JOBS=3)
    with ThreadPoolExecutor(12) as threads:
        answers = list(threads.map(lambda _: submit(app.test_client()), range(12)))
    assert sorted(answer.status_code for answer in answers) == [202] * 3 + [429] * 9
    assert queue_of(jobs).load().jobs == 3
    assert len(_files(tmp_path)) == 6  # refused jobs leave no files


def test_without_disk_space_nothing_is_accepted(
    serve: Serve, jobs: JobStore, tmp_path: Path
) -> None:
    client = serve(GRAMWORKS_MIN_FREE_MB=10**9).test_client()
    body = _refused(submit(client), 503, "storage_full")
    assert "object store" in body["detail"]
    assert (queue_of(jobs).load().jobs, _files(tmp_path)) == (0, [])


def test_with_a_nearly_full_redis_nothing_is_accepted_and_reading_works(
    own_redis: OwnRedis, serve: Serve
) -> None:
    app = serve(REDIS_URL=own_redis.url)
    client, redis = app.test_client(), app.extensions["gramworks"].jobs._connection
    job = accepted(submit(client))
    redis.setrange("ballast", 50_000_000, "x")  # large, so that temporary buffers do not matter
    redis.config_set("maxmemory", int(redis.info("memory")["used_memory"] / 0.95))
    assert "Redis" in _refused(submit(client), 503, "storage_full")["detail"]
    assert client.get(job["links"]["self"]).get_json()["state"] == "queued"
    redis.config_set("maxmemory", 0)
    accepted(submit(client))


@pytest.mark.parametrize("settings", [{"JOBS": 1}, {"MB": 1}])
def test_a_retry_respects_the_bounds_of_the_queue_like_a_new_job(
    serve: Serve, jobs: JobStore, settings: dict[str, int]
) -> None:
    full = {f"GRAMWORKS_MAX_QUEUED_{name}": value for name, value in settings.items()}
    client = serve(**full).test_client()
    failed = in_state(jobs, JobState.FAILED).job_id
    while queue_of(jobs).load().bytes < 1_000_000:
        queued(jobs)
    _refused(client.post(f"{JOBS}/{failed}/retry"), 429, "queue_full")
    page = client.post(f"/jobs/{failed}/retry", headers={"Referer": f"/jobs/{failed}"})
    assert (page.status_code, page.mimetype) == (429, "text/html")
    assert "The queue is full" in page.text
    assert jobs.get(failed).state is JobState.FAILED


def test_a_refusal_is_shown_beside_the_form(serve: Serve, jobs: JobStore) -> None:
    client = serve(GRAMWORKS_MAX_QUEUED_JOBS=1).test_client()
    queued(jobs)
    response = client.post("/", data=upload() | {"size": "77"})
    assert (response.status_code, response.mimetype) == (429, "text/html")
    assert "The queue is full" in response.text
    assert 'value="77"' in response.text
    assert int(response.headers["Retry-After"]) > 0
