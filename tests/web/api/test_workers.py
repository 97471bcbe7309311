"""The list of workers: who is online, and who claims no jobs and why."""

from datetime import datetime

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from shared.job_store import SCOPES, Capability, JobStore, Memory, Tokens, Worker, Workers
from shared.job_store.connection import Connection
from tests.shared.job_store.online_workers import announce
from tests.shared.job_store.transitions import ANOTHER, ANY, claimed, progress, queued, running
from tests.web.api_requests import JOBS, problem
from tests.web.conftest import Serve
from tests.web.identity.requests import bearer
from web.identity.tokens import new_token

WORKERS = "/api/v1/workers"
BROKEN = Worker(name="broken", pixels=10**9, device="a card")


@pytest.fixture
def workers(redis: Connection) -> Workers:
    return Workers(redis)


def _suspend(jobs: JobStore) -> None:
    for _ in range(3):
        queued(jobs)
    for _ in range(3):
        claim = claimed(jobs, Capability(BROKEN.name, BROKEN.pixels))
        jobs.lose(claim, "error", detail="RuntimeError: CUDA context lost")


def test_online_workers_are_listed_by_name(client: FlaskClient, workers: Workers) -> None:
    assert client.get(WORKERS).get_json() == {"workers": []}
    announce(workers, Worker(name="b", pixels=4000))
    announce(workers, Worker(name="a", pixels=10**6, device="a card"))
    workers.drain("b")
    listed = client.get(WORKERS).get_json()["workers"]
    assert [(each["name"], each["device"], each["pixels"]) for each in listed] == [
        ("a", "a card", 10**6),
        ("b", "", 4000),
    ]
    assert [each["draining"] for each in listed] == [False, True]
    assert listed[0]["blocked_by"] is None
    assert listed[1]["blocked_by"]["code"] == "worker_draining"
    workers.leave("a")
    assert [each["name"] for each in client.get(WORKERS).get_json()["workers"]] == ["b"]


def test_a_suspended_worker_is_listed_with_the_reason_and_the_end(
    client: FlaskClient, jobs: JobStore, workers: Workers, redis: Connection
) -> None:
    announce(workers, BROKEN)
    _suspend(jobs)
    [listed] = client.get(WORKERS).get_json()["workers"]
    suspended = listed["suspended"]
    assert suspended["reason"] == "RuntimeError: CUDA context lost"
    assert listed["blocked_by"]["code"] == "worker_suspended"
    assert "(RuntimeError: CUDA context lost)" in listed["blocked_by"]["detail"]
    until = datetime.fromisoformat(suspended["until"])
    assert until.timestamp() - redis.clock() == pytest.approx(30, abs=2)


def test_a_job_that_only_suspended_workers_could_take_says_why_it_waits(
    client: FlaskClient, jobs: JobStore, workers: Workers
) -> None:
    announce(workers, BROKEN)
    _suspend(jobs)
    waiting = client.get(f"{JOBS}/{queued(jobs)}").get_json()["waiting"]
    assert waiting["code"] == "workers_suspended"
    assert "(RuntimeError: CUDA context lost)" in waiting["detail"]
    announce(workers, Worker(name="small", pixels=1))
    assert client.get(f"{JOBS}/{queued(jobs)}").get_json()["waiting"] == waiting
    announce(workers, Worker(name="healthy", pixels=10**9))
    assert client.get(f"{JOBS}/{queued(jobs)}").get_json()["waiting"] is None


def test_a_worker_is_listed_with_its_memory_its_speed_and_its_age(
    client: FlaskClient, workers: Workers, redis: Connection
) -> None:
    workers.join("a")
    memory = Memory(8_000_000_000, 1_000_000_000, 2000)
    announce(workers, Worker(name="a", pixels=4000, memory=memory, speed=5e5, overhead=1.5))
    announce(workers, Worker(name="of an earlier version", pixels=4000))
    listed, older = client.get(WORKERS).get_json()["workers"]
    measured = [listed[each] for each in ("memory_bytes", "speed", "overhead_seconds")]
    assert measured == [8_000_000_000, 5e5, 1.5]
    since = datetime.fromisoformat(listed["online_since"]).timestamp()
    assert redis.clock() - since == pytest.approx(0, abs=2)
    assert [older[each] for each in ("memory_bytes", "online_since", "job")] == [None] * 3


def test_a_worker_is_listed_with_the_job_that_it_runs(
    client: FlaskClient, jobs: JobStore, workers: Workers
) -> None:
    announce(workers, Worker(name=ANY.worker, pixels=ANY.pixels))
    claim = running(jobs)
    jobs.report(claim, progress(3), 12.5)
    [listed] = client.get(WORKERS).get_json()["workers"]
    job = listed["job"]
    assert (job["id"], job["fraction"], job["eta_seconds"]) == (claim.job_id, 0.3, 12.5)
    jobs.succeed(claim, "result")
    assert client.get(WORKERS).get_json()["workers"][0]["job"] is None


