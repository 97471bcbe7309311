"""The contract that all tests of the web hold answers to finds what is wrong with one."""

from typing import Any

import pytest
from flask import Flask, Response, json

from tests.web.openapi.contract import BrokenContract, ContractClient, contract
from web.openapi.problems import ID

PATH = f"/api/v1/jobs/{ID}/share"
LINK = {"href": "/s/abc"}
WRONG: dict[str, tuple[Any, int, dict[str, str]]] = {
    "a status": (LINK, 418, {"Location": "/s/abc"}),
    "a missing header": (LINK, 201, {}),
    "a missing member": ({}, 201, {"Location": "/s/abc"}),
    "an additional member": ({**LINK, "a": 1}, 201, {"Location": "/s/abc"}),
    "a wrong type": ({"href": 1}, 201, {"Location": "/s/abc"}),
    "a media type": (LINK, 201, {"Location": "/s/abc", "Content-Type": "text/plain"}),
    "a code": (
        {"type": "urn:gramworks:error:pixels_gone", "title": "Gone", "status": 404, "id": ID,
         "detail": "Gone.", "code": "pixels_gone"},
        404,
        {"Content-Type": "application/problem+json"},
    ),
}  # fmt: skip # a problem in two lines


def answering(body: Any, status: int, headers: dict[str, str]) -> ContractClient:
    """Return a client of an application that answers this when a job is shared."""
    app = Flask("wrong")
    app.test_client_class = ContractClient

    @app.post("/api/v1/jobs/<job_id>/share")
    def share(job_id: str) -> Response:
        del job_id
        made = Response(json.dumps(body), status, mimetype="application/json")
        made.headers.update(headers)
        return made

    client = app.test_client()
    assert isinstance(client, ContractClient)
    return client


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_answer_is_found(kind: str) -> None:
    with pytest.raises(BrokenContract):
        answering(*WRONG[kind]).post(PATH)


def test_a_right_answer_is_not() -> None:
    answering(LINK, 201, {"Location": "/s/abc"}).post(PATH)
    assert contract().paths["/api/v1/jobs/{job_id}/share"]["post"]
