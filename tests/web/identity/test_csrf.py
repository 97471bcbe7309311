"""Another site's pages cannot make a browser change something here."""

import pytest
from flask.testing import FlaskClient

from shared.job import JobState
from shared.job_store import JobStore
from tests.shared.job_store.transitions import queued
from tests.web.api_requests import JOBS, problem, upload
from tests.web.identity.conftest import Give
from tests.web.identity.requests import bearer, csrf_of, sign_in

EVIL = "http://evil.example"
FOREIGN = [
    {"Origin": EVIL},
    {"Origin": "null"},
    {"Origin": "https://localhost"},  # the same host over TLS is another origin
    {"Origin": "http://localhost:8001"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
]


@pytest.fixture
def signed_in(guarded: FlaskClient, give: Give) -> FlaskClient:
    """Return a browser that alice signed in with."""
    sign_in(guarded, give("alice", "submit", "read"))
    return guarded


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
@pytest.mark.parametrize("path", [JOBS, "/"])
def test_a_request_of_another_site_is_refused(
    signed_in: FlaskClient, jobs: JobStore, path: str, headers: dict[str, str]
) -> None:
    token = csrf_of(signed_in, "/")  # even with it
    sent = {**headers, "X-CSRF-Token": token}
    response = signed_in.post(path, data=upload() | {"csrf_token": token}, headers=sent)
    assert response.status_code == 403
    assert "another site" in response.text
    assert jobs.page(1).jobs == []


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_a_request_of_another_site_is_refused_with_auth_off(
    client: FlaskClient, jobs: JobStore, headers: dict[str, str]
) -> None:
    problem(client.post(JOBS, data=upload(), headers=headers), 403, "origin_not_allowed")
    assert jobs.page(1).jobs == []


@pytest.mark.parametrize("headers", [{}, {"Origin": "http://localhost"}], ids=str)
def test_programs_and_own_pages_use_the_api_with_auth_off(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    assert client.post(JOBS, data=upload(), headers=headers).status_code == 202


def test_a_token_needs_no_csrf_token_from_anywhere(guarded: FlaskClient, give: Give) -> None:
    headers = bearer(give("alice", "submit", "read")) | {"Origin": EVIL}
    assert guarded.post(JOBS, data=upload(), headers=headers).status_code == 202


@pytest.mark.parametrize("token", ["", "0" * 64, "é", "\ud800"])
def test_a_form_without_its_token_is_refused(
    signed_in: FlaskClient, jobs: JobStore, token: str
) -> None:
    job_id = queued(jobs, owner="alice")
    sent = {"csrf_token": token.encode("utf-8", "surrogatepass").decode("latin-1")}
    response = signed_in.post(f"/jobs/{job_id}/cancel", data=sent)
    assert response.status_code == 403
    assert "The form has expired" in response.text
    assert jobs.get(job_id).state is JobState.QUEUED


def test_the_api_needs_the_token_of_a_browser_in_a_header(
    signed_in: FlaskClient, jobs: JobStore
) -> None:
    job_id = queued(jobs, owner="alice")
    problem(signed_in.delete(f"{JOBS}/{job_id}"), 403, "form_expired")
    headers = {"X-CSRF-Token": csrf_of(signed_in, "/")}
    assert signed_in.delete(f"{JOBS}/{job_id}", headers=headers).status_code == 200


def test_a_token_of_another_browser_is_refused(
    signed_in: FlaskClient, jobs: JobStore, give: Give
) -> None:
    job_id = queued(jobs, owner="alice")
    other = signed_in.application.test_client()
    sign_in(other, give("alice", "submit", "read"))
    sent = {"csrf_token": csrf_of(other, "/")}
    assert signed_in.post(f"/jobs/{job_id}/cancel", data=sent).status_code == 403
    assert other.post(f"/jobs/{job_id}/cancel", data=sent).status_code == 303


def test_no_other_site_can_sign_a_browser_in(guarded: FlaskClient, give: Give) -> None:
    form = {"token": give("mallory", "read")}
    assert guarded.post("/signin", data=form).status_code == 403
    form["csrf_token"] = csrf_of(guarded)
    assert guarded.post("/signin", data=form, headers={"Origin": EVIL}).status_code == 403


def test_every_form_that_posts_has_a_csrf_token(client: FlaskClient, jobs: JobStore) -> None:
    page = client.get("/").text + client.get(f"/jobs/{queued(jobs)}").text
    forms = [form.partition("</form>")[0] for form in page.split("<form")[1:]]
    posting = [form for form in forms if 'method="post"' in form]
    assert len(posting) >= 5
    assert all('name="csrf_token"' in form for form in posting)
