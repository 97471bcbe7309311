"""A receiver accepts what the server signed, and nothing else."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook as Signer

from gramworks import GramworksError, InvalidWebhook, verify_webhook

SECRET, OTHER = "whsec_" + "A" * 32, "whsec_" + "B" * 32
BODY = '{"type":"job.failed","timestamp":"2026-01-01T12:00:00Z","data":{"id":"ü"}}'.encode()


def headers(age: float = 0.0, *, secret: str = SECRET, **changes: str) -> dict[str, str]:
    now = datetime.now(UTC) - timedelta(seconds=age)
    signed = Signer(secret).sign("msg_1", now, BODY.decode())
    sent = {
        "Content-Type": "application/json",
        "Webhook-Id": "msg_1",
        "Webhook-Timestamp": str(int(now.timestamp())),
        "Webhook-Signature": signed,
    }
    return {**sent, **{name.replace("_", "-"): value for name, value in changes.items()}}


def test_what_the_server_signed_is_returned() -> None:
    event = verify_webhook(headers(), BODY, SECRET)
    assert (event["type"], event["data"]) == ("job.failed", {"id": "ü"})
    assert verify_webhook(headers(), BODY.decode(), SECRET) == event


def test_one_of_two_signatures_is_enough_while_a_secret_is_rotated() -> None:
    both = f"{headers(secret=OTHER)['Webhook-Signature']} {headers()['Webhook-Signature']}"
    sent = headers(Webhook_Signature=both)
    assert verify_webhook(sent, BODY, SECRET) == verify_webhook(sent, BODY, OTHER)


@pytest.mark.parametrize(
    "sent",
    [
        {},
        headers(age=3600),
        headers(age=-3600),
        headers(secret=OTHER),
        headers(Webhook_Id="msg_2"),
        headers(Webhook_Timestamp="now"),
        headers(Webhook_Signature="v1"),
        headers(Webhook_Signature="v1,%"),
        headers(Webhook_Signature="v2,AAAA"),
        headers(Webhook_Signature=""),
    ],
)
def test_everything_else_is_refused(sent: dict[str, str]) -> None:
    with pytest.raises(InvalidWebhook) as error:
        verify_webhook(sent, BODY, SECRET)
    assert isinstance(error.value, GramworksError)


@pytest.mark.parametrize("body", [BODY + b" ", b"", b"\xff"])
def test_another_body_is_refused(body: Any) -> None:
    with pytest.raises(InvalidWebhook):
        verify_webhook(headers(), body, SECRET)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_é"])
def test_a_wrong_secret_is_an_error_of_the_receiver(secret: str) -> None:
    with pytest.raises(ValueError, match="whsec_"):
        verify_webhook(headers(), BODY, secret)
