"""The JSON of webhooks and deliveries, and what requests send."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any

from flask import url_for
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field

from shared.job_store import EVENT_TYPES, Attempt, Delivery, EventType, Webhook
from shared.outbound import LONGEST_URL
from shared.settings import OF_REQUESTS
from web.messages.deliveries import attempt_sentence, disabled_sentence


def _listed(events: object) -> object:
    if not isinstance(events, list):
        raise ValueError(f"send a list, such as ['{EVENT_TYPES[0]}']")
    return events


def _without_repetition(events: list[EventType]) -> list[EventType]:
    return list(dict.fromkeys(events))


Url = Annotated[str, Field(min_length=1, max_length=LONGEST_URL)]
Events = Annotated[
    list[EventType],
    Field(min_length=1),
    BeforeValidator(_listed),
    AfterValidator(_without_repetition),
]
Description = Annotated[str, Field(max_length=200)]


class NewWebhook(BaseModel):
    """A webhook to add."""

    model_config = OF_REQUESTS

    url: Url
    """Where deliveries are sent; it begins with https:// or http://."""

    events: Events = list(EVENT_TYPES)
    """Which events are sent. Default: all."""

    description: Description = ""
    """What it is for, in your words."""


class WebhookChanges(BaseModel):
    """What changes of a webhook; what is left out stays."""

    model_config = OF_REQUESTS

    url: Annotated[Url, Field(default_factory=str)]
    """Where deliveries are sent from now on."""

    events: Annotated[Events, Field(default_factory=list)]
    """Which events are sent from now on."""

    description: Annotated[Description, Field(default_factory=str)]
    """What it is for, in your words."""

    enabled: Annotated[bool, Field(default_factory=bool)]
    """Whether deliveries are sent. Events that happen while it is disabled are not sent later."""


def webhook_json(webhook: Webhook) -> dict[str, Any]:
    """Return the JSON of a webhook; it never has the secret."""
    return {
        "id": webhook.id,
        "url": webhook.url,
        "events": list(webhook.events),
        "description": webhook.description,
        "enabled": webhook.enabled,
        "state": _state(webhook),
        "disabled": _disabled(webhook),
        "failures": webhook.failures,
        "failing_since": time_json(webhook.failing_since),
        "delivered_at": time_json(webhook.delivered_at),
        "created_at": time_json(webhook.created_at),
        "links": {
            "self": url_for("webhooks.show", webhook_id=webhook.id),
            "test": url_for("webhooks.test", webhook_id=webhook.id),
            "rotate": url_for("webhooks.rotate", webhook_id=webhook.id),
            "deliveries": url_for("webhooks.deliveries", webhook_id=webhook.id),
        },
    }


def deliveries_json(deliveries: Iterable[Delivery]) -> dict[str, Any]:
    """Return the JSON of a list of deliveries."""
    return {"deliveries": [delivery_json(delivery) for delivery in deliveries]}


def delivery_json(delivery: Delivery) -> dict[str, Any]:
    """Return the JSON of a delivery."""
    return {
        "id": delivery.id,
        "type": delivery.event,
        "webhook": delivery.webhook,
        "job": delivery.job or None,
        "state": delivery.state,
        "created_at": time_json(delivery.at),
        "next_attempt_at": time_json(delivery.next_at),
        "attempts": [_attempt_json(attempt) for attempt in delivery.attempts],
    }


def _attempt_json(attempt: Attempt) -> dict[str, Any]:
    return {
        "at": time_json(attempt.at),
        "seconds": attempt.ms / 1000,
        "status": attempt.status,
        "error": attempt.code,
        "detail": attempt_sentence(attempt),
    }


def _state(webhook: Webhook) -> str:
    if not webhook.enabled:
        return "disabled"
    return "failing" if webhook.failures else "enabled"


def _disabled(webhook: Webhook) -> dict[str, Any] | None:
    if webhook.enabled:
        return None
    return {
        "at": time_json(webhook.disabled_at),
        "code": webhook.disabled_because,
        "detail": disabled_sentence(webhook),
    }


def time_json(milliseconds: int | None) -> str | None:
    """Return one of Redis's times as ISO 8601 in UTC."""
    if milliseconds is None:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat().replace("+00:00", "Z")
