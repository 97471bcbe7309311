"""What the document promises of each answer, and a client that holds the application to it."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import jsonschema_rs
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

from shared.config import Config
from web import create_app
from web.openapi.document import document
from web.openapi.route import AUTOMATIC, template_of

Json = dict[str, Any]
ALWAYS_SENT = ("Location", "WWW-Authenticate", "Retry-After", "ETag", "Content-Disposition")


class BrokenContract(AssertionError):
    """An answer is not as the document says."""


class Contract:
    """Compares answers with a document. Members that it does not name are faults here."""

    def __init__(self, described: Json) -> None:
        self.paths: Json = described["paths"]
        components = described["components"]
        self._components = {**components, "schemas": _closed(components["schemas"])}
        self._validators: dict[str, jsonschema_rs.Draft202012Validator] = {}

    def check(self, path: str, method: str, response: TestResponse) -> None:
        """Raise BrokenContract unless an answer is as documented; skip what is not documented."""
        operation = self.paths.get(path, {}).get(method.lower())
        if operation is None:
            return
        what = f"{method} {path} {response.status_code}"
        answer = operation["responses"].get(str(response.status_code))
        if answer is None:
            raise BrokenContract(f"{what} is not documented: {response.get_data(as_text=True)}")
        for name in answer.get("headers", {}):
            if name in ALWAYS_SENT and name not in response.headers:
                raise BrokenContract(f"{what} has no {name}")
        self._check_body(what, answer.get("content", {}), response)

    def fault_of(self, schema: Json, value: Any) -> str | None:
        """Return why a value is not as a schema says; None if it is."""
        key = repr(schema)
        if key not in self._validators:
            root = {**_closed(schema), "components": self._components}
            self._validators[key] = jsonschema_rs.Draft202012Validator(root)
        error = next(self._validators[key].iter_errors(value), None)
        return None if error is None else f"{error.message} at {error.instance_path}"

    def _check_body(self, what: str, content: Json, response: TestResponse) -> None:
        if not content:
            if response.get_data():
                raise BrokenContract(f"{what} has a body")
            return
        kind = response.mimetype or ""
        body = content.get(kind)
        if body is None:
            raise BrokenContract(f"{what} is {kind}")
        is_json = kind.endswith("json")
        if is_json and response.request.method != "HEAD":
            fault = self.fault_of(body["schema"], response.get_json(force=True))
            if fault:
                raise BrokenContract(f"{what}: {fault}")


@lru_cache(maxsize=1)
def contract() -> Contract:
    """Return the contract of the application as it is."""
    return Contract(document(create_app(Config(GRAMWORKS_AUTH="token"))))


def path_of(app: Flask, response: TestResponse) -> str | None:
    """Return the path, as documents write it, that an answer came from; None if none fits."""
    request = response.request
    adapter = app.url_map.bind("")
    try:
        rule, _ = adapter.match(request.path, request.method, return_rule=True)
    except (HTTPException, RequestRedirect):
        return None
    return template_of(rule)


class ContractClient(FlaskClient):
    """Checks every answer of the API."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = super().open(*args, **kwargs)
        request = response.request
        if request.method not in AUTOMATIC:
            path = path_of(self.application, response)
            if path is not None:
                contract().check(path, request.method, response)
        return response


def _closed(schema: Any) -> Any:
    """Return a schema that allows no member that it does not name, unless it says so."""
    if isinstance(schema, list):
        return [_closed(each) for each in schema]
    if not isinstance(schema, Mapping):
        return schema
    made = {name: _closed(value) for name, value in schema.items()}
    if isinstance(schema.get("properties"), Mapping) and "type" in schema:
        made.setdefault("additionalProperties", False)
    return made
