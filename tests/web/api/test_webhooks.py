"""Webhooks in the API: their secrets, what is refused, and the log of deliveries."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from shared.job_store import Attempt, JobStore, Outbox, Tokens
from shared.job_store.connection import Connection
from tests.shared.job_store.transitions import queued
from tests.web.api_requests import JOBS, problem
from tests.web.conftest import Serve
from tests.web.identity.requests import bearer
from web.identity.tokens import new_token

WEBHOOKS = "/api/v1/webhooks"
URL = "http://127.0.0.1:9999/hook?key=of-the-receiver"


@pytest.fixture
def client(serve: Serve) -> FlaskClient:
    return serve(GRAMWORKS_OUTBOUND_ALLOWED="127.0.0.1").test_client()


def added(client: FlaskClient, **values: Any) -> dict[str, Any]:
    response = client.post(WEBHOOKS, json={"url": URL, **values})
    assert response.status_code == 201, response.text
    assert response.headers["Location"] == response.get_json()["links"]["self"]
    return dict(response.get_json())


def without_secret(webhook: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in webhook.items() if name != "secret"}


def test_the_secret_is_shown_once(client: FlaskClient, redis: Connection) -> None:
    made = added(client, description="for the bot")
    assert made["secret"].startswith("whsec_")
    assert (made["state"], made["enabled"], made["disabled"]) == ("enabled", True, None)
    assert made["events"] == ["job.succeeded", "job.failed", "job.cancelled"]
    path = made["links"]["self"]
    assert client.get(path).get_json() == without_secret(made)
    assert client.get(WEBHOOKS).get_json() == {"webhooks": [without_secret(made)]}
    changed = client.patch(path, json={"description": "else"}).get_json()
    assert changed == {**without_secret(made), "description": "else"}
    rotated = client.post(made["links"]["rotate"]).get_json()
    assert rotated["secret"] not in ("", made["secret"])
    assert rotated["old_secret_until"] > made["created_at"]
    assert "whsec_" not in client.get(path).text
    assert redis.hget(f"gw:webhook:{made['id']}", "secret") == rotated["secret"]


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({}, "invalid_setting", "webhook.url"),
        ({"url": 7}, "invalid_setting", "webhook.url"),
        ({"url": ""}, "invalid_setting", "webhook.url"),
        ({"url": "http://x/" + "y" * 2100}, "invalid_setting", "webhook.url"),
        ({"url": "receiver.example/hook"}, "invalid_url", "webhook.url"),
        ({"url": "file:///etc/passwd"}, "invalid_url", "webhook.url"),
        ({"url": "http://user:pass@127.0.0.1/"}, "invalid_url", "webhook.url"),
        ({"url": "http://127.0.0.1:25/"}, "invalid_url", "webhook.url"),
        ({"url": "http://169.254.169.254/latest"}, "address_not_allowed", "webhook.url"),
        ({"url": "http://[::1]/"}, "address_not_allowed", "webhook.url"),
        ({"url": "http://nowhere.invalid/"}, "url_unreachable", "webhook.url"),
        ({"url": URL, "events": []}, "invalid_setting", "webhook.events"),
        ({"url": URL, "events": "job.failed"}, "invalid_setting", "webhook.events"),
        ({"url": URL, "events": ["job.started"]}, "invalid_setting", "webhook.events.0"),
        ({"url": URL, "description": "x" * 201}, "invalid_setting", "webhook.description"),
        ({"url": URL, "secret": "mine"}, "unknown_setting", "webhook.secret"),
    ],
)
def test_what_is_wrong_is_refused_with_its_field(
    client: FlaskClient, values: dict[str, Any], code: str, field: str
) -> None:
    body = problem(client.post(WEBHOOKS, json=values), 422, code)
    assert body["field"] == field
    assert "number" not in body["detail"]
    path = added(client)["links"]["self"]
    if values and not {"url", "secret"} <= values.keys():
        assert problem(client.patch(path, json=values), 422, code)["field"] == field
    assert len(client.get(WEBHOOKS).get_json()["webhooks"]) == 1


def test_a_body_that_is_no_object_is_refused(client: FlaskClient) -> None:
    for sent in ("[]", "{", '"x"', '{"url": "\\ud800"}'):
        response = client.post(WEBHOOKS, data=sent)
        assert response.status_code == 422, sent
        assert response.get_json()["field"].startswith("webhook")


def test_an_owner_has_up_to_ten_webhooks(client: FlaskClient) -> None:
    for _ in range(10):
        added(client)
    body = problem(client.post(WEBHOOKS, json={"url": URL}), 422, "too_many_webhooks")
    assert body["maximum"] == 10


def test_a_webhook_is_disabled_enabled_and_deleted(client: FlaskClient) -> None:
    made = added(client, events=["job.failed", "job.failed"])
    assert made["events"] == ["job.failed"]
    path = made["links"]["self"]
    disabled = client.patch(path, json={"enabled": False}).get_json()
    assert (disabled["state"], disabled["disabled"]["code"]) == ("disabled", "owner")
    assert disabled["disabled"]["detail"] == "It was disabled on request."
    problem(client.post(made["links"]["test"]), 409, "webhook_disabled")
    assert client.patch(path, json={"enabled": True}).get_json() == without_secret(made)
    assert client.delete(path).status_code == 204
    for method in (client.get, client.delete, client.patch):
        problem(method(path), 404, "webhook_not_found")


def test_deliveries_are_listed_with_attempts_and_when_the_next_is_due(
    client: FlaskClient, jobs: JobStore, redis: Connection
) -> None:
    made, outbox = added(client), Outbox(redis)
    job_id = queued(jobs, owner="local")
    job = client.delete(f"{JOBS}/{job_id}").get_json()
    [claim] = outbox.claim(30, 1, 1)
    failed = Attempt(
        at=claim.now + 1500, ms=1500, code="url_too_slow", parameters={"seconds": 15.0}
    )
    outbox.record(claim, failed, next_seconds=300)
    [delivery] = client.get(job["links"]["deliveries"]).get_json()["deliveries"]
    assert client.get(made["links"]["deliveries"]).get_json() == {"deliveries": [delivery]}
    [attempt] = delivery.pop("attempts")
    assert attempt.pop("at") >= delivery["created_at"]
    assert attempt == {
        "seconds": 1.5,
        "status": None,
        "error": "url_too_slow",
        "detail": "No answer came within 15 s.",
    }
    assert delivery.pop("next_attempt_at") > delivery.pop("created_at")
    assert delivery == {
        "id": claim.id,
        "type": "job.cancelled",
        "webhook": made["id"],
        "job": job_id,
        "state": "pending",
    }
    assert client.get(made["links"]["self"]).get_json()["state"] == "failing"


def test_a_test_is_accepted_and_logged(client: FlaskClient) -> None:
    made = added(client)
    response = client.post(made["links"]["test"])
    assert response.status_code == 202
    delivery = response.get_json()
    assert (delivery["type"], delivery["state"], delivery["job"]) == (
        "webhook.test",
        "pending",
        None,
    )
    assert client.get(made["links"]["deliveries"]).get_json()["deliveries"] == [delivery]


def test_only_the_owner_and_operators_reach_a_webhook(serve: Serve, redis: Connection) -> None:
    client = serve(GRAMWORKS_OUTBOUND_ALLOWED="127.0.0.1", GRAMWORKS_AUTH="token").test_client()

    def give(owner: str, *scopes: Any) -> dict[str, str]:
        text, token = new_token("of a test", owner, frozenset(scopes))
        Tokens(redis).add(token)
        return bearer(text)

    alice, bob = (give(name, "submit", "read") for name in ("alice", "bob"))
    operator, reader = give("operator", "operate"), give("alice", "read")
    made = client.post(WEBHOOKS, json={"url": URL}, headers=alice).get_json()
    path = made["links"]["self"]
    assert client.get(path, headers=operator).status_code == 200
    assert client.get(WEBHOOKS, headers=bob).get_json() == {"webhooks": []}
    problem(client.get(path, headers=bob), 404, "webhook_not_found")
    assert client.get(path, headers=reader).status_code == 200
    for name in ("rotate", "test"):
        problem(client.post(made["links"][name], headers=reader), 403, "scope_missing")
