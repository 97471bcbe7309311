"""The document: it describes every operation, and its examples are what the server answers."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator

import gramworks
from gramworks.estimates import Estimate, WorkerEstimate
from gramworks.models import (
    Fallback,
    Page,
    Progress,
    SettingsGuide,
    Step,
    Suspension,
    UploadedImage,
    WorkerJob,
)
from gramworks.webhooks import Delivery, Webhook
from shared import errors
from tests.web.conftest import Serve
from tests.web.openapi.contract import Contract
from web.api.queries import ListQuery
from web.api.schemas import LINKS
from web.openapi import problems
from web.openapi.document import document
from web.openapi.operation import documented, operation_of
from web.openapi.reading import read_query
from web.openapi.route import AUTOMATIC, template_of

NOT_OF_THE_API = {  # a page's, a worker's, and parents
    errors.InvalidRequest,
    errors.OutboundError,
    errors.Refused,
    errors.NotFound,
    errors.SignInLinkInvalid,
    errors.Superseded,
    errors.InvalidConfig,
    errors.WeightsUnavailable,
}


@pytest.fixture(scope="module")
def described(app: Flask) -> dict[str, Any]:
    return document(app)


def undocumented(app: Flask) -> list[str]:
    """Return the methods of paths of the API that the document leaves out."""
    with app.app_context():
        return [
            f"{method} {rule.rule}"
            for rule in app.url_map.iter_rules()
            if rule.rule.startswith("/api/") and operation_of(rule.endpoint) is None
            for method in (rule.methods or set()) - AUTOMATIC
        ]


def test_every_operation_of_the_api_is_documented(app: Flask) -> None:
    assert undocumented(app) == []


def test_an_operation_that_is_not_documented_is_found(serve: Serve) -> None:
    careless = serve()
    careless.add_url_rule("/api/v1/forgotten", "forgotten", lambda: "", methods=["PUT"])
    assert undocumented(careless) == ["PUT /api/v1/forgotten"]


def test_the_document_has_the_paths_and_methods_that_the_server_answers(
    app: Flask, described: dict[str, Any]
) -> None:
    answered = {
        (template_of(rule), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in (rule.methods or set()) - AUTOMATIC
    }
    listed = {(path, method) for path, found in described["paths"].items() for method in found}
    assert answered == {each for each in listed if each[0].startswith("/api/")}
    assert {path for path, _ in listed - answered} == {"/healthz", "/readyz", "/openapi.json"}


def test_it_is_valid_openapi_3_1(described: dict[str, Any]) -> None:
    assert described["openapi"].startswith("3.1.")
    assert [error.message for error in OpenAPIV31SpecValidator(described).iter_errors()] == []


def test_an_invalid_document_is_found(described: dict[str, Any]) -> None:
    broken = {**described, "paths": {"/x": {"get": {"responses": {"200": {"content": {}}}}}}}
    assert list(OpenAPIV31SpecValidator(broken).iter_errors())


def operations(described: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def contents(described: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every body that a request or an answer can have."""
    for name, operation in operations(described):
        for media_type, body in operation.get("requestBody", {}).get("content", {}).items():
            yield f"{name} {media_type}", body
        for status, answer in operation["responses"].items():
            for media_type, body in answer.get("content", {}).items():
                if not media_type.startswith(("image/", "application/zip")):
                    yield f"{name} {status} {media_type}", body


def test_every_request_and_answer_has_examples_that_fit_its_schema(
    described: dict[str, Any],
) -> None:
    contract = Contract(described)
    shared = described["components"]["examples"]
    for name, body in contents(described):
        assert body["examples"], name
        for example in body["examples"].values():
            value = shared[example["$ref"].rpartition("/")[2]] if "$ref" in example else example
            assert contract.fault_of(body["schema"], value["value"]) is None, name


def test_every_parameter_and_header_has_an_example(described: dict[str, Any]) -> None:
    for name, operation in operations(described):
        assert operation["summary"], name
        for parameter in operation["parameters"]:
            schema = parameter["schema"]
            shown = "example" in parameter or {"examples", "enum", "const"} & schema.keys()
            assert shown, (name, parameter["name"])
            assert parameter["description"], (name, parameter["name"])
    assert all("example" in each for each in described["components"]["headers"].values())


def test_every_error_is_one_of_an_operation(described: dict[str, Any]) -> None:
    known = set(_subclasses(errors.GramworksError)) - NOT_OF_THE_API
    for kind in (errors.JobFailure, errors.Waits, errors.ClaimsNothing):  # inside of answers
        known -= {kind, *_subclasses(kind)}
    assert {problems.name_of(error) for error in known} - {"InternalError"} <= set(
        described["components"]["schemas"]
    )


def _subclasses(kind: type[errors.GramworksError]) -> Iterator[type[errors.GramworksError]]:
    for each in kind.__subclasses__():
        yield each
        yield from _subclasses(each)


def test_a_route_reads_the_parameters_that_it_documents(serve: Serve) -> None:
    app = serve()

    @app.get("/api/v1/careless")
    @documented()
    def careless() -> str:
        return str(read_query(ListQuery))

    assert app.test_client().get("/api/v1/careless").status_code == 500


@pytest.mark.parametrize("path", ["/api/v1/jobs", "/api/v1/jobs/x", "/api/v1/workers", "/healthz"])
def test_a_parameter_that_an_operation_does_not_have_is_refused(
    client: FlaskClient, path: str
) -> None:
    response = client.get(f"{path}?limt=5")
    assert (response.status_code, response.mimetype) == (422, "application/problem+json")
    body = json.loads(response.text)
    assert (body["code"], body["field"]) == ("unknown_parameter", "limt")


