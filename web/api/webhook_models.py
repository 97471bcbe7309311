"""The JSON of webhooks and deliveries, as models."""

from datetime import datetime
from typing import Literal

from shared.job_store import EventType
from web.api.models import AnswerModel


class WebhookLinks(AnswerModel):
    """The paths of a webhook's parts, with the prefix that a proxy adds."""

    self: str
    test: str
    rotate: str
    deliveries: str


class Disabled(AnswerModel):
    """Why a webhook is disabled, and since when."""

    at: datetime | None
    code: Literal["owner", "gone", "failing"] | None
    """`owner`: on request; `gone`: the receiver answered 410; `failing`: all attempts of a delivery
    failed."""

    detail: str
    """The same as a sentence."""


class Webhook(AnswerModel):
    """A webhook. Times are ISO 8601 in UTC."""

    id: str
    url: str
    events: list[EventType]
    """Which events are sent."""

    description: str
    enabled: bool
    state: Literal["enabled", "failing", "disabled"]
    """`failing` while it is enabled and its last attempts failed."""

    disabled: Disabled | None
    failures: int
    """How many attempts failed in a row."""

    failing_since: datetime | None
    delivered_at: datetime | None
    """When the last delivery succeeded."""

    created_at: datetime
    links: WebhookLinks


class WebhookWithSecret(Webhook):
    """A webhook, with its secret this once."""

    secret: str
    """What deliveries are signed with, as Standard Webhooks writes it: `whsec_…`."""


class RotatedWebhook(WebhookWithSecret):
    """A webhook with its new secret."""

    old_secret_until: datetime
    """Until when deliveries are signed with the old one too."""


class WebhookList(AnswerModel):
    """The owner's webhooks, oldest first."""

    webhooks: list[Webhook]


class DeliveryAttempt(AnswerModel):
    """How an attempt of a delivery ended."""

    at: datetime
    seconds: float
    """How long it took."""

    status: int | None
    """The receiver's HTTP status; null if there was no answer."""

    error: str | None
    """For programs, why there was no answer."""

    detail: str
    """How it ended, as a sentence."""


class Delivery(AnswerModel):
    """An event that is sent to a webhook."""

    id: str
    """The `webhook-id` that the receiver gets."""

    type: EventType | Literal["webhook.test"]
    webhook: str
    """The webhook's id."""

    job: str | None
    """The job's id; null for a test."""

    state: Literal["pending", "delivered", "failed", "stopped"]
    """`stopped` while the webhook is disabled, and if it was deleted."""

    created_at: datetime
    next_attempt_at: datetime | None
    """For a pending one, when it is sent next."""

    attempts: list[DeliveryAttempt]


class Deliveries(AnswerModel):
    """The newest deliveries, newest first."""

    deliveries: list[Delivery]