def _drain(client: FlaskClient, name: str, body: object) -> TestResponse:
    return client.patch(f"{WORKERS}/{name}", json=body)


def test_a_drained_worker_finishes_its_job_and_others_take_over(
    client: FlaskClient, jobs: JobStore, workers: Workers
) -> None:
    for each in (ANY, ANOTHER):
        announce(workers, Worker(name=each.worker, pixels=each.pixels))
    claim, next_job = running(jobs), queued(jobs)
    drained = _drain(client, ANY.worker, {"draining": True})
    assert drained.status_code == 200
    body = drained.get_json()
    assert (body["draining"], body["job"]["id"]) == (True, claim.job_id)
    assert body["blocked_by"]["code"] == "worker_draining"
    jobs.succeed(claim, "result")
    assert jobs.claim_next(ANY, 30) is None
    assert claimed(jobs, ANOTHER).job_id == next_job
    workers.heartbeat(ANY.worker)
    assert client.get(WORKERS).get_json()["workers"][0]["draining"]
    assert not _drain(client, ANY.worker, {"draining": False}).get_json()["draining"]
    queued(jobs)
    assert jobs.claim_next(ANY, 30) is not None


def test_a_worker_stays_drained_when_the_web_restarts(
    serve: Serve, jobs: JobStore, workers: Workers
) -> None:
    announce(workers, Worker(name=ANY.worker, pixels=ANY.pixels))
    _drain(serve().test_client(), ANY.worker, {"draining": True})
    listed = serve().test_client().get(WORKERS).get_json()["workers"]
    assert [each["draining"] for each in listed] == [True]
    queued(jobs)
    assert jobs.claim_next(ANY, 30) is None


def test_a_worker_that_starts_again_under_its_name_no_longer_drains(
    client: FlaskClient, workers: Workers
) -> None:
    announce(workers, Worker(name="gramworks-1@host", pixels=1))
    _drain(client, "gramworks-1@host", {"draining": True})
    workers.join("gramworks-1@host")
    assert not client.get(WORKERS).get_json()["workers"][0]["draining"]


def test_an_unknown_worker_cannot_be_drained(
    client: FlaskClient, workers: Workers, redis: Connection
) -> None:
    body = problem(_drain(client, "none", {"draining": True}), 404, "worker_not_found")
    assert body["name"] == "none"
    announce(workers, Worker(name="gone", pixels=1))
    redis.zincrby("gw:worker-names", -21, "gone")  # its last heartbeat was long ago
    problem(_drain(client, "gone", {"draining": True}), 404, "worker_not_found")
    assert not redis.exists("gw:draining")


@pytest.mark.parametrize(
    ("sent", "code", "field"),
    [
        ({}, "invalid_setting", "worker.draining"),
        ({"draining": "yes"}, "invalid_setting", "worker.draining"),
        ({"draining": True, "name": "b"}, "unknown_setting", "worker.name"),
        ([], "invalid_json", "worker"),
    ],
)
def test_a_wrong_change_of_a_worker_is_refused(
    client: FlaskClient, workers: Workers, sent: object, code: str, field: str
) -> None:
    announce(workers, Worker(name="a", pixels=1))
    assert problem(_drain(client, "a", sent), 422, code)["field"] == field
    assert workers.draining() == set()


def test_only_an_operator_drains_and_sees_whose_job_it_is(
    serve: Serve, jobs: JobStore, workers: Workers, redis: Connection
) -> None:
    client = serve(GRAMWORKS_AUTH="token").test_client()
    announce(workers, Worker(name=ANY.worker, pixels=ANY.pixels))
    job_id = queued(jobs, owner="alice")
    claimed(jobs)
    seen = {}
    for owner, scopes in (
        ("alice", ("submit", "read")),
        ("mallory", ("submit", "read")),
        ("operator", SCOPES),
    ):
        text, token = new_token("of a test", owner, frozenset(scopes))
        Tokens(redis).add(token)
        headers = bearer(text)
        [listed] = client.get(WORKERS, headers=headers).get_json()["workers"]
        path, body = f"{WORKERS}/{ANY.worker}", {"draining": True}
        seen[owner] = (
            listed["job"]["id"],
            client.patch(path, json=body, headers=headers).status_code,
        )
    assert seen == {"alice": (job_id, 403), "mallory": (None, 403), "operator": (job_id, 200)}