def test_a_parameter_that_comes_twice_is_refused(client: FlaskClient) -> None:
    body = json.loads(client.get("/api/v1/jobs?limit=1&limit=2").text)
    assert (body["code"], body["field"]) == ("invalid_setting", "limit")
    assert body["detail"] == "'limit' must be given once."


def test_it_is_served_without_a_token_and_not_sent_again(serve: Serve) -> None:
    client = serve(GRAMWORKS_AUTH="token").test_client()
    response = client.get("/openapi.json")
    assert (response.status_code, response.mimetype) == (200, "application/json")
    again = client.get("/openapi.json", headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_make_openapi_prints_it(described: dict[str, Any]) -> None:
    command = [sys.executable, "-m", "web.openapi"]
    printed = subprocess.run(command, capture_output=True, check=True).stdout
    assert json.loads(printed) == json.loads(json.dumps(described))


def _example(
    described: dict[str, Any], path: str, name: str, method: str = "get", status: str = "200"
) -> Any:
    content = described["paths"][path][method]["responses"][status]["content"]
    return json.loads(json.dumps(content["application/json"]["examples"][name]["value"]))


@pytest.mark.parametrize(
    ("model", "schema"),
    [
        (gramworks.Job, "TrashedJob"),  # a job, and when it was deleted
        (Progress, "JobProgress"),
        (Step, "LogEntry"),
        (Fallback, "MemoryFallback"),
        (gramworks.Worker, "Worker"),
        (WorkerJob, "WorkerJob"),
        (Suspension, "Suspension"),
        (WorkerEstimate, "WorkerEstimate"),
        (UploadedImage, "UploadedImage"),
        (Delivery, "Delivery"),
        (SettingsGuide, "SettingsGuide"),
        (gramworks.Batch, "CancelledBatch"),
        (gramworks.BatchJob, "BatchJob"),
    ],
)
def test_the_client_s_models_have_the_fields_of_the_schemas(
    described: dict[str, Any], model: type, schema: str
) -> None:
    named = {field.name for field in fields(model)} - {"body"}
    assert named <= set(described["components"]["schemas"][schema]["properties"])


def test_the_client_reads_every_example_of_a_job(described: dict[str, Any]) -> None:
    shown = "/api/v1/jobs/{job_id}"
    content = described["paths"][shown]["get"]["responses"]["200"]["content"]["application/json"]
    for name in content["examples"]:
        body = _example(described, shown, name)
        job = gramworks.Job.from_json(body)
        assert (job.id, job.state, job.eta_seconds) == (body["id"], body["state"], job.eta_seconds)
        assert (job.error is None) is (body["error"] is None)
        assert (job.waiting is None) is (body["waiting"] is None)
        assert len(job.log) == len(body["log"])
        assert set(job.links) == set(LINKS)


def test_the_client_reads_the_examples_of_lists(described: dict[str, Any]) -> None:
    page = Page.from_json(_example(described, "/api/v1/jobs", "two jobs"))
    assert (len(page.jobs), page.cursor) == (2, "1763879257796")
    [first, second] = _example(described, "/api/v1/workers", "two workers")["workers"]
    assert gramworks.Worker.from_json(first).suspended is None
    assert gramworks.Worker.from_json(second).suspended is not None
    guide = SettingsGuide.from_json(_example(described, "/api/v1/settings", "all settings"))
    assert guide.default_preset in guide.presets


def test_the_client_reads_the_example_of_an_estimate(described: dict[str, Any]) -> None:
    body = _example(described, "/api/v1/estimate", "a small result", "post")
    made = Estimate.from_json(body)
    assert (made.width, made.position) == (body["result"]["width"], body["position"])
    assert [worker.blocked_by is None for worker in made.workers] == [False, True]


def test_the_client_reads_the_examples_of_webhooks(described: dict[str, Any]) -> None:
    made = Webhook.from_json(_example(described, "/api/v1/webhooks", "added", "post", "201"))
    assert made.secret
    off = Webhook.from_json(_example(described, "/api/v1/webhooks/{webhook_id}", "disabled"))
    assert (off.id, off.state, off.secret) == (made.id, "disabled", None)
    assert off.detail
    of_job = "/api/v1/jobs/{job_id}/deliveries"
    [first, second] = _example(described, of_job, "two deliveries")["deliveries"]
    assert [each.status for each in Delivery.from_json(first).attempts] == [503, 204]
    assert Delivery.from_json(second).next_attempt_at is not None


def test_an_estimate_takes_a_form_or_sizes(described: dict[str, Any]) -> None:
    body = described["paths"]["/api/v1/estimate"]["post"]["requestBody"]["content"]
    assert set(body) == {"application/json", "multipart/form-data"}


def test_the_client_reads_the_examples_of_batches(described: dict[str, Any]) -> None:
    body = _example(described, "/api/v1/batches/{batch_id}", "running")
    batch = gramworks.Batch.from_json(body)
    assert (batch.total, batch.count("running"), batch.ended) == (4, 1, False)
    first, second = (gramworks.BatchJob.from_json(each) for each in body["jobs"])
    assert first.job is not None
    assert (first.job.state, second.state, second.style) == ("succeeded", "running", 1)
