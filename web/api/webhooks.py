"""Webhooks: add, list, show, change, delete, rotate the secret, test; what was delivered."""

import base64
import secrets
from typing import Any, TypeVar

from flask import Blueprint, current_app, request, url_for
from pydantic import BaseModel

from shared.errors import OutboundError
from shared.settings import read_object, validate
from web.api import webhook_operations as operations
from web.api.webhook_schemas import (
    NewWebhook,
    WebhookChanges,
    deliveries_json,
    delivery_json,
    time_json,
    webhook_json,
)
from web.identity.load_job import load_record
from web.identity.load_webhook import load_webhook
from web.identity.request_identity import count_submission, get_identity, require
from web.services import get_services

blueprint = Blueprint("webhooks", __name__, url_prefix="/api/v1")
SECRET_BYTES = 32  # Standard Webhooks has 24 to 64
LOOKUP_SECONDS = 5.0  # for the name in a URL
Body = TypeVar("Body", bound=BaseModel)


@blueprint.post("/webhooks")
@operations.CREATE
def create() -> tuple[dict[str, Any], int, dict[str, str]]:
    """Add a webhook; only this answer has its secret."""
    require("submit")
    count_submission()
    wanted, secret = _body(NewWebhook), _new_secret()
    _check_url(wanted.url)
    webhook_id = f"wh_{secrets.token_hex(12)}"
    owner, others = get_identity().owner, wanted.model_dump(exclude={"url"})
    webhook = get_services().webhooks.add(webhook_id, owner, secret, wanted.url, others)
    location = url_for(".show", webhook_id=webhook.id)
    return {**webhook_json(webhook), "secret": secret}, 201, {"Location": location}


@blueprint.get("/webhooks")
@operations.INDEX
def index() -> dict[str, Any]:
    """List the owner's webhooks, oldest first."""
    require("read")
    webhooks = get_services().webhooks.of_owner(get_identity().owner)
    return {"webhooks": [webhook_json(webhook) for webhook in webhooks]}


@blueprint.get("/webhooks/<webhook_id>")
@operations.SHOW
def show(webhook_id: str) -> dict[str, Any]:
    """Show a webhook."""
    return webhook_json(load_webhook(webhook_id, "read"))


@blueprint.patch("/webhooks/<webhook_id>")
@operations.CHANGE
def change(webhook_id: str) -> dict[str, Any]:
    """Change a webhook; what is left out stays."""
    webhook = load_webhook(webhook_id, "submit")
    changes = _body(WebhookChanges).model_dump(exclude_unset=True)
    if "url" in changes:
        _check_url(changes["url"])
    return webhook_json(get_services().webhooks.change(webhook.id, changes))


@blueprint.delete("/webhooks/<webhook_id>")
@operations.DELETE
def delete(webhook_id: str) -> tuple[str, int]:
    """Delete a webhook; what waits for delivery is not sent."""
    get_services().webhooks.delete(load_webhook(webhook_id, "submit").id)
    return "", 204


@blueprint.post("/webhooks/<webhook_id>/rotate")
@operations.ROTATE
def rotate(webhook_id: str) -> dict[str, Any]:
    """Give a webhook a new secret, which only this answer has; the old one signs for a day too."""
    webhook, secret = load_webhook(webhook_id, "submit"), _new_secret()
    until = get_services().webhooks.rotate(webhook.id, secret)
    return {**webhook_json(webhook), "secret": secret, "old_secret_until": time_json(until)}


@blueprint.post("/webhooks/<webhook_id>/test")
@operations.TEST_IT
def test(webhook_id: str) -> tuple[dict[str, Any], int]:
    """Send a test at once, in one attempt."""
    webhook, services = load_webhook(webhook_id, "submit"), get_services()
    count_submission()
    delivery_id = services.webhooks.test(webhook.id, secrets.token_hex(8))
    [delivery] = services.outbox.read([delivery_id])
    return delivery_json(delivery), 202


@blueprint.get("/webhooks/<webhook_id>/deliveries")
@operations.DELIVERIES
def deliveries(webhook_id: str) -> dict[str, Any]:
    """List a webhook's newest deliveries, newest first."""
    webhook = load_webhook(webhook_id, "read")
    return deliveries_json(get_services().outbox.log(webhook.id))


@blueprint.get("/jobs/<job_id>/deliveries")
@operations.OF_JOB
def of_job(job_id: str) -> dict[str, Any]:
    """List the deliveries about a job, newest first."""
    return deliveries_json(get_services().outbox.log(load_record(job_id, "read").id))


def _body(model: type[Body]) -> Body:
    request.max_content_length = current_app.config["MAX_FORM_MEMORY_SIZE"]
    return validate("webhook", model, read_object("webhook", request.get_data(as_text=True)))


def _check_url(url: str) -> None:
    try:
        get_services().outbound.check(url, seconds=LOOKUP_SECONDS)
    except OutboundError as error:
        raise type(error)(field="webhook.url", **error.parameters) from error


def _new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
