"""`gramworks webhook`, as a person and a shell script use it."""

import json

import pytest

from gramworks.cli import webhook as command
from tests.gramworks.cli.commands import run
from tests.gramworks.fake_server import FakeServer, as_json
from tests.gramworks.test_webhooks import ADD, MADE, ONE, PATH, delivery_json, webhook_json

pytestmark = pytest.mark.usefixtures("pictures")
ALL = f"GET {PATH}"


@pytest.fixture(autouse=True)
def two_webhooks(server: FakeServer) -> None:
    server.answer(ALL, as_json({"webhooks": [webhook_json(), webhook_json(id="xy_2")]}))


def test_add_shows_the_secret_once(server: FakeServer) -> None:
    server.answer(ADD, as_json(webhook_json(secret=MADE), 201))
    result = run(server, "webhook", "add", "https://receiver.example/", "--event", "job.failed")
    assert result.exit_code == 0
    assert result.stdout.endswith(f"\n{MADE}\n")
    assert json.loads(server.requests(ADD)[0].body)["events"] == ["job.failed"]
    listed = run(server, "webhook", "list")
    assert "https://receiver.example/hook" in listed.stdout.replace("\n", "")


def test_a_webhook_is_named_by_the_start_of_its_id(server: FakeServer) -> None:
    server.answer(f"PATCH {ONE}", as_json(webhook_json(state="disabled")))
    result = run(server, "webhook", "disable", "wh")
    assert (result.exit_code, result.stdout) == (0, "Webhook wh_1 is disabled.\n")
    assert run(server, "webhook", "enable", "nope").exit_code == 1
    server.answer(f"DELETE {ONE}", as_json({}))
    assert run(server, "webhook", "delete", "wh_1").stdout == "Webhook wh_1 is deleted.\n"


def test_a_test_waits_for_the_receiver_s_answer(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "POLL_SECONDS", 0.01)
    waiting = delivery_json(attempts=[])
    failed = {**delivery_json(), "state": "failed"}
    server.answer(f"POST {ONE}/test", as_json(waiting, 202))
    server.answer(
        f"GET {ONE}/deliveries", *(as_json({"deliveries": [each]}) for each in (waiting, failed))
    )
    result = run(server, "webhook", "test", "wh_1")
    assert (result.exit_code, result.stderr) == (1, "error: Oh no.\n")
    server.answer(
        f"GET {ONE}/deliveries", as_json({"deliveries": [{**failed, "state": "delivered"}]})
    )
    result = run(server, "webhook", "test", "wh_1", "--json")
    assert (result.exit_code, json.loads(result.stdout)["state"]) == (0, "delivered")


def test_the_log_says_when_the_next_attempt_is(server: FakeServer) -> None:
    server.answer(f"GET {ONE}/deliveries", as_json({"deliveries": [delivery_json()]}))
    shown = run(server, "webhook", "log", "wh_1", COLUMNS="200").stdout
    assert "job.failed" in shown
    assert "Oh no." in shown
