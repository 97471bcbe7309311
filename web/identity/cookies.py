"""The cookie of a browser's session: a random secret that nothing else is stored in."""

import secrets

from flask import g, request
from werkzeug.wrappers import Response

SESSION_SECONDS = 30 * 86_400
LONGEST = 100  # characters; ours are shorter


def session_cookie() -> str | None:
    """Return the secret in the cookie that the browser sent, or that it is going to get."""
    made: str | None = g.get("session_cookie")
    sent = request.cookies.get(_name())
    return made or (sent if sent and len(sent) <= LONGEST else None)


def new_session_cookie() -> str:
    """Return a new secret, which this request's response sets as the cookie."""
    secret = g.session_cookie = secrets.token_urlsafe(32)
    return secret


def forget_session_cookie() -> None:
    """Let this request's response delete the cookie."""
    g.session_cookie = ""


def set_session_cookie(response: Response) -> Response:
    """Set or delete the cookie, if this request has made or forgotten one."""
    secret: str | None = g.get("session_cookie")
    if secret is None:
        return response
    # `__Host-` lets no sibling domain set it; browsers accept the prefix only over TLS
    response.set_cookie(
        _name(),
        secret,
        max_age=SESSION_SECONDS if secret else 0,
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )
    return response


def _name() -> str:
    return "__Host-gramworks" if request.is_secure else "gramworks"
