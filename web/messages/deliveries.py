"""The sentences of deliveries to webhooks, and of webhooks that are disabled."""

from http import HTTPStatus

from shared.job_store import Attempt, Webhook

FAILURES: dict[str, str] = {
    "invalid_url": "The URL cannot be called. Change it.",
    "address_not_allowed": (
        "The address of {host} is not public. The operator can allow it with"
        " GRAMWORKS_OUTBOUND_ALLOWED."
    ),
    "url_unreachable": "{host} cannot be reached: {reason}.",
    "url_too_slow": "No answer came within {seconds:g} s.",
}
DISABLED: dict[str, str] = {
    "owner": "It was disabled on request.",
    "gone": "Its receiver answered 410 Gone.",
    "failing": "All attempts of a delivery failed, and none succeeded meanwhile.",
}
GONE = "It wants no more deliveries, so the webhook is disabled."
REDIRECT = "Redirects are not followed. Change the webhook's URL."


def attempt_sentence(attempt: Attempt) -> str:
    """Return the sentence that says how an attempt ended."""
    if attempt.status is None:
        template = FAILURES.get(str(attempt.code), "It failed.")
        return template.format_map(attempt.parameters)
    answered = f"The receiver answered {_with_phrase(attempt.status)}."
    if attempt.status == HTTPStatus.GONE:
        return f"{answered} {GONE}"
    return f"{answered} {REDIRECT}" if 300 <= attempt.status < 400 else answered


def disabled_sentence(webhook: Webhook) -> str:
    """Return the sentence that says why a webhook is disabled."""
    return DISABLED.get(str(webhook.disabled_because), "It is disabled.")


def _with_phrase(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:  # not a registered one
        return str(status)
