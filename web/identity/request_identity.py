"""Who makes a request: the owner and the scopes of its token, or of the browser that signed in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, cast
from urllib.parse import quote

from flask import Flask, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from shared.errors import ScopeMissing, TokenInvalid, TokenRequired
from shared.job_store import SCOPES, Scope, Token
from web.identity.cookies import session_cookie
from web.services import get_services

View = TypeVar("View", bound=Callable[..., Any])
_public: set[Callable[..., Any]] = set()


@dataclass(frozen=True)
class Identity:
    """An owner, and what a request of that owner may do.

    `source` says what the request showed: a token, a browser's cookie, or nothing because
    GRAMWORKS_AUTH is off. A browser sends a cookie by itself, so the latter two need protection
    against other sites (`csrf`).
    """

    owner: str
    scopes: frozenset[Scope]
    source: Literal["token", "cookie", "off"]

    def has(self, scope: Scope) -> bool:
        """Return whether a scope is among the identity's; `operate` includes all."""
        return scope in self.scopes or "operate" in self.scopes


LOCAL = Identity("local", frozenset(SCOPES), "off")


def install(app: Flask) -> None:
    """Require an identity for every route of `app` that is not public."""
    app.before_request(_authenticate)


def public(view: View) -> View:
    """Let everybody use a route: its requests have no identity."""
    _public.add(view)
    return view


def is_public(endpoint: str) -> bool:
    """Return whether a route needs no identity."""
    return current_app.view_functions[endpoint] in _public


def get_identity() -> Identity:
    """Return the identity of this request, whose route is not public."""
    return cast(Identity, g.identity)


def require(scope: Scope) -> None:
    """Raise ScopeMissing unless this request's identity has the scope."""
    if not get_identity().has(scope):
        raise ScopeMissing(scope=scope)


def count_submission() -> None:
    """Count one submission of this request's owner and address, or raise RateLimited."""
    get_services().rate_limits.count_submission(get_identity().owner, request.remote_addr)


def _authenticate() -> Response | None:
    if request.endpoint is None or is_public(request.endpoint):
        return None
    try:
        g.identity = _identify()
    except (TokenRequired, TokenInvalid):
        is_page = not request.path.startswith("/api/")
        if is_page and request.method in ("GET", "HEAD") and "Authorization" not in request.headers:
            wanted = quote(request.full_path.removesuffix("?"), safe="/")
            return redirect(f"{url_for('sign_in_page.show')}?next={wanted}", 303)
        raise
    return None


def _identify() -> Identity:
    services = get_services()
    if services.config.auth == "off":
        return LOCAL
    if "Authorization" in request.headers:
        sent = request.authorization
        if sent is None or sent.type != "bearer" or not sent.token:
            raise TokenInvalid
        return _identity(services.token_lookup.of_text(sent.token), "token")
    cookie = session_cookie()
    if cookie is None:
        raise TokenRequired
    token = services.token_lookup.of_cookie(cookie)
    if token is None:  # the browser is not signed in, or no longer
        raise TokenRequired
    return _identity(token, "cookie")


def _identity(token: Token | None, source: Literal["token", "cookie"]) -> Identity:
    if token is None:
        raise TokenInvalid
    return Identity(token.owner, token.scopes, source)
