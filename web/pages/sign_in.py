"""Signing in with a token or a link, and signing out."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from shared.errors import GramworksError, RateLimited, SignInLinkInvalid, TokenInvalid
from shared.job_store import Token, hash_of
from web.errors import problem, retry_after, status_of
from web.identity.cookies import (
    SESSION_SECONDS,
    forget_session_cookie,
    new_session_cookie,
    session_cookie,
)
from web.identity.request_identity import public
from web.services import get_services

blueprint = Blueprint("sign_in_page", __name__)


@blueprint.get("/signin")
@public
def show() -> str | AnyResponse:
    """Show the form for a token; for a link, only a button, since programs may load links."""
    if get_services().config.auth == "off":
        return redirect(url_for("new_page.index"), 303)
    return _page(None)


@blueprint.post("/signin")
@public
def create() -> AnyResponse:
    """Sign the browser in, or show the form again with the error."""
    try:
        get_services().rate_limits.count_sign_in(request.remote_addr)
        token = _token()
    except (TokenInvalid, SignInLinkInvalid, RateLimited) as error:
        return Response(_page(error), status_of(error), retry_after(error))
    cookie = new_session_cookie()  # never one that the browser had before
    get_services().sessions.start(hash_of(cookie), token.id, SESSION_SECONDS)
    return redirect(_target(), 303)


@blueprint.post("/signout")
def delete() -> AnyResponse:
    """Sign the browser out."""
    services = get_services()
    if cookie := session_cookie():
        services.sessions.end(hash_of(cookie))
        services.token_lookup.forget_cookie(cookie)
        forget_session_cookie()
    return redirect(url_for(".show"), 303)


def _token() -> Token:
    services = get_services()
    if code := request.form.get("code"):
        token_id = services.sessions.redeem(hash_of(code))
        token = services.token_lookup.of_id(token_id) if token_id else None
        if token is None:
            raise SignInLinkInvalid
        return token
    token = services.token_lookup.of_text(request.form.get("token", "").strip())
    if token is None:
        raise TokenInvalid
    return token


def _page(error: GramworksError | None) -> str:
    code = "" if error else request.args.get("code", "")
    shown = problem(error) if error else None
    return render_template("sign_in.html", code=code, target=_target(), error=shown)


def _target() -> str:
    """Return the page to show next."""
    return own_path(request.form.get("next") or request.args.get("next"))


def own_path(target: str | None) -> str:
    """Return a path to redirect to if it is one of this site, and else the first page."""
    if target is None or not target.startswith("/") or target[1:2] in ("/", "\\"):
        return "/"
    return target if target.isprintable() else "/"
