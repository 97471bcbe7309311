"""What each operation of `webhooks` takes and answers."""

from typing import Any

from shared.errors import RateLimited, TooManyWebhooks, WebhookDisabled
from shared.job_store import EVENT_TYPES, Attempt, Delivery, Webhook
from shared.job_store.webhooks import TEST
from web.api import webhook_models as models
from web.api.webhook_schemas import (
    NewWebhook,
    WebhookChanges,
    deliveries_json,
    delivery_json,
    time_json,
    webhook_json,
)
from web.openapi.operation import Answer, Body, documented
from web.openapi.problems import ID, OF_JSON, OF_URLS, WEBHOOK_ID

_URL = "https://receiver.example/gramworks"
_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 - an example
_MADE, _FAILED, _DAY = 1_795_415_257_796, 1_795_415_347_796, 86_400_000  # times in ms
_WEBHOOK = Webhook(
    id=WEBHOOK_ID,
    owner="alice",
    url=_URL,
    events=EVENT_TYPES,
    description="the gallery",
    created_at=_MADE,
    enabled=True,
)
_ATTEMPT = Attempt(at=_FAILED, ms=118, status=503)
_PENDING = Delivery(
    id="msg_4d79a9cb1d1c33a1b9d8e0f4c6a2b7e5",
    webhook=WEBHOOK_ID,
    event="job.succeeded",
    job=ID,
    at=_FAILED - 118,
    state="pending",
    attempts=(_ATTEMPT,),
    next_at=_FAILED + 5000,
)


def added() -> dict[str, Any]:
    """Return a webhook that was just added."""
    return {**webhook_json(_WEBHOOK), "secret": _SECRET}


def rotated() -> dict[str, Any]:
    """Return a webhook whose secret was just replaced."""
    return {**added(), "old_secret_until": time_json(_MADE + _DAY)}


def failing() -> dict[str, Any]:
    """Return a webhook whose last attempt failed."""
    return webhook_json(_WEBHOOK.model_copy(update={"failures": 1, "failing_since": _FAILED}))


def disabled() -> dict[str, Any]:
    """Return a webhook whose receiver wants no more deliveries."""
    values = {"enabled": False, "disabled_at": _FAILED, "disabled_because": "gone", "failures": 1}
    return webhook_json(_WEBHOOK.model_copy(update=values))


def listed() -> dict[str, Any]:
    """Return a list of webhooks."""
    return {"webhooks": [webhook_json(_WEBHOOK)]}


def test() -> dict[str, Any]:
    """Return a test that is to be sent."""
    nothing = {"event": TEST, "job": "", "attempts": (), "next_at": _PENDING.at}
    return delivery_json(_PENDING.model_copy(update=nothing))


def deliveries() -> dict[str, Any]:
    """Return a list of deliveries, to a receiver that was away for a moment."""
    at_last = Attempt(at=_FAILED + 5100, ms=97, status=204)
    done = {"state": "delivered", "attempts": (_ATTEMPT, at_last), "next_at": None}
    no_answer = Attempt(at=_FAILED, ms=10_000, code="url_too_slow", parameters={"seconds": 10.0})
    earlier = {"id": "msg_" + "0" * 32, "attempts": (no_answer,)}
    both = (_PENDING.model_copy(update=done), _PENDING.model_copy(update=earlier))
    return deliveries_json(both)


SHOWN = Answer(200, "The webhook.", models.Webhook, {"failing": failing, "disabled": disabled})
LISTED = Answer(200, "The newest deliveries.", models.Deliveries, {"two deliveries": deliveries})
CREATE = documented(
    Answer(
        201,
        "The webhook, with its secret.",
        models.WebhookWithSecret,
        {"added": added},
        headers=("Location",),
    ),
    scope="submit",
    bodies=(
        Body(
            NewWebhook,
            {
                "all events": {"url": _URL},
                "failures": {
                    "url": _URL,
                    "events": ["job.failed"],
                    "description": "tells the operator",
                },
            },
            is_required=True,
        ),
    ),
    errors=(*OF_JSON, *OF_URLS, RateLimited, TooManyWebhooks),
    is_counted=True,
)
INDEX = documented(
    Answer(200, "The webhooks.", models.WebhookList, {"one webhook": listed}), scope="read"
)
SHOW = documented(SHOWN, scope="read")
CHANGE = documented(
    SHOWN,
    scope="submit",
    bodies=(
        Body(
            WebhookChanges,
            {"enable it again": {"enabled": True}, "fewer events": {"events": ["job.failed"]}},
        ),
    ),
    errors=(*OF_JSON, *OF_URLS),
)
DELETE = documented(Answer(204, "The webhook was deleted."), scope="submit")
ROTATE = documented(
    Answer(200, "The webhook, with its new secret.", models.RotatedWebhook, {"rotated": rotated}),
    scope="submit",
)
TEST_IT = documented(
    Answer(202, "The delivery.", models.Delivery, {"pending": test}),
    scope="submit",
    errors=(RateLimited, WebhookDisabled),
    is_counted=True,
)
DELIVERIES = documented(LISTED, scope="read")
OF_JOB = documented(LISTED, scope="read")
