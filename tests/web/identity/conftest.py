"""An application that needs tokens, and requests with them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shared.job_store import Scope, Tokens
from shared.job_store.connection import Connection
from shared.object_store import ObjectStore
from tests.web.conftest import Serve
from tests.web.openapi.contract import ContractClient
from web.identity.tokens import new_token

Give = Callable[..., str]


@pytest.fixture
def serve(serve: Serve) -> Serve:
    """Return a function that creates an application that needs tokens, over an empty Redis."""

    def guarded(**settings: Any) -> Flask:
        app = serve(GRAMWORKS_AUTH="token", **settings)
        app.test_client_class = ContractClient  # these tests prove themselves who they are
        return app

    return guarded


@pytest.fixture
def guarded(serve: Serve) -> FlaskClient:
    """Return a client of an application that needs tokens."""
    return serve().test_client()


@pytest.fixture
def objects(tmp_path: Path) -> ObjectStore:
    """Return the image store of the application."""
    return ObjectStore(str(tmp_path / "images"))


@pytest.fixture
def give(redis: Connection) -> Give:
    """Return a function that makes a token and returns its text."""

    def give(owner: str, *scopes: Scope, seconds: float | None = None) -> str:
        text, token = new_token("of a test", owner, frozenset(scopes))
        Tokens(redis).add(token, seconds)
        return text

    return give
