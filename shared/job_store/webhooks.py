"""The webhooks: which URLs are told what happens to their owner's jobs.

Redis holds a webhook's secret itself, not its hash, since every delivery is signed with it. No
method but `Outbox.claim` reads it.
"""

from collections.abc import Mapping
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from shared.errors import TooManyWebhooks, WebhookDisabled, WebhookNotFound
from shared.job_store.connection import Connection
from shared.job_store.keys import LIMITS, Key
from shared.job_store.scripts import Scripts

EventType = Literal["job.succeeded", "job.failed", "job.cancelled"]
EVENT_TYPES: tuple[EventType, ...] = get_args(EventType)
TEST = "webhook.test"
ROTATION_SECONDS = 86_400.0  # for which deliveries are signed with the old secret too
READ = ("owner", "url", "events", "description", "created_at", "enabled", "disabled_at",
    "disabled_because", "delivered_at", "failing_since", "failures")  # fmt: skip # not the secrets


class Webhook(BaseModel):
    """A webhook, without its secret; times are Redis's, in ms.

    `disabled_because` is `owner`, `gone` (the receiver answered 410) or `failing` (all attempts of
    a delivery failed). `failures` are the attempts that failed in a row, since `failing_since`.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    owner: str
    url: str
    events: tuple[str, ...]
    description: str = ""
    created_at: int
    enabled: bool
    disabled_at: int | None = None
    disabled_because: str | None = None
    delivered_at: int | None = None
    failing_since: int | None = None
    failures: int = 0

    @field_validator("events", mode="before")
    @classmethod
    def _split(cls, events: object) -> object:
        return events.split() if isinstance(events, str) else events


class Webhooks:
    """The webhooks in Redis. Every method may raise StoreUnavailable."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._scripts = Scripts(connection)

    def add(
        self, webhook_id: str, owner: str, secret: str, url: str, changes: Mapping[str, Any]
    ) -> Webhook:
        """Store a new webhook and return it.

        Raises:
            TooManyWebhooks: the owner has as many as allowed.
        """
        fields = _fields({"events": EVENT_TYPES, **changes, "url": url, "secret": secret})
        if not self._scripts.run("add_webhook", webhook_id, owner, *fields):
            raise TooManyWebhooks(maximum=LIMITS.webhooks)
        return self.get(webhook_id)

    def get(self, webhook_id: str) -> Webhook:
        """Return a webhook.

        Raises:
            WebhookNotFound: there is no such webhook.
        """
        for webhook in self._read([webhook_id]):
            return webhook
        raise WebhookNotFound(id=webhook_id)

    def of_owner(self, owner: str) -> list[Webhook]:
        """Return an owner's webhooks, oldest first."""
        ids: Any = self._connection.zrange(f"{Key.WEBHOOKS}{owner}", 0, -1)
        return self._read(ids)

    def change(self, webhook_id: str, changes: Mapping[str, Any]) -> Webhook:
        """Change a webhook's `url`, `events`, `description` or `enabled`; return it.

        Raises:
            WebhookNotFound: there is no such webhook.
        """
        if not self._scripts.run("change_webhook", webhook_id, *_fields(changes)):
            raise WebhookNotFound(id=webhook_id)
        return self.get(webhook_id)

    def rotate(self, webhook_id: str, secret: str) -> int:
        """Give a webhook a new secret; return until when, in ms, the old one signs too.

        Raises:
            WebhookNotFound: there is no such webhook.
        """
        arguments = (webhook_id, secret, round(ROTATION_SECONDS * 1000))
        until: str | None = self._scripts.run("rotate_secret", *arguments)
        if until is None:
            raise WebhookNotFound(id=webhook_id)
        return int(until)

    def delete(self, webhook_id: str) -> None:
        """Delete a webhook; what waits for delivery is not sent.

        Raises:
            WebhookNotFound: there is no such webhook.
        """
        if not self._scripts.run("delete_webhook", webhook_id):
            raise WebhookNotFound(id=webhook_id)

    def test(self, webhook_id: str, unique: str) -> str:
        """Let a test be sent, and return its delivery; `unique` tells it from other tests.

        Raises:
            WebhookNotFound: there is no such webhook.
            WebhookDisabled: it is disabled.
        """
        delivery: str | None = self._scripts.run("test_webhook", webhook_id, TEST, unique)
        if delivery is None:
            raise WebhookNotFound(id=webhook_id)
        if not delivery:
            raise WebhookDisabled(id=webhook_id)
        return delivery

    def _read(self, ids: list[str]) -> list[Webhook]:
        pipeline = self._connection.pipeline(transaction=False)
        for webhook_id in ids:
            pipeline.hmget(f"{Key.WEBHOOK}{webhook_id}", READ)
        rows = zip(ids, pipeline.execute() if ids else [], strict=True)
        found = (_webhook(webhook_id, values) for webhook_id, values in rows)
        return [webhook for webhook in found if webhook]


def _fields(changes: Mapping[str, Any]) -> list[str]:
    written = {
        **changes,
        **({"events": " ".join(changes["events"])} if "events" in changes else {}),
        **({"enabled": str(int(changes["enabled"]))} if "enabled" in changes else {}),
    }
    return [part for pair in written.items() for part in pair]


def _webhook(webhook_id: str, values: list[str | None]) -> Webhook | None:
    fields = {name: value for name, value in zip(READ, values, strict=True) if value is not None}
    try:
        return Webhook.model_validate({"id": webhook_id, **fields})
    except ValidationError:  # there is none, or it is of another version
        return None
