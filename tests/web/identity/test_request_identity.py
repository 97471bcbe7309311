"""Who a request is: a token, a browser that signed in, or the only owner if tokens are off."""

import pytest
from flask.testing import FlaskClient

from shared.job import Job
from shared.job_store import JobStore, Sessions, Token, Tokens, hash_of
from shared.job_store.connection import Connection
from tests.shared.job_store.transitions import claimed, queued, someone
from tests.web.api_requests import JOBS, accepted, problem, upload
from tests.web.conftest import Serve
from tests.web.identity.conftest import Give
from tests.web.identity.requests import COOKIE, bearer, csrf_of, sign_in

SECRET = "0123456789abcdef" * 2


def _post(client: FlaskClient, token: str) -> dict[str, object]:
    return accepted(client.post(JOBS, data=upload(), headers=bearer(token)))


def _listed(client: FlaskClient, token: str) -> list[str]:
    body = client.get(JOBS, headers=bearer(token)).get_json()
    return [job["id"] for job in body["jobs"]]


def test_without_a_token_the_api_says_so_and_pages_offer_to_sign_in(
    guarded: FlaskClient,
) -> None:
    response = guarded.get(JOBS)
    problem(response, 401, "token_required")
    assert response.headers["WWW-Authenticate"].startswith("Bearer ")
    page = guarded.get("/jobs/abc?x=1&y=2")
    assert (page.status_code, page.location) == (303, "/signin?next=/jobs/abc%3Fx%3D1%26y%3D2")
    assert guarded.post("/").status_code == 401


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/signin", "/static/x/css/base.css"])
def test_health_and_signing_in_need_no_token(guarded: FlaskClient, path: str) -> None:
    with guarded.get(path) as response:
        assert response.status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer \xff",
        "Bearer gw_" + "a" * 40,
        "Bearer gw_*_" + "a" * 40,
        "Bearer gw_abc_" + "x" * 5000,
        "Basic YTpi",
        "gw_a_b",
    ],
)
def test_what_is_no_token_is_refused(guarded: FlaskClient, header: str) -> None:
    problem(guarded.get(JOBS, headers={"Authorization": header}), 401, "token_invalid")


def test_a_wrong_secret_with_a_known_id_is_refused(guarded: FlaskClient, give: Give) -> None:
    right = give("alice", "read")
    secret = right.split("_", 2)[2]  # it can have underscores itself
    wrong = right.replace(secret, "x" * len(secret))
    assert guarded.get(JOBS, headers=bearer(right)).status_code == 200
    problem(guarded.get(JOBS, headers=bearer(wrong)), 401, "token_invalid")


def test_an_owner_sees_only_own_jobs_and_an_operator_all(
    guarded: FlaskClient, jobs: JobStore, give: Give
) -> None:
    alice, bob = give("alice", "submit", "read"), give("bob", "submit", "read")
    operator = give("carol", "operate")
    old = queued(jobs, owner="5e6f0badcafe5e6f0badcafe")  # an address, in older records
    hers, his = _post(guarded, alice)["id"], _post(guarded, bob)["id"]
    assert _listed(guarded, alice) == [hers]
    assert _listed(guarded, bob) == [his]
    assert _listed(guarded, operator) == [his, hers, old]
    for token, status in ((alice, 200), (bob, 404), (operator, 200)):
        assert guarded.get(f"{JOBS}/{hers}", headers=bearer(token)).status_code == status
    problem(guarded.get(f"{JOBS}/{old}", headers=bearer(alice)), 404, "job_not_found")


def test_several_tokens_share_an_owner(guarded: FlaskClient, give: Give) -> None:
    job = _post(guarded, give("alice", "submit"))
    assert _listed(guarded, give("alice", "read")) == [job["id"]]


def test_an_owner_s_list_has_pages_and_leaves_out_deleted_jobs(
    guarded: FlaskClient, jobs: JobStore, give: Give
) -> None:
    alice = give("alice", "submit", "read")
    ids = [queued(jobs, owner=owner) for owner in ("alice", "bob") * 3][::2]
    jobs.cancel(ids[1])
    jobs.delete(ids[1])
    first = guarded.get(f"{JOBS}?limit=1", headers=bearer(alice)).get_json()
    second = guarded.get(first["next"], headers=bearer(alice)).get_json()
    assert [job["id"] for job in first["jobs"] + second["jobs"]] == [ids[2], ids[0]]
    assert second["next"] is None


def test_the_queue_is_shared_among_owners(guarded: FlaskClient, jobs: JobStore, give: Give) -> None:
    eager, modest = give("eager", "submit"), give("modest", "submit")
    for _ in range(5):
        _post(guarded, eager)
    late = _post(guarded, modest)
    assert late["id"] in {claimed(jobs, someone()).job_id for _ in range(2)}


def test_a_scope_that_is_missing_is_named(guarded: FlaskClient, give: Give) -> None:
    response = guarded.post(JOBS, data=upload(), headers=bearer(give("alice", "read")))
    assert problem(response, 403, "scope_missing")["scope"] == "submit"


def test_an_expired_token_is_refused(guarded: FlaskClient, give: Give) -> None:
    token = give("alice", "read", seconds=-1)
    problem(guarded.get(JOBS, headers=bearer(token)), 401, "token_invalid")


