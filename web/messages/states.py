"""What pages call the states of a job, and the terms of its loss."""

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
TERMS = {
    "total": gettext_noop("total"),
    "style": gettext_noop("style"),
    "content": gettext_noop("content"),
    "tv": gettext_noop("total variation"),
}


def state_name(state: str) -> str:
    """Return a state in the language of the request."""
    return str(gettext(NAMES.get(state, state)))


def term_name(term: str) -> str:
    """Return a term of the loss in the language of the request; a new one keeps its name."""
    return str(gettext(TERMS.get(term, term)))
