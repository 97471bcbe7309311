"""What a request shows: a token, or a browser's cookie and its forms' CSRF token."""

import re

import httpx
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

COOKIE = "gramworks"


def bearer(token: str) -> dict[str, str]:
    """Return the headers of a request with a token."""
    return {"Authorization": f"Bearer {token}"}


def csrf_of(client: FlaskClient | httpx.Client, page: str = "/signin") -> str:
    """Return the CSRF token in a page's form."""
    found = re.search(r'name="csrf_token" value="([0-9a-f]{64})"', client.get(page).text)
    assert found is not None
    return found[1]


def sign_in(client: FlaskClient, token: str, **fields: str) -> TestResponse:
    """Sign a browser in, as the form does."""
    form = {"csrf_token": csrf_of(client), "token": token, **fields}
    return client.post("/signin", data=form)
