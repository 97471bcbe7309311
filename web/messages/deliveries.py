"""The sentences of deliveries to webhooks, and of webhooks that are disabled."""

from http import HTTPStatus

from shared.job_store import Attempt, Webhook
from web.messages.languages import gettext_noop
from web.messages.sentences import say

FAILURES: dict[str, str] = {
    "invalid_url": gettext_noop("The URL cannot be called. Change it."),
    "address_not_allowed": gettext_noop(
        "The address of {host} is not public. The operator can allow it with"
        " GRAMWORKS_OUTBOUND_ALLOWED."
    ),
    "url_unreachable": gettext_noop("{host} cannot be reached: {reason}."),
    "url_too_slow": gettext_noop("No answer came within {seconds:g} s."),
}
FAILED = gettext_noop("It failed.")
ANSWERED = gettext_noop("The receiver answered {status}.")
GONE = gettext_noop(
    "The receiver answered {status}. It wants no more deliveries, so the webhook is disabled."
)
REDIRECT = gettext_noop(
    "The receiver answered {status}. Redirects are not followed. Change the webhook's URL."
)
DISABLED: dict[str, str] = {
    "owner": gettext_noop("It was disabled on request."),
    "gone": gettext_noop("Its receiver answered 410 Gone."),
    "failing": gettext_noop("All attempts of a delivery failed, and none succeeded meanwhile."),
}
IS_DISABLED = gettext_noop("It is disabled.")


def attempt_sentence(attempt: Attempt) -> str:
    """Return the sentence that says how an attempt ended, in the language of the request."""
    if attempt.status is None:
        return say(FAILURES.get(str(attempt.code), FAILED), attempt.parameters)
    sentence = ANSWERED
    if attempt.status == HTTPStatus.GONE:
        sentence = GONE
    elif 300 <= attempt.status < 400:
        sentence = REDIRECT
    return say(sentence, {"status": _with_phrase(attempt.status)})


def disabled_sentence(webhook: Webhook) -> str:
    """Return the sentence that says why a webhook is disabled."""
    return say(DISABLED.get(str(webhook.disabled_because), IS_DISABLED), {})


def _with_phrase(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:  # not a registered one
        return str(status)
