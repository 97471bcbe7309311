"""A share link shows one job to everybody, until it is revoked."""

import re

import pytest
from flask.testing import FlaskClient

from shared.job_store import JobStore
from shared.job_store.connection import Connection
from shared.object_store import ObjectStore
from tests.shared.job_store.transitions import claimed, queued
from tests.web.api_requests import JOBS
from tests.web.finished_job import finish
from tests.web.identity.conftest import Give
from tests.web.identity.requests import bearer, csrf_of, sign_in


@pytest.fixture
def job_id(jobs: JobStore, objects: ObjectStore) -> str:
    """Return a finished job of alice."""
    made = queued(jobs, owner="alice")
    finish(claimed(jobs), jobs, objects)
    return made


@pytest.fixture
def alice(give: Give) -> dict[str, str]:
    """Return the headers of alice's requests."""
    return bearer(give("alice", "submit", "read"))


def _link(client: FlaskClient, job_id: str, headers: dict[str, str]) -> str:
    response = client.post(f"{JOBS}/{job_id}/share", headers=headers)
    assert response.status_code == 201
    href: str = response.get_json()["href"]
    assert response.location == href
    return href


def test_a_link_shows_the_picture_to_everybody_and_nothing_to_change(
    guarded: FlaskClient, job_id: str, alice: dict[str, str], objects: ObjectStore, jobs: JobStore
) -> None:
    link = _link(guarded, job_id, alice)
    page = guarded.get(link)
    assert page.status_code == 200
    assert re.findall(r'<form[^>]* action="([^"]*)"', page.text) == ["/language"]
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in page.headers["Cache-Control"]
    picture = guarded.get(f"{link}/picture")
    result = jobs.get(job_id).result
    assert result is not None
    assert picture.data == objects.get(result)
    assert guarded.get(f"{JOBS}/{job_id}").status_code == 401  # the link gives nothing else


def test_a_job_says_whether_it_has_a_link(
    guarded: FlaskClient, job_id: str, alice: dict[str, str]
) -> None:
    shown = [guarded.get(f"{JOBS}/{job_id}", headers=alice).get_json()["shared"]]
    _link(guarded, job_id, alice)
    shown.append(guarded.get(f"{JOBS}/{job_id}", headers=alice).get_json()["shared"])
    assert shown == [False, True]


def test_a_revoked_link_and_a_replaced_one_no_longer_work(
    guarded: FlaskClient, job_id: str, alice: dict[str, str]
) -> None:
    first, second = (_link(guarded, job_id, alice) for _ in range(2))
    assert [guarded.get(link).status_code for link in (first, second)] == [404, 200]
    for _ in range(2):
        assert guarded.delete(f"{JOBS}/{job_id}/share", headers=alice).status_code == 204
    assert guarded.get(second).status_code == 404
    assert guarded.get(f"{second}/picture").status_code == 404


def test_deleting_a_job_for_good_deletes_its_link(
    guarded: FlaskClient, job_id: str, alice: dict[str, str], redis: Connection
) -> None:
    link = _link(guarded, job_id, alice)
    guarded.delete(f"{JOBS}/{job_id}?permanently=true", headers=alice)
    assert guarded.get(link).status_code == 404
    assert list(redis.scan_iter("gw:share:*")) == []


@pytest.mark.parametrize("secret", ["x", "%00", "*", "a" * 3000, "%ff"])
def test_what_is_no_link_is_not_found(guarded: FlaskClient, secret: str) -> None:
    assert guarded.get(f"/s/{secret}").status_code == 404


def test_the_link_of_a_queued_job_has_no_picture_yet(
    guarded: FlaskClient, jobs: JobStore, alice: dict[str, str]
) -> None:
    link = _link(guarded, queued(jobs, owner="alice"), alice)
    assert "/picture" not in guarded.get(link).text
    assert guarded.get(f"{link}/picture").status_code == 409


def test_the_job_page_makes_and_revokes_a_link(
    guarded: FlaskClient, job_id: str, give: Give
) -> None:
    sign_in(guarded, give("alice", "submit", "read"))
    form = {"csrf_token": csrf_of(guarded, "/")}
    page = guarded.post(f"/jobs/{job_id}/share", data=form).text
    [link] = re.findall(r'href="http://localhost(/s/[^"]+)"', page)
    assert guarded.get(link).status_code == 200
    assert guarded.post(f"/jobs/{job_id}/unshare", data=form).status_code == 303
    assert guarded.get(link).status_code == 404


def test_redis_holds_no_link(
    guarded: FlaskClient, job_id: str, alice: dict[str, str], redis: Connection
) -> None:
    secret = _link(guarded, job_id, alice).rpartition("/")[2]
    for key in redis.scan_iter("gw:*"):
        assert secret not in key
        assert secret not in str(redis.dump(key))


def test_a_link_shows_a_thumbnail_and_never_the_photograph(
    guarded: FlaskClient, job_id: str, alice: dict[str, str]
) -> None:
    link = _link(guarded, job_id, alice)
    page = guarded.get(link).text
    assert "content" not in "".join(re.findall(r'(?:src|srcset|href)="([^"]*)"', page))
    small = guarded.get(f"{link}/picture?width=640")
    assert (small.status_code, small.mimetype) == (200, "image/webp")
    assert "no-store" in small.headers["Cache-Control"]
    for query in ("width=700", "name=content", "width=640&width=640"):
        assert guarded.get(f"{link}/picture?{query}").status_code == 422
