"""The switch between languages, which every page has."""

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from web.identity.request_identity import public
from web.messages.languages import COOKIE, LANGUAGES
from web.pages.sign_in import own_path

blueprint = Blueprint("language_page", __name__)
YEAR_SECONDS = 365 * 86_400


@blueprint.post("/language")
@public
def change() -> Response:
    """Keep the chosen language in a cookie, and show the page again."""
    chosen = request.form.get("language", "")
    response = redirect(own_path(request.form.get("next")), 303)
    if chosen in LANGUAGES:
        response.set_cookie(
            COOKIE, chosen, YEAR_SECONDS, secure=request.is_secure, httponly=True, samesite="Lax"
        )
    return response
