"""For receivers of webhooks: whether a request comes from the server, and what it says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from standardwebhooks import Webhook as Verifier

from gramworks.errors import GramworksError

HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")


class InvalidWebhook(GramworksError):
    """A request is not one that the server sent within the last five minutes."""


def verify_webhook(headers: Mapping[str, str], body: bytes | str, secret: str) -> dict[str, Any]:
    """Return the event of a request: its `type`, `timestamp` and `data`.

    Args:
        headers: the request's headers, of any framework.
        body: the request's body, byte for byte.
        secret: the webhook's, which begins with `whsec_`.

    Raises:
        InvalidWebhook: a header is missing, the signature is not the secret's, or the request is
            more than five minutes old. Answer with 400 and do nothing.
        ValueError: `secret` is not one.
    """
    verifier = _verifier(secret)
    lowered = {name.lower(): value for name, value in headers.items()}
    sent = {name: lowered[name] for name in HEADERS if name in lowered}
    try:
        verifier.verify(body, sent, json_parse=False)
        event: dict[str, Any] = json.loads(body)
    except Exception as error:  # the library raises whatever a malformed header leads to
        raise InvalidWebhook(f"This is not a webhook that the server sent: {error}.") from error
    return event


def _verifier(secret: str) -> Verifier:
    try:
        return Verifier(secret)
    except Exception as error:
        raise ValueError("The secret is not a webhook's: those begin with whsec_.") from error
