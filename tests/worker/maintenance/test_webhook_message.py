"""The message of a webhook shows the job as the API does, without its pictures."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from pydantic import SecretStr

from shared.config import Config
from shared.errors import OutOfMemory
from shared.job_store import ClaimedDelivery, JobStore, Outbox, Webhooks
from shared.job_store.connection import Connection
from tests.shared.job_store.transitions import claimed, queued
from tests.web.api_requests import JOBS
from web import create_app
from web.services import get_services
from worker.maintenance.webhook_message import body_of, headers_of

PUBLIC_URL = "https://gramworks.example"


@pytest.fixture
def client(redis_url: str, tmp_path: Path) -> Iterator[FlaskClient]:
    values = {"REDIS_URL": redis_url, "GRAMWORKS_DATA": tmp_path, "GRAMWORKS_AUTH": "off"}
    app = create_app(Config.model_validate(values), cache=lambda make: make)
    yield app.test_client()
    with app.app_context():
        get_services().close()


def claim_of(jobs: JobStore, redis: Connection, *, fails: bool = False) -> ClaimedDelivery:
    """Return the delivery about a job that ended."""
    Webhooks(redis).add("wh_1", "local", "whsec_" + "A" * 32, "http://x/", {})
    queued(jobs, owner="local")
    claim = claimed(jobs)
    if fails:
        jobs.fail(claim, OutOfMemory(width=640, height=480, maximum=400))
    else:
        jobs.succeed(claim, "jobs/x/1/result.png")
    [delivery] = Outbox(redis).claim(30, 1, 1)
    return delivery


def sent(claim: ClaimedDelivery) -> dict[str, Any]:
    event: dict[str, Any] = json.loads(body_of(claim, PUBLIC_URL))
    return event


@pytest.mark.parametrize("fails", [False, True])
def test_it_has_what_the_api_shows_under_the_same_names(
    client: FlaskClient, jobs: JobStore, redis: Connection, fails: bool
) -> None:
    claim = claim_of(jobs, redis, fails=fails)
    event = sent(claim)
    assert event["type"] == f"job.{'failed' if fails else 'succeeded'}"
    assert event["timestamp"].endswith("Z")
    shown = client.get(f"{JOBS}/{claim.job_id}").get_json()
    data = event["data"]
    error, of_api = data.pop("error"), shown["error"]
    links = data.pop("links")
    assert data == {name: shown[name] for name in data}
    assert {"id", "state", "settings", "options", "inputs", "finished_at", "batch"} < set(data)
    assert error == (of_api and {key: of_api[key] for key in of_api if key != "detail"})
    expected = ["self", "page"] if fails else ["self", "page", "result"]
    assert links == {name: PUBLIC_URL + shown["links"][name] for name in expected}


def test_it_has_no_place_of_a_picture_no_owner_and_less_than_20_kilobytes(
    jobs: JobStore, redis: Connection
) -> None:
    body = body_of(claim_of(jobs, redis), PUBLIC_URL)
    assert b"jobs/x" not in body
    assert b"local" not in body
    assert len(body) < 20_000


def test_a_job_that_this_version_cannot_read_is_named(jobs: JobStore, redis: Connection) -> None:
    claim = claim_of(jobs, redis).model_copy(update={"job": None})
    data = sent(claim)["data"]
    assert (data["id"], data["state"]) == (claim.job_id, "succeeded")


def test_the_time_of_an_attempt_is_redis_s_whatever_the_worker_s_clock_says(
    jobs: JobStore, redis: Connection
) -> None:
    claim = claim_of(jobs, redis)
    stamp = headers_of(claim, b"{}")["webhook-timestamp"]
    assert int(stamp) == pytest.approx(redis.clock(), abs=2)


def test_the_signature_is_that_of_the_reference_implementations(
    jobs: JobStore, redis: Connection
) -> None:
    """Their tests have this message, secret and signature."""
    known = {
        "id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "now": 1614265330_999,
        "secrets": (SecretStr("whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),),
    }
    claim = claim_of(jobs, redis).model_copy(update=known)
    headers = headers_of(claim, b'{"test": 2432232314}')
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
