"""Webhooks: the server calls a URL of yours when a job ends.

`Client.webhooks` has these methods; `verification` is for the receiver.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

from gramworks.models import JsonObject, moment
from gramworks.retries import Repeat
from gramworks.transport import Http

PATH = "/api/v1/webhooks"


@dataclass(frozen=True)
class Webhook:
    """A webhook. `state` is `enabled`, `failing` or `disabled`; `detail` says why it is disabled.

    `secret` is there only when the webhook was just made, or its secret rotated.
    """

    id: str
    url: str
    events: tuple[str, ...]
    state: str
    description: str = ""
    detail: str = ""
    secret: str | None = field(default=None, repr=False)
    body: JsonObject = field(repr=False, default_factory=dict)

    @classmethod
    def from_json(cls, body: JsonObject) -> Webhook:
        """Build it from the server's JSON."""
        return cls(
            id=body["id"],
            url=body["url"],
            events=tuple(body["events"]),
            state=body["state"],
            description=body.get("description") or "",
            detail=(body.get("disabled") or {}).get("detail") or "",
            secret=body.get("secret"),
            body=body,
        )


@dataclass(frozen=True)
class Attempt:
    """How an attempt of a delivery ended, with a sentence."""

    at: datetime
    detail: str
    status: int | None = None
    error: str | None = None

    @classmethod
    def from_json(cls, body: JsonObject) -> Attempt:
        """Build it from the server's JSON."""
        return cls(
            at=datetime.fromisoformat(body["at"]).astimezone(),
            detail=body["detail"],
            status=body.get("status"),
            error=body.get("error"),
        )


@dataclass(frozen=True)
class Delivery:
    """A delivery. `state` is `pending`, `delivered`, `failed`, or `stopped` with its webhook."""

    id: str
    type: str
    webhook: str
    job: str | None
    state: str
    attempts: tuple[Attempt, ...]
    next_attempt_at: datetime | None
    body: JsonObject = field(repr=False, default_factory=dict)

    @classmethod
    def from_json(cls, body: JsonObject) -> Delivery:
        """Build it from the server's JSON."""
        return cls(
            id=body["id"],
            type=body["type"],
            webhook=body["webhook"],
            job=body.get("job"),
            state=body["state"],
            attempts=tuple(map(Attempt.from_json, body.get("attempts") or ())),
            next_attempt_at=moment(body.get("next_attempt_at")),
            body=body,
        )


class Webhooks:
    """The webhooks of the token's owner; each method is one request."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def add(self, url: str, events: Sequence[str] | None = None, description: str = "") -> Webhook:
        """Add a webhook and return it with its secret, which is not shown again.

        `events` are `job.succeeded`, `job.failed` and `job.cancelled`; by default all.
        """
        body: dict[str, Any] = {"url": url, "description": description}
        if events is not None:
            body["events"] = list(events)
        # a webhook that is added twice would get everything twice
        return self._http.ask(Webhook.from_json, "POST", PATH, json=body, repeat=Repeat.UNSENT)

    def all(self) -> list[Webhook]:
        """Return the webhooks, oldest first."""

        def build(body: Mapping[str, Any]) -> list[Webhook]:
            return [Webhook.from_json(webhook) for webhook in body["webhooks"]]

        return self._http.ask(build, "GET", PATH)

    def get(self, webhook_id: str) -> Webhook:
        """Return a webhook."""
        return self._http.ask(Webhook.from_json, "GET", _path(webhook_id))

    def change(self, webhook_id: str, changes: Mapping[str, Any]) -> Webhook:
        """Change `url`, `events`, `description` or `enabled` of a webhook; return it."""
        return self._http.ask(Webhook.from_json, "PATCH", _path(webhook_id), json=changes)

    def rotate(self, webhook_id: str) -> Webhook:
        """Return a webhook with its new secret; for a day, deliveries are signed with both."""
        path = _path(webhook_id, "rotate")
        return self._http.ask(Webhook.from_json, "POST", path, repeat=Repeat.UNSENT)

    def test(self, webhook_id: str) -> Delivery:
        """Let a test be sent; `deliveries` says what became of it."""
        path = _path(webhook_id, "test")
        return self._http.ask(Delivery.from_json, "POST", path, repeat=Repeat.UNSENT)

    def deliveries(self, webhook_id: str) -> list[Delivery]:
        """Return a webhook's newest deliveries, newest first."""
        return self._http.ask(deliveries, "GET", _path(webhook_id, "deliveries"))

    def delete(self, webhook_id: str) -> None:
        """Delete a webhook; what waits for delivery is not sent."""
        self._http.send("DELETE", _path(webhook_id), repeat=Repeat.UNSENT)


def deliveries(body: JsonObject) -> list[Delivery]:
    """Build the deliveries in the server's JSON."""
    return [Delivery.from_json(delivery) for delivery in body["deliveries"]]


def _path(webhook_id: str, *parts: str) -> str:
    return "/".join((PATH, quote(webhook_id, safe=""), *parts))
