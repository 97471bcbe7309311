"""No route answers without a token, without its scope, or with what is another owner's.

The test walks the application's URL map, so a new route is tested too; the last tests add routes
that forget a check, and the walk finds them.
"""

from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from shared.job import Job
from shared.job_store import Batch, JobStore, UploadedImage, UploadedImages
from shared.object_store import ObjectStore
from tests.shared.job_store.new_batches import accepted, batches_of
from tests.shared.job_store.transitions import claimed, queued
from tests.web.conftest import Serve
from tests.web.finished_job import finish
from tests.web.identity.conftest import Give
from tests.web.identity.requests import bearer
from web.identity.request_identity import is_public, require
from web.openapi.route import routes
from web.services import get_services

HASH = "0" * 64
PUBLIC = {
    "static_files.show",
    "static_files.messages",
    "language_page.change",
    "health.healthz",
    "health.readyz",
    "openapi.show",
    "docs_page.show",
    "sign_in_page.show",
    "sign_in_page.create",
    "shared_page.show",
    "shared_page.picture",
}
ANY_TOKEN = {  # these show no job and change none
    "settings.index",
    "new_page.index",  # lists jobs only for a token that may read
    "sign_in_page.delete",
}


WORKER = "gramworks-1@host"  # everybody's


class Walk:
    """Asks every route of an application for a job, a batch and a webhook of alice."""

    def __init__(self, app: Flask, jobs: JobStore, objects: ObjectStore, give: Give) -> None:
        self.app = app
        self.jobs = jobs
        self.job_id = queued(jobs, owner="alice")
        finish(claimed(jobs), jobs, objects)
        self.batch_id = accepted(jobs, owner="alice")
        self.owned = {"job_id": self.job_id, "batch_id": self.batch_id, "webhook_id": "wh_1"}
        self.known = {**self.owned, "worker": WORKER, "sha256": HASH, "name": "content"}
        with app.app_context():
            get_services().webhooks.add("wh_1", "alice", "whsec_x", "http://x/", {})
        image = UploadedImage(key="images/x.png", width=1, height=1, bytes=1)
        UploadedImages(jobs._connection).keep("alice", HASH, image, 10**9)
        self.strangers = give("mallory", "submit", "read")
        self.without_scope = give("alice")

    def faults(self) -> Iterator[str]:
        """Yield what is wrong with each route."""
        before = self.state()
        with self.app.app_context():
            public = {rule.endpoint for rule in self.rules() if is_public(rule.endpoint)}
        if public != PUBLIC:
            yield f"public: {public ^ PUBLIC}"
        for rule in self.rules():
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                if rule.endpoint not in PUBLIC:
                    yield from self.faults_of(rule, method)
        if self.state() != before:
            yield "a request without the right changed the job or the batch"

    def state(self) -> tuple[Job, Batch]:
        return self.jobs.get(self.job_id), batches_of(self.jobs).get(self.batch_id)

    def rules(self) -> list[Rule]:
        return list(self.app.url_map.iter_rules())

    def faults_of(self, rule: Rule, method: str) -> Iterator[str]:
        what = f"{method} {rule.rule}"
        if rule.arguments - self.known.keys():
            yield f"{what}: the test does not know {rule.arguments}"
            return
        path = self.path(rule)
        if self.status(method, path) != (401 if path.startswith("/api/") else self.sign_in(method)):
            yield f"{what}: answers without a token"
        is_owned = rule.arguments & self.owned.keys()
        if is_owned and self.status(method, path, self.strangers) != 404:
            yield f"{what}: answers with what is another owner's"
        is_of_image = "sha256" in rule.arguments and method != "PUT"  # which makes one's own
        if is_of_image and self.status(method, path, self.strangers) != 404:
            yield f"{what}: answers with another owner's image"
        if rule.endpoint not in ANY_TOKEN and self.status(method, path, self.without_scope) != 403:
            yield f"{what}: answers without a scope"

    def path(self, rule: Rule) -> str:
        path = rule.rule
        for name, its_id in self.known.items():
            path = path.replace(f"<{name}>", its_id)
        return path

    def missing_scope(self, rule: Rule, method: str) -> str | None:
        """Return the scope that a token without scopes lacks for a route of the API."""
        headers = bearer(self.without_scope)
        response = self.app.test_client().open(self.path(rule), method=method, headers=headers)
        return response.get_json(force=True)["scope"] if response.status_code == 403 else None

    @staticmethod
    def sign_in(method: str) -> int:
        return 303 if method == "GET" else 401

    def status(self, method: str, path: str, token: str | None = None) -> int:
        headers = bearer(token) if token else {}
        return self.app.test_client().open(path, method=method, headers=headers).status_code


def test_every_route_checks_token_owner_and_scope(
    serve: Serve, jobs: JobStore, objects: ObjectStore, give: Give
) -> None:
    walk = Walk(serve(), jobs, objects, give)
    assert list(walk.faults()) == []
    assert len([rule for rule in walk.rules() if "job_id" in rule.arguments]) >= 15
    assert len([rule for rule in walk.rules() if "batch_id" in rule.arguments]) == 3


def test_the_document_names_the_scope_that_each_route_needs(
    serve: Serve, jobs: JobStore, objects: ObjectStore, give: Give
) -> None:
    walk = Walk(serve(), jobs, objects, give)
    for route in routes(walk.app):
        if not route.is_public:
            missing = walk.missing_scope(route.rule, route.method)
            assert missing == route.operation.scope, f"{route.method} {route.path}"


@pytest.fixture
def careless(serve: Serve) -> Flask:
    """Return an application whose routes the test adds to."""
    return serve()


def test_a_route_that_gets_a_job_by_itself_is_found(
    careless: Flask, jobs: JobStore, objects: ObjectStore, give: Give
) -> None:
    @careless.get("/api/v1/jobs/<job_id>/copy")
    def copy(job_id: str) -> str:
        require("read")
        return get_services().jobs.get(job_id).id

    faults = list(Walk(careless, jobs, objects, give).faults())
    assert faults == ["GET /api/v1/jobs/<job_id>/copy: answers with what is another owner's"]


def test_a_route_that_needs_no_scope_is_found(
    careless: Flask, jobs: JobStore, objects: ObjectStore, give: Give
) -> None:
    @careless.get("/api/v1/everything")
    def everything() -> str:
        return str(get_services().jobs.page(100))

    faults = list(Walk(careless, jobs, objects, give).faults())
    assert faults == ["GET /api/v1/everything: answers without a scope"]


def test_a_route_with_another_argument_is_found(
    careless: Flask, jobs: JobStore, objects: ObjectStore, give: Give
) -> None:
    @careless.get("/api/v1/sweeps/<sweep_id>")
    def sweep(sweep_id: str) -> str:
        return sweep_id

    faults = list(Walk(careless, jobs, objects, give).faults())
    assert faults == ["GET /api/v1/sweeps/<sweep_id>: the test does not know {'sweep_id'}"]
