"""Many jobs from one address do not delay another address's job; no address is stored."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shared.config import Config
from shared.job import Job
from shared.job_store import JobStore
from shared.job_store.connection import Connection
from tests.shared.job_store.transitions import claimed, someone
from tests.web.api_requests import JOBS, accepted, upload
from tests.web.conftest import close
from web import create_app
from web.identity.owner import owner_of

EAGER, MODEST = "203.0.113.7", "198.51.100.4"


def _sent(client: FlaskClient, address: str, forwarded: str = "") -> dict[str, Any]:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    origin = {"REMOTE_ADDR": address}
    return accepted(client.post(JOBS, data=upload(), headers=headers, environ_overrides=origin))


def test_many_jobs_of_one_address_do_not_delay_a_job_of_another(
    client: FlaskClient, jobs: JobStore
) -> None:
    for _ in range(5):
        _sent(client, EAGER)
    late = _sent(client, MODEST)
    assert late["position"] <= 2
    assert late["id"] in {claimed(jobs, someone()).job_id for _ in range(2)}


def test_forms_and_the_api_have_the_same_owner(client: FlaskClient, jobs: JobStore) -> None:
    client.post("/", data=upload(), environ_overrides={"REMOTE_ADDR": EAGER})
    [job] = jobs.page(1).jobs
    assert isinstance(job, Job)
    assert job.owner == owner_of(EAGER)


def test_no_address_is_stored(client: FlaskClient, redis: Connection) -> None:
    _sent(client, EAGER)
    kept = [str(redis.dump(key)) for key in redis.scan_iter("gw:*")]
    assert kept
    assert not [value for value in kept if EAGER in value]


def test_without_proxies_the_forwarded_address_is_ignored(
    client: FlaskClient, jobs: JobStore
) -> None:
    job = _sent(client, EAGER, forwarded=MODEST)
    assert jobs.get(job["id"]).owner == owner_of(EAGER)


@pytest.fixture
def behind_two(redis: Connection, redis_url: str, tmp_path: Path) -> Iterator[Flask]:
    """Return an application behind two proxies."""
    del redis
    values = {"REDIS_URL": redis_url, "GRAMWORKS_DATA": tmp_path}
    made = create_app(Config(**values, GRAMWORKS_PROXIES=2))
    yield made
    close(made)


def test_behind_proxies_only_their_forwarded_addresses_count(
    behind_two: Flask, jobs: JobStore
) -> None:
    forged = f"9.9.9.9, {MODEST}, 10.0.0.1"
    job = _sent(behind_two.test_client(), "10.0.0.2", forwarded=forged)
    assert jobs.get(job["id"]).owner == owner_of(MODEST)


def test_all_addresses_of_one_connection_are_one_owner() -> None:
    assert owner_of("2001:db8:1:2::5") == owner_of("2001:db8:1:2:a:b:c:d")
    assert owner_of("2001:db8:1:2::5") != owner_of("2001:db8:1:3::5")
    assert owner_of("::ffff:203.0.113.7") == owner_of("203.0.113.7")


@pytest.mark.parametrize("address", [None, "", "unix:", "٣", "a" * 9999])
def test_an_odd_address_has_an_owner_too(address: str | None) -> None:
    assert len(owner_of(address)) == 24
