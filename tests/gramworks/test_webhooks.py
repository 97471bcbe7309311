"""The client's methods for webhooks, over real HTTP."""

import json
from typing import Any

import pytest

from gramworks import Client, NotFound, ServerUnreachable
from tests.gramworks.fake_server import FakeServer, as_json, hang_up

PATH = "/api/v1/webhooks"
ADD, ONE = f"POST {PATH}", f"{PATH}/wh_1"
MADE, NEW = "whsec_" + "A" * 32, "whsec_" + "B" * 32


def webhook_json(**changes: object) -> dict[str, Any]:
    webhook = {
        "id": "wh_1",
        "url": "https://receiver.example/hook",
        "events": ["job.failed"],
        "description": "",
        "enabled": True,
        "state": "enabled",
        "disabled": None,
    }
    return {**webhook, **changes}


def delivery_json(**changes: object) -> dict[str, Any]:
    attempt = {"at": "2026-01-01T12:00:00Z", "status": 500, "error": None, "detail": "Oh no."}
    delivery = {
        "id": "msg_1",
        "type": "job.failed",
        "webhook": "wh_1",
        "job": "j1",
        "state": "pending",
        "next_attempt_at": "2026-01-01T12:05:00Z",
        "attempts": [attempt],
    }
    return {**delivery, **changes}


def test_a_webhook_is_added_with_its_secret(server: FakeServer, client: Client) -> None:
    server.answer(ADD, as_json(webhook_json(secret=MADE), 201))
    made = client.webhooks.add("https://receiver.example/hook", ["job.failed"], "for the bot")
    assert (made.id, made.events, made.secret) == ("wh_1", ("job.failed",), MADE)
    assert MADE not in repr(made)
    (sent,) = server.requests(ADD)
    assert json.loads(sent.body) == {
        "url": "https://receiver.example/hook",
        "events": ["job.failed"],
        "description": "for the bot",
    }


def test_a_webhook_is_not_added_twice(server: FakeServer, client: Client) -> None:
    server.answer(ADD, hang_up())
    with pytest.raises(ServerUnreachable):
        client.webhooks.add("https://receiver.example/hook")
    assert len(server.requests(ADD)) == 1


def test_webhooks_are_listed_changed_rotated_and_deleted(
    server: FakeServer, client: Client
) -> None:
    disabled = {"at": "2026-01-01T12:00:00Z", "code": "gone", "detail": "It is gone."}
    off = webhook_json(state="disabled", disabled=disabled)
    server.answer(f"GET {PATH}", as_json({"webhooks": [webhook_json(), off]}))
    first, second = client.webhooks.all()
    assert (first.state, first.detail, first.secret) == ("enabled", "", None)
    assert (second.state, second.detail) == ("disabled", "It is gone.")
    server.answer(f"GET {ONE}", as_json(webhook_json()))
    assert client.webhooks.get("wh_1") == first
    server.answer(f"PATCH {ONE}", as_json(webhook_json()))
    assert client.webhooks.change("wh_1", {"enabled": True}) == first
    assert json.loads(server.requests(f"PATCH {ONE}")[0].body) == {"enabled": True}
    server.answer(f"POST {ONE}/rotate", as_json(webhook_json(secret=NEW)))
    assert client.webhooks.rotate("wh_1").secret == NEW
    server.answer(f"DELETE {ONE}", as_json({}))
    client.webhooks.delete("wh_1")
    with pytest.raises(NotFound):
        client.webhooks.get("wh_2")


def test_deliveries_are_those_of_a_webhook_or_a_job(server: FakeServer, client: Client) -> None:
    answer = as_json({"deliveries": [delivery_json()]})
    server.answer(f"GET {ONE}/deliveries", answer)
    server.answer("GET /api/v1/jobs/j1/deliveries", answer)
    (delivery,) = client.webhooks.deliveries("wh_1")
    assert client.deliveries("j1") == [delivery]
    assert (delivery.type, delivery.job, delivery.state) == ("job.failed", "j1", "pending")
    assert delivery.next_attempt_at is not None
    (attempt,) = delivery.attempts
    assert (attempt.status, attempt.detail) == (500, "Oh no.")
    server.answer(f"POST {ONE}/test", as_json(delivery_json(job=None, attempts=[]), 202))
    assert client.webhooks.test("wh_1").attempts == ()
