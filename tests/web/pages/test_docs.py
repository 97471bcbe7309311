"""The page that describes the API: complete, linked, and without scripts."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.conftest import Serve
from web.openapi.document import document


@pytest.fixture
def page(client: FlaskClient) -> str:
    response = client.get("/docs")
    assert (response.status_code, response.mimetype) == (200, "text/html")
    return response.text


@pytest.fixture(scope="module")
def described(app: Flask) -> dict[str, Any]:
    return document(app)


def test_it_shows_every_operation_schema_problem_and_header(
    page: str, described: dict[str, Any]
) -> None:
    ids = set(re.findall(r' id="([^"]+)"', page))
    for methods in described["paths"].values():
        assert {operation["operationId"] for operation in methods.values()} <= ids
    components = described["components"]
    assert {f"header-{name}" for name in components["headers"]} <= ids
    assert {f"problem-{name}" for name in components["examples"] if "-" not in name} <= ids
    for name, schema in components["schemas"].items():
        is_problem = "const" in schema.get("properties", {}).get("code", {})
        assert (f"schema-{name}" in ids) is not is_problem, name


def test_every_link_within_it_has_a_target(page: str) -> None:
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    links = set(re.findall(r'href="#([^"]+)"', page))
    assert links <= set(ids)
    assert len(links) > 50


def test_it_needs_neither_inline_scripts_nor_inline_styles_nor_other_sites(page: str) -> None:
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", page))
    assert "<style" not in page
    assert " style=" not in page
    assert set(re.findall(r'(?:src|href)="(https?:[^"]*)"', page)) == set()


def test_text_of_the_document_is_escaped(page: str) -> None:
    assert "<job_id>" not in page
    assert "&#34;" in page  # quotation marks of an example


def test_it_is_shown_without_a_token(serve: Serve) -> None:
    assert serve(GRAMWORKS_AUTH="token").test_client().get("/docs").status_code == 200


def test_no_browser_gets_the_form_token_of_another(app: Flask) -> None:
    tokens = {
        re.findall(r'name="csrf_token" value="(\w+)"', app.test_client().get("/docs").text)[0]
        for _ in range(2)
    }
    assert len(tokens) == 2
