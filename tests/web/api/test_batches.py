"""Batches over HTTP: submitted once, shown with counts and pages of jobs, listed, cancelled."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shared.errors import Diverged
from shared.job_store import JobStore, Workers
from shared.job_store.connection import Connection
from shared.job_store.workers import Worker
from tests.parts import queue_of, update_forecast
from tests.shared.job_store.new_batches import interrupted
from tests.shared.job_store.online_workers import announce
from tests.shared.job_store.transitions import claimed, progress
from tests.web.api_requests import JOBS, accepted, problem
from tests.web.batch_requests import BATCHES, CONTENTS, batch_form, new_batch, shown, submit_batch
from tests.web.conftest import Serve

STATES = ("planned", "queued", "running", "succeeded", "failed", "cancelled", "deleted")


def counted(batch: dict[str, dict[str, int]]) -> dict[str, int]:
    return {state: count for state, count in batch["counts"].items() if count}


def test_a_batch_is_accepted_and_shown_where_its_location_says(client: FlaskClient) -> None:
    response = submit_batch(client, options='{"priority": "high"}')
    body = accepted(response)
    assert response.headers["Location"] == f"{BATCHES}/{body['id']}" == body["links"]["self"]
    expected = {
        "total": 6, "progress": 0, "ended": False, "contents": 3, "styles": 2,
        "settings": [{"size": 64}], "options": {"priority": "high", "provenance": True},
    }  # fmt: skip # a row
    assert {name: body[name] for name in expected} == expected
    assert counted(body) == {"queued": 6}
    page = client.get(response.headers["Location"]).get_json()
    assert {name: page[name] for name in body} == body


def test_its_jobs_are_those_of_the_list_and_name_it(client: FlaskClient) -> None:
    batch = new_batch(client)
    listed = client.get(f"{JOBS}?limit=100").get_json()["jobs"]
    assert [each["job"] for each in batch["jobs"]] == listed[::-1]
    assert {job["batch"] for job in listed} == {batch["id"]}
    numbers = [(each["content"], each["style"], each["settings"]) for each in batch["jobs"]]
    assert numbers == [(content, style, 0) for content in range(3) for style in range(2)]


def test_jobs_come_in_pages(client: FlaskClient) -> None:
    batch = new_batch(client)
    address: str | None = f"{BATCHES}/{batch['id']}?limit=4"
    pages = []
    while address:
        page = client.get(address).get_json()
        pages.append(page["jobs"])
        address = page["next"]
    assert [len(page) for page in pages] == [4, 2]
    assert [*pages[0], *pages[1]] == batch["jobs"]
    alone = client.get(f"{BATCHES}/{batch['id']}?limit=0").get_json()
    assert (alone["jobs"], alone["next"], alone["total"]) == ([], None, 6)


def test_progress_counts_every_state(client: FlaskClient, jobs: JobStore) -> None:
    batch_id = new_batch(client)["id"]
    jobs.succeed(claimed(jobs), "key")
    jobs.fail(claimed(jobs), Diverged(evaluation=3))
    gone = claimed(jobs).job_id
    jobs.cancel(gone)
    jobs.delete(gone)
    jobs.report(claimed(jobs), progress(5, 10), 4.0)
    batch = shown(client, batch_id)
    assert counted(batch) == {"succeeded": 1, "failed": 1, "deleted": 1, "running": 1, "queued": 2}
    assert batch["progress"] == pytest.approx(3.5 / 6, abs=1e-4)
    states = [(each["state"], each["job"] is None) for each in batch["jobs"][:3]]
    assert states == [("succeeded", False), ("failed", False), ("deleted", True)]
    assert batch["jobs"][1]["job"]["error"]["code"] == "diverged"
    assert tuple(batch["counts"])[:7] == STATES


def test_the_expected_end_is_that_of_the_last_job(
    client: FlaskClient, jobs: JobStore, redis: Connection
) -> None:
    batch_id = new_batch(client)["id"]
    assert shown(client, batch_id)["eta_seconds"] is None  # no worker is online
    announce(Workers(redis), Worker(name="w", pixels=10**9, speed=1e6, overhead=2.0))
    update_forecast(jobs)
    batch = shown(client, batch_id)
    assert batch["eta_seconds"] == max(each["job"]["eta_seconds"] for each in batch["jobs"]) > 12


def test_cancelling_says_how_many_and_keeps_what_is_finished(
    client: FlaskClient, jobs: JobStore
) -> None:
    batch_id = new_batch(client)["id"]
    finished = claimed(jobs)
    jobs.succeed(finished, "key")
    claimed(jobs)
    body = client.delete(f"{BATCHES}/{batch_id}").get_json()
    assert (body["cancelled"], body["ended"], body["progress"]) == (5, True, 1)
    assert counted(body) == {"succeeded": 1, "cancelled": 5}
    again = client.delete(f"{BATCHES}/{batch_id}").get_json()
    assert (again["cancelled"], counted(again)) == (0, counted(body))
    assert queue_of(jobs).load().jobs == 0


def test_the_list_is_newest_first_in_pages(client: FlaskClient) -> None:
    ids = [new_batch(client, contents=CONTENTS[:1])["id"] for _ in range(3)]
    first = client.get(f"{BATCHES}?limit=2").get_json()
    assert [each["id"] for each in first["batches"]] == ids[:0:-1]
    last = client.get(first["next"]).get_json()
    assert ([each["id"] for each in last["batches"]], last["next"]) == (ids[:1], None)
    whole = shown(client, ids[0])
    assert last["batches"][0] == {name: whole[name] for name in last["batches"][0]}


@pytest.mark.parametrize(
    ("path", "field", "words"),
    [
        ("?limit=0", "limit", "1 or more"),
        ("?limit=21", "limit", "20 or less"),
        ("?limit=ten", "limit", "whole number"),
        ("?cursor=-1", "cursor", "not valid"),
        ("/ID?limit=-1", "limit", "0 or more"),
        ("/ID?limit=101", "limit", "100 or less"),
        ("/ID?cursor=x", "cursor", "whole number"),
        ("/ID/results.zip?format=gif", "format", "'png', 'jpeg'"),
    ],
)
def test_a_wrong_query_is_refused_with_its_bound(
    client: FlaskClient, path: str, field: str, words: str
) -> None:
    batch_id = new_batch(client, contents=CONTENTS[:1])["id"]
    response = client.get(BATCHES + path.replace("ID", batch_id))
    body = problem(response, 422, "invalid_setting")
    assert body["field"] == field
    assert words in body["detail"]


@pytest.mark.parametrize("path", ["?limt=3", "/ID?limt=3", "/ID/results.zip?limt=3"])
def test_an_unknown_parameter_is_refused(client: FlaskClient, path: str) -> None:
    batch_id = new_batch(client, contents=CONTENTS[:1])["id"]
    response = client.get(BATCHES + path.replace("ID", batch_id))
    assert problem(response, 422, "unknown_parameter")["field"] == "limt"


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_batch_that_does_not_exist_is_not_found(client: FlaskClient, method: str) -> None:
    body = problem(client.open(f"{BATCHES}/{'0' * 32}", method=method), 404, "batch_not_found")
    assert body["id"] == "0" * 32
    problem(client.get(f"{BATCHES}/x/results.zip"), 404, "batch_not_found")


def test_the_same_request_again_gets_the_same_batch(client: FlaskClient, jobs: JobStore) -> None:
    first, second = (submit_batch(client, "k") for _ in range(2))
    assert accepted(first)["id"] == accepted(second)["id"]
    assert first.headers["Location"] == second.headers["Location"]
    changed = submit_batch(client, "k", contents=CONTENTS[:2])
    body = problem(changed, 422, "idempotency_key_reused")
    assert body["id"] == accepted(first)["id"]
    as_job = {name: sent for name, sent in batch_form().items() if name != "settings"}
    response = client.post(JOBS, data=as_job, headers={"Idempotency-Key": "k"})
    problem(response, 422, "idempotency_key_reused")
    assert queue_of(jobs).load().jobs == 6


def test_parallel_requests_make_one_batch_and_leave_nothing_behind(
    serve: Serve, jobs: JobStore, tmp_path: Path
) -> None:
    app, together = serve(), threading.Barrier(4)

    def send(_: int) -> str:
        client = app.test_client()
        together.wait()
        return str(accepted(submit_batch(client, "k"))["id"])

    with ThreadPoolExecutor(4) as pool:
        answered = set(pool.map(send, range(4)))
    assert len(answered) == 1
    assert queue_of(jobs).load().jobs == 6
    folders = {path.name for path in (tmp_path / "images/batches").iterdir() if any(path.iterdir())}
    assert folders == answered


def test_a_batch_that_was_interrupted_shows_what_is_planned(
    client: FlaskClient, jobs: JobStore
) -> None:
    batch = shown(client, interrupted(jobs))
    assert counted(batch) == {"planned": 4, "queued": 2}
    assert [each["job"] is None for each in batch["jobs"]] == [False] * 2 + [True] * 4
    assert (batch["ended"], batch["progress"], batch["eta_seconds"]) == (False, 0, None)
    body = client.delete(f"{BATCHES}/{batch['id']}").get_json()
    assert body["cancelled"] == 6


def test_one_batch_is_one_submission(serve: Serve, app: Flask) -> None:
    del app
    client = serve(GRAMWORKS_AUTH="token", GRAMWORKS_TOKEN="t" * 32, GRAMWORKS_OWNER_SUBMISSIONS=2)
    headers = {"Authorization": f"Bearer {'t' * 32}"}
    sent = [
        client.test_client().post(BATCHES, data=batch_form(), headers=headers) for _ in range(3)
    ]
    assert [each.status_code for each in sent] == [202, 202, 429]
    assert sent[0].headers["RateLimit"].startswith('"owner";r=1;')
