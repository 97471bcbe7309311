"""The one place where a route gets a webhook: if it is the owner's, and the token has the scope."""

from shared.errors import WebhookNotFound
from shared.job_store import Scope, Webhook
from web.identity.request_identity import get_identity, require
from web.services import get_services


def load_webhook(webhook_id: str, scope: Scope) -> Webhook:
    """Return a webhook that this request may see or change.

    Raises:
        WebhookNotFound: there is none, or it is another owner's, and this one is not an operator.
        ScopeMissing: the request's token does not have the scope.
    """
    identity = get_identity()
    webhook = get_services().webhooks.get(webhook_id)
    if webhook.owner != identity.owner and not identity.has("operate"):
        raise WebhookNotFound(id=webhook_id)  # as if there were none, as of jobs
    require(scope)
    return webhook
