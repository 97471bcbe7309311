"""An application that needs tokens, and requests with them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shared.config import Config
from shared.job_store import Scope, Tokens
from shared.job_store.connection import Connection
from shared.object_store import ObjectStore
from tests.web.conftest import close
from web import create_app
from web.identity.tokens import new_token

Serve = Callable[..., Flask]
Give = Callable[..., str]


@pytest.fixture
def serve(redis: Connection, redis_url: str, tmp_path: Path) -> Iterator[Serve]:
    """Return a function that creates an application that needs tokens, over an empty Redis."""
    del redis
    made: list[Flask] = []

    def serve(**settings: Any) -> Flask:
        values = {"REDIS_URL": redis_url, "GRAMWORKS_DATA": tmp_path, **settings}
        made.append(create_app(Config(**values), cache=lambda make: make))
        return made[-1]

    yield serve
    for app in made:
        close(app)


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
