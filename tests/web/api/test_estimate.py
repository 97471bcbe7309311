"""An estimate says what a job would take, after the checks of a submission, and stores nothing."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from shared.job_store import JobStore, Memory, Worker, Workers
from shared.job_store.connection import Connection
from tests.parts import update_forecast
from tests.shared.job_store.online_workers import announce
from tests.shared.job_store.transitions import queued
from tests.web.api_requests import accepted, problem, submit, upload
from tests.web.conftest import Serve
from tests.web.pictures import white

ESTIMATE = "/api/v1/estimate"
SIZES: dict[str, Any] = {
    "content": {"width": 640, "height": 480},
    "styles": [{"width": 300, "height": 200}],
}
MEMORY = Memory(4_000_000_000, 1_000_000_000, 2500)
FAST = Worker(name="fast", pixels=10**6, device="a card", memory=MEMORY, speed=1e6, overhead=2.0)


@pytest.fixture
def workers(redis: Connection) -> Workers:
    return Workers(redis)


def estimated(client: FlaskClient, **values: Any) -> dict[str, Any]:
    response = client.post(ESTIMATE, json={**SIZES, **values})
    assert response.status_code == 200, response.text
    return dict(response.get_json())


def test_an_estimate_is_what_the_submitted_job_then_says(
    client: FlaskClient, jobs: JobStore, workers: Workers
) -> None:
    announce(workers, FAST)
    for _ in range(3):
        queued(jobs)
    update_forecast(jobs)
    settings = {"preset": "balanced", "size": 240}
    made = estimated(client, settings=settings, options={"priority": "high"})
    pictures = [white(640, 480)], [white(300, 200)]
    options = json.dumps({"priority": "high"})
    job = accepted(submit(client, *pictures, settings=json.dumps(settings), options=options))
    assert made["settings"] == job["settings"]
    assert made["result"] == {"width": 320, "height": 240, "pixels": 76800}
    assert (made["position"], job["position"]) == (1, 1)
    for name in ("starts_in_seconds", "eta_seconds"):
        assert made[name] == pytest.approx(job[name], abs=0.2)
    assert made["work"] == jobs.get(job["id"]).work
    assert made["runs_seconds"] == pytest.approx(2 + made["work"] / 1e6, abs=0.1)
    assert (made["refused"], made["waiting"]) == (None, None)


def test_the_place_is_the_one_that_the_owner_s_share_gives(
    client: FlaskClient, jobs: JobStore
) -> None:
    for _ in range(5):
        queued(jobs, owner="other")
    for owner in ("local", "local"):
        queued(jobs, owner=owner)
    place = estimated(client)["position"]
    job = accepted(submit(client, [white(640, 480)], [white(300, 200)]))
    assert place == job["position"] < 8


def test_an_upload_is_estimated_as_it_would_be_submitted(
    client: FlaskClient, jobs: JobStore, redis: Connection
) -> None:
    pictures = [white(640, 480)], [white(300, 200)] * 2
    form = upload(*pictures, settings=json.dumps({"size": 240}), options="{}")
    by_upload = client.post(ESTIMATE, data=form).get_json()
    styles = SIZES["styles"] * 2
    assert by_upload == estimated(client, settings={"size": 240}, styles=styles)
    assert jobs.page(10).jobs == []
    assert redis.keys("gw:job*") == []


def test_nothing_is_stored(serve: Serve, tmp_path: Path, redis: Connection) -> None:
    client = serve().test_client()
    before = sorted(tmp_path.rglob("*"))
    client.post(ESTIMATE, json=SIZES)
    client.post(ESTIMATE, data=upload())
    assert sorted(tmp_path.rglob("*")) == before
    assert redis.keys("gw:*") == []


def test_each_worker_says_what_it_would_take_or_why_it_would_not(
    client: FlaskClient, workers: Workers
) -> None:
    announce(workers, FAST)
    announce(workers, Worker(name="drained", pixels=10**6))
    workers.drain("drained")
    announce(workers, Worker(name="small", pixels=1000))
    announce(workers, Worker(name="unmeasured", pixels=10**6))
    made = estimated(client, settings={"size": 240})
    found = {each["name"]: each for each in made["workers"]}
    blocked = {name: (each["blocked_by"] or {}).get("code") for name, each in found.items()}
    assert blocked == {
        "fast": None,
        "drained": "worker_draining",
        "small": "worker_too_small",
        "unmeasured": None,
    }
    assert found["fast"]["memory_bytes"] == made["memory_bytes"] == 1_000_000_000 + 2500 * 76800
    assert found["fast"]["runs_seconds"] == made["runs_seconds"] or made["runs_seconds"] is None
    assert (found["unmeasured"]["runs_seconds"], found["unmeasured"]["memory_bytes"]) == (
        None,
        None,
    )


def test_a_result_in_tiles_takes_the_worker_s_memory(client: FlaskClient, workers: Workers) -> None:
    announce(workers, FAST.model_copy(update={"pixels": 10**8}))
    made = estimated(client, settings={"size": 2000})
    assert made["memory_bytes"] == MEMORY.total


def test_without_workers_it_says_why_the_job_would_wait(client: FlaskClient) -> None:
    made = estimated(client)
    assert made["waiting"]["code"] == "no_worker_online"
    assert (made["memory_bytes"], made["eta_seconds"], made["workers"]) == (None, None, [])


def test_a_full_queue_is_said_and_is_no_error(serve: Serve, jobs: JobStore) -> None:
    client = serve(GRAMWORKS_MAX_QUEUED_JOBS=1).test_client()
    queued(jobs)
    response = client.post(ESTIMATE, json=SIZES)
    assert response.status_code == 200
    assert response.get_json()["refused"]["code"] == "queue_full"


def test_a_size_that_no_worker_could_take_is_refused_as_a_submission_is(
    client: FlaskClient, workers: Workers
) -> None:
    announce(workers, Worker(name="small", pixels=50_000))
    sent = {**SIZES, "settings": {"size": 400}}
    refused = problem(client.post(ESTIMATE, json=sent), 422, "no_worker_fits")
    pictures = [white(640, 480)], [white(300, 200)]
    response = submit(client, *pictures, settings=json.dumps({"size": 400}))
    assert refused == problem(response, 422, "no_worker_fits")
    assert estimated(client)["result"]["pixels"] <= 50_000  # a size that was not chosen is fitted


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"content": None}, "invalid_setting", "estimate.content"),
        ({"content": {"width": 0, "height": 9}}, "invalid_setting", "estimate.content.width"),
        ({"content": {"width": 8, "height": 90}}, "image_too_small", "content"),
        ({"content": {"width": 10**6, "height": 10**6}}, "image_too_large", "content"),
        ({"content": {"width": 16, "height": 40_000}}, "image_too_elongated", "content"),
        ({"styles": []}, "invalid_setting", "estimate.styles"),
        ({"styles": [{"width": 9, "height": 9}]}, "image_too_small", "styles"),
        ({"styles": SIZES["styles"] * 9}, "invalid_setting", "estimate.styles"),
        ({"settings": {"size": 1}}, "invalid_setting", "settings.size"),
        ({"settings": {"sise": 100}}, "unknown_setting", "settings.sise"),
        ({"settings": {"style_blend": [1, 2]}}, "blend_mismatch", "settings.style_blend"),
        ({"settings": {"init": "image"}}, "init_missing", "init"),
        ({"init": {"width": 64, "height": 48}}, "init_unused", "init"),
        (
            {"init": {"width": 64, "height": 64}, "settings": {"init": "image"}},
            "init_of_other_shape",
            "init",
        ),
        ({"options": {"priority": "urgent"}}, "invalid_setting", "estimate.options.priority"),
        ({"pictures": []}, "unknown_setting", "estimate.pictures"),
    ],
)
def test_what_a_submission_would_refuse_is_refused_with_its_field(
    client: FlaskClient, changes: dict[str, Any], code: str, field: str
) -> None:
    body = problem(client.post(ESTIMATE, json={**SIZES, **changes}), 422, code)
    assert body["field"] == field
