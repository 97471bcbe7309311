"""What pages call the states of a job."""

from flask_babel import gettext

from web.messages.languages import gettext_noop

NAMES = {
    "queued": gettext_noop("queued"),
    "running": gettext_noop("running"),
    "succeeded": gettext_noop("succeeded"),
    "failed": gettext_noop("failed"),
    "cancelled": gettext_noop("cancelled"),
    "paused": gettext_noop("paused"),
    "unreadable": gettext_noop("unreadable"),
}


def state_name(state: str) -> str:
    """Return a state in the language of the request."""
    return str(gettext(NAMES.get(state, state)))
