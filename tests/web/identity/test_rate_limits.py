"""How often an owner and an address may submit, and what the answers say of it."""

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from shared.job_store import JobStore
from shared.job_store.connection import Connection
from tests.shared.job_store.transitions import claimed
from tests.web.api_requests import JOBS, accepted, problem, upload
from tests.web.conftest import Serve
from tests.web.identity.conftest import Give
from tests.web.identity.requests import bearer, csrf_of, sign_in
from web.identity.address import hash_of_address
from web.identity.rate_limits import SIGN_INS

HERE, THERE = "203.0.113.7", "198.51.100.4"


def _sent(client: FlaskClient, token: str, address: str = HERE) -> TestResponse:
    origin = {"REMOTE_ADDR": address}
    return client.post(JOBS, data=upload(), headers=bearer(token), environ_overrides=origin)


def _refused(response: TestResponse, by: str, maximum: int) -> None:
    body = problem(response, 429, "rate_limited")
    assert (body["by"], body["maximum"]) == (by, maximum)
    assert 1 <= int(response.headers["Retry-After"]) <= 60
    assert re.fullmatch(rf'"{by}";q={maximum};w=60', response.headers["RateLimit-Policy"])
    assert re.fullmatch(rf'"{by}";r=0;t=\d+', response.headers["RateLimit"])


def test_an_owner_over_the_limit_is_refused_and_others_are_not(serve: Serve, give: Give) -> None:
    client = serve(GRAMWORKS_OWNER_SUBMISSIONS=3).test_client()
    eager, also_eager, modest = (
        give(owner, "submit", "read") for owner in ("eager", "eager", "modest")
    )
    left = [_sent(client, eager).headers["RateLimit"] for _ in range(3)]
    assert [each.split(";")[1] for each in left] == ["r=2", "r=1", "r=0"]
    _refused(_sent(client, eager), "owner", 3)
    _refused(_sent(client, also_eager, THERE), "owner", 3)  # a token more is no owner more
    accepted(_sent(client, modest))
    assert client.get(JOBS, headers=bearer(eager)).status_code == 200  # reads go on


def test_an_address_over_the_limit_is_refused(serve: Serve, give: Give) -> None:
    client = serve(GRAMWORKS_ADDRESS_SUBMISSIONS=2).test_client()
    tokens = [give(owner, "submit") for owner in ("a", "b", "c")]
    assert [_sent(client, token).status_code for token in tokens] == [202, 202, 429]
    _refused(_sent(client, tokens[0]), "address", 2)
    accepted(_sent(client, tokens[2], THERE))


def test_forks_retries_and_forms_count_too(serve: Serve, jobs: JobStore, give: Give) -> None:
    client = serve(GRAMWORKS_OWNER_SUBMISSIONS=4).test_client()
    token = give("alice", "submit", "read")
    job = accepted(_sent(client, token))
    jobs.cancel(job["id"])
    assert client.post(f"{JOBS}/{job['id']}/retry", headers=bearer(token)).status_code == 409
    client.post(f"{JOBS}/{job['id']}/fork", json={"start": "inputs"}, headers=bearer(token))
    sign_in(client, token)
    form = {"csrf_token": csrf_of(client, "/")}
    assert client.post("/", data=upload() | form).status_code == 303
    page = client.post("/", data=upload() | form)
    assert page.status_code == 429
    assert "You submit too often" in page.text
    assert int(page.headers["Retry-After"]) >= 1


def test_reads_are_not_counted(guarded: FlaskClient, redis: Connection, give: Give) -> None:
    token = give("alice", "read")
    for _ in range(5):
        assert "RateLimit" not in guarded.get(JOBS, headers=bearer(token)).headers
    assert list(redis.scan_iter("gw:rate*")) == []


def test_attempts_to_sign_in_are_limited_by_address(guarded: FlaskClient, give: Give) -> None:
    statuses = [sign_in(guarded, "gw_wrong").status_code for _ in range(SIGN_INS + 1)]
    assert statuses == [401] * SIGN_INS + [429]
    assert sign_in(guarded, give("alice", "read")).status_code == 429


def test_no_address_is_stored(guarded: FlaskClient, redis: Connection, give: Give) -> None:
    accepted(_sent(guarded, give("alice", "submit")))
    keys = list(redis.scan_iter("*"))
    assert [key for key in keys if key.startswith("gw:rate")]
    assert not [key for key in keys if HERE in key or HERE in str(redis.dump(key))]


def test_without_proxies_the_forwarded_address_is_ignored_and_behind_them_the_last_count(
    serve: Serve, redis: Connection, give: Give
) -> None:
    token = give("alice", "submit")
    headers = {**bearer(token), "X-Forwarded-For": f"9.9.9.9, {THERE}, 10.0.0.1"}

    def counted(proxies: int) -> set[str]:
        client = serve(GRAMWORKS_PROXIES=proxies).test_client()
        before = set(redis.scan_iter("gw:rate*address*"))
        origin = {"REMOTE_ADDR": HERE}
        client.post(JOBS, data=upload(), headers=headers, environ_overrides=origin)
        return set(redis.scan_iter("gw:rate*address*")) - before

    assert [hash_of_address(HERE) in key for key in counted(0)] == [True]
    assert [hash_of_address(THERE) in key for key in counted(2)] == [True]


def test_with_auth_off_nothing_is_counted(client: FlaskClient, redis: Connection) -> None:
    accepted(client.post(JOBS, data=upload()))
    assert list(redis.scan_iter("gw:rate*")) == []


def test_all_addresses_of_one_connection_count_together() -> None:
    assert hash_of_address("2001:db8:1:2::5") == hash_of_address("2001:db8:1:2:a:b:c:d")
    assert hash_of_address("2001:db8:1:2::5") != hash_of_address("2001:db8:1:3::5")
    assert hash_of_address("::ffff:203.0.113.7") == hash_of_address("203.0.113.7")


@pytest.mark.parametrize("address", [None, "", "unix:", "٣", "a" * 9999])
def test_an_odd_address_is_counted_too(address: str | None) -> None:
    assert len(hash_of_address(address)) == 24


def test_an_owner_s_live_jobs_are_limited(serve: Serve, jobs: JobStore, give: Give) -> None:
    client = serve(GRAMWORKS_OWNER_JOBS=2).test_client()
    eager, modest = give("eager", "submit", "read"), give("modest", "submit")
    first, _ = accepted(_sent(client, eager)), accepted(_sent(client, eager))
    claimed(jobs)  # running ones count like queued ones
    body = problem(_sent(client, eager), 429, "owner_quota_reached")
    assert (body["bound"], body["maximum"]) == ("jobs", 2)
    accepted(_sent(client, modest))
    client.delete(f"{JOBS}/{first['id']}", headers=bearer(eager))
    accepted(_sent(client, eager))


def test_the_bytes_that_an_owner_keeps_are_limited(
    serve: Serve, redis: Connection, give: Give
) -> None:
    client = serve(GRAMWORKS_OWNER_MB=1).test_client()
    token = give("alice", "submit", "read")
    job = accepted(_sent(client, token))
    redis.hset("gw:kept", "alice", 1_000_000)
    body = problem(_sent(client, token), 429, "owner_quota_reached")
    assert (body["bound"], body["maximum"]) == ("bytes", 1_000_000)
    for _ in range(2):  # cancel, then delete
        client.delete(f"{JOBS}/{job['id']}?permanently=true", headers=bearer(token))
    accepted(_sent(client, token))
