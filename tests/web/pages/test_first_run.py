"""Who has no picture yet is offered a pair that one click paints, and is shown what happens."""

import re

import pytest
from flask.testing import FlaskClient

from shared.errors import OutOfMemory
from shared.job import Job
from shared.job_store import JobStore, Scope, Tokens, Worker, Workers
from shared.job_store.connection import Connection
from tests.shared.job_store.online_workers import announce
from tests.shared.job_store.transitions import claimed, progress, queued, running
from tests.web.conftest import Serve
from tests.web.identity.requests import bearer
from web.identity.tokens import new_token

SMALL = Worker(name="small", pixels=20_000)


def current_steps(page: str) -> list[str]:
    return re.findall(r'<li data-step="(\w+)" aria-current="step">', page)


def page_for(serve: Serve, redis: Connection, scopes: frozenset[Scope]) -> str:
    """Return the page that a token with these scopes gets."""
    text, token = new_token("of a test", "alice", scopes)
    Tokens(redis).add(token, None)
    client = serve(GRAMWORKS_AUTH="token").test_client()
    return client.get("/", headers=bearer(text)).text


def test_the_page_invites_until_there_is_a_job(client: FlaskClient, jobs: JobStore) -> None:
    assert "Your first picture" in client.get("/").text
    queued(jobs)
    assert "Your first picture" not in client.get("/").text


def test_the_pair_is_painted_without_a_script(client: FlaskClient, jobs: JobStore) -> None:
    response = client.post("/first-picture", data={})
    [job] = jobs.page(2).jobs
    assert isinstance(job, Job)
    assert (response.status_code, response.location) == (303, f"/jobs/{job.id}?tour=1")
    assert job.result_shape == (300, 451)
    assert len(job.inputs.styles) == 1


def test_a_small_worker_gets_a_small_first_picture(
    client: FlaskClient, jobs: JobStore, redis: Connection
) -> None:
    announce(Workers(redis), SMALL)
    assert client.get("/").status_code == 200
    client.post("/first-picture", data={})
    assert jobs.page(1).jobs[0].pixels <= SMALL.pixels  # type: ignore[union-attr] # it is readable


def test_without_a_worker_the_page_names_the_command_that_starts_one(
    client: FlaskClient, redis: Connection
) -> None:
    assert "python -m worker</code>" in client.get("/").text
    announce(Workers(redis), Worker(name="online", pixels=10**6))
    page = client.get("/").text
    assert "python -m worker" not in page
    assert "Paint this pair" in page


@pytest.mark.parametrize(
    ("scopes", "is_shown"), [(frozenset({"submit", "read"}), False), (frozenset({"operate"}), True)]
)
def test_the_command_is_for_operators_only(
    serve: Serve, redis: Connection, scopes: frozenset[Scope], is_shown: bool
) -> None:
    page = page_for(serve, redis, scopes)
    assert ("python -m worker" in page) is is_shown
    assert "Paint this pair" in page


def test_a_token_that_cannot_submit_is_not_invited(serve: Serve, redis: Connection) -> None:
    assert "Your first picture" not in page_for(serve, redis, frozenset({"read"}))


def test_the_tour_shows_the_step_that_the_job_is_at(client: FlaskClient, jobs: JobStore) -> None:
    job_id = queued(jobs)
    address = f"/jobs/{job_id}?tour=1"
    assert current_steps(client.get(address).text) == ["queued"]
    claim = claimed(jobs)
    assert current_steps(client.get(address).text) == ["coarse"]
    jobs.report(claim, progress().model_copy(update={"level": 2, "levels": 4}), 10.0)
    page = client.get(address).text
    assert current_steps(page) == ["fine"]
    assert f'href="/jobs/{job_id}"' in page  # it can be closed without a script
    jobs.succeed(claim, "x.png")
    assert current_steps(client.get(address).text) == ["succeeded"]
    assert 'id="tour"' not in client.get(f"/jobs/{job_id}").text


def test_a_failed_job_has_no_tour(client: FlaskClient, jobs: JobStore) -> None:
    claim = running(jobs)
    jobs.fail(claim, OutOfMemory(width=64, height=48, maximum=32))
    assert 'id="tour"' not in client.get(f"/jobs/{claim.job_id}?tour=1").text


@pytest.mark.parametrize("field", ["size", "content"])
def test_the_form_has_no_other_fields(client: FlaskClient, jobs: JobStore, field: str) -> None:
    assert client.post("/first-picture", data={field: "1"}).status_code == 422
    assert jobs.page(1).jobs == []
