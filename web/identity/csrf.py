"""Refuses requests that a page of another site makes a browser send (CSRF).

A request that shows a token is not one: only its own program knows the token. All others are
refused if the browser says that they come from another site (`Origin`, `Sec-Fetch-Site`). Forms
also send a CSRF token, which only a page of this site knows; so does a script that calls the API
with the browser's cookie.
"""

import hmac
from hashlib import sha256

from flask import Flask, current_app, g, request

from shared.errors import FormExpired, OriginNotAllowed
from web.identity.cookies import new_session_cookie, session_cookie, set_session_cookie
from web.identity.request_identity import Identity

FIELD, HEADER = "csrf_token", "X-CSRF-Token"
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def install(app: Flask) -> None:
    """Check every request of `app` that can change something; offer `csrf_token` to templates."""
    app.before_request(_check)
    app.after_request(set_session_cookie)
    app.jinja_env.globals["csrf_token"] = csrf_token


def csrf_token() -> str:
    """Return the token of this browser's session, which begins with it if there is none."""
    # It is derived from the cookie's secret, so nothing has to be stored, or signed with a key.
    secret = session_cookie() or new_session_cookie()
    return hmac.new(secret.encode(), b"csrf", sha256).hexdigest()


def _check() -> None:
    if request.endpoint is None or request.method in SAFE_METHODS:
        return
    identity: Identity | None = g.get("identity")
    source = identity.source if identity else "cookie"  # a public form: signing in
    if source == "token":
        return
    _check_origin()
    if identity is None:  # whoever has not signed in uploads nothing
        request.max_content_length = current_app.config["MAX_FORM_MEMORY_SIZE"]
    if not request.path.startswith("/api/"):
        _check_token(request.form.get(FIELD, ""))
    elif source == "cookie":
        _check_token(request.headers.get(HEADER, ""))


def _check_origin() -> None:
    origin = request.headers.get("Origin")
    if origin is not None and origin.lower() != request.host_url.rstrip("/").lower():
        raise OriginNotAllowed(origin=origin[:200])
    if request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
        raise OriginNotAllowed(origin=request.headers["Sec-Fetch-Site"][:200])


def _check_token(sent: str) -> None:
    if session_cookie() is None or not hmac.compare_digest(
        sent.encode("utf-8", "surrogatepass"), csrf_token().encode()
    ):
        raise FormExpired