def test_the_token_of_the_environment_is_an_operator_s(serve: Serve, jobs: JobStore) -> None:
    client = serve(GRAMWORKS_TOKEN=SECRET).test_client()
    job_id = queued(jobs, owner="alice")
    assert client.get(f"{JOBS}/{job_id}", headers=bearer(SECRET)).status_code == 200
    problem(client.get(JOBS, headers=bearer(SECRET[:-1] + "0")), 401, "token_invalid")


def test_with_auth_off_there_is_one_owner_who_sees_all(client: FlaskClient, jobs: JobStore) -> None:
    queued(jobs, owner="5e6f0badcafe5e6f0badcafe")
    accepted(client.post(JOBS, data=upload()))
    newest, oldest = jobs.page(2).jobs
    assert isinstance(newest, Job)
    assert newest.owner == "local"
    listed = client.get(JOBS).get_json()["jobs"]
    assert [job["id"] for job in listed] == [newest.id, oldest.id]


def test_signing_in_turns_a_token_into_a_cookie_and_signing_out_ends_it(
    guarded: FlaskClient, give: Give
) -> None:
    response = sign_in(guarded, give("alice", "submit", "read"), next="/jobs/x?y=z")
    assert (response.status_code, response.location) == (303, "/jobs/x?y=z")
    cookie = response.headers["Set-Cookie"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=Lax", "Path=/"))
    assert "Secure" not in cookie  # over plain HTTP
    page = guarded.get("/").text
    assert "alice" in page
    assert guarded.get(JOBS).status_code == 200
    kept = guarded.get_cookie(COOKIE)
    assert kept is not None
    guarded.post("/signout", data={"csrf_token": csrf_of(guarded, "/")})
    assert guarded.get_cookie(COOKIE) is None
    guarded.set_cookie(COOKIE, kept.value)  # someone who copied it
    problem(guarded.get(JOBS), 401, "token_required")


def test_over_https_the_cookie_is_secure_and_of_this_host_alone(serve: Serve) -> None:
    client = serve(GRAMWORKS_PROXIES=1).test_client()
    over_tls = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}
    [cookie] = client.get("/signin", headers=over_tls).headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-gramworks=")
    assert all(part in cookie for part in ("; Secure", "; HttpOnly", "; Path=/"))
    assert "Domain" not in cookie


def test_signing_in_makes_a_new_cookie(guarded: FlaskClient, give: Give) -> None:
    guarded.set_cookie(COOKIE, "planted by someone else")
    sign_in(guarded, give("alice", "read"))
    cookie = guarded.get_cookie(COOKIE)
    assert cookie is not None
    assert cookie.value != "planted by someone else"


def test_a_wrong_token_shows_the_form_again(guarded: FlaskClient) -> None:
    response = sign_in(guarded, "gw_no_such")
    assert response.status_code == 401
    assert "unknown, expired or revoked" in response.text
    assert "gw_no_such" not in response.text


@pytest.mark.parametrize(
    "target", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:x", "/a\nb"]
)
def test_signing_in_leads_to_no_other_site(guarded: FlaskClient, give: Give, target: str) -> None:
    assert sign_in(guarded, give("alice", "read"), next=target).location == "/"


def test_a_sign_in_link_works_once_and_loading_it_does_not_use_it(
    guarded: FlaskClient, redis: Connection, give: Give
) -> None:
    token_id = give("alice", "read").split("_")[1]
    Sessions(redis).offer(hash_of("code"), token_id, 60)
    for _ in range(2):  # a mail program loads the links in a mail
        assert 'value="code"' in guarded.get("/signin?code=code").text
    form = {"csrf_token": csrf_of(guarded), "code": "code"}
    assert guarded.post("/signin", data=form).status_code == 303
    form["csrf_token"] = csrf_of(guarded)
    again = guarded.post("/signin", data=form)
    assert again.status_code == 401
    assert "used before" in again.text


def test_revoking_a_token_ends_its_requests_and_its_browsers(
    serve: Serve, redis: Connection, give: Give
) -> None:
    token = give("alice", "read")
    browser = serve().test_client()
    sign_in(browser, token)
    assert browser.get(JOBS).status_code == 200
    assert Tokens(redis).revoke(token.split("_")[1])
    fresh = serve().test_client()  # without what the first has cached
    problem(fresh.get(JOBS, headers=bearer(token)), 401, "token_invalid")
    cookie = browser.get_cookie(COOKIE)
    assert cookie is not None
    fresh.set_cookie(COOKIE, cookie.value)
    problem(fresh.get(JOBS), 401, "token_required")


def test_the_last_use_of_a_token_is_recorded(
    guarded: FlaskClient, redis: Connection, give: Give
) -> None:
    def used() -> float | None:
        [token] = Tokens(redis).all()
        assert isinstance(token, Token)
        return token.used

    text = give("alice", "read")
    assert used() is None
    guarded.get(JOBS, headers=bearer(text))
    assert used() == pytest.approx(redis.clock(), abs=5)


def test_each_owner_has_idempotency_keys_of_their_own(guarded: FlaskClient, give: Give) -> None:
    def post(token: str) -> object:
        headers = {**bearer(token), "Idempotency-Key": "k"}
        return accepted(guarded.post(JOBS, data=upload(), headers=headers))["id"]

    alice, bob = give("alice", "submit"), give("bob", "submit")
    assert post(alice) == post(alice) != post(bob)
