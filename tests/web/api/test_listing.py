"""The listing: pages of jobs, newest first, each naming the next."""

import pytest
from flask.testing import FlaskClient

from shared.job_store import JobStore
from tests.shared.job_store.transitions import queued
from tests.web.api_requests import JOBS, problem


def _walked(client: FlaskClient, address: str | None) -> list[list[str]]:
    pages = []
    while address:
        page = client.get(address).get_json()
        pages.append([job["id"] for job in page["jobs"]])
        address = page["next"]
    return pages


def test_no_jobs_are_an_empty_page(client: FlaskClient) -> None:
    assert client.get(JOBS).get_json() == {"jobs": [], "next": None}


@pytest.mark.parametrize(("limit", "lengths"), [(1, [1] * 5), (2, [2, 2, 1]), (5, [5]), (100, [5])])
def test_pages_list_all_jobs_newest_first(
    client: FlaskClient, jobs: JobStore, limit: int, lengths: list[int]
) -> None:
    newest_first = [queued(jobs) for _ in range(5)][::-1]
    pages = _walked(client, f"{JOBS}?limit={limit}")
    assert [len(page) for page in pages] == lengths
    assert [job_id for page in pages for job_id in page] == newest_first


def test_a_page_has_twenty_jobs_by_default(client: FlaskClient, jobs: JobStore) -> None:
    for _ in range(21):
        queued(jobs)
    assert [len(page) for page in _walked(client, JOBS)] == [20, 1]


def test_a_listed_job_equals_the_job_shown_by_itself(client: FlaskClient, jobs: JobStore) -> None:
    job_id = queued(jobs)
    assert client.get(JOBS).get_json()["jobs"] == [client.get(f"{JOBS}/{job_id}").get_json()]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("limit=0", "1 or more"),
        ("limit=101", "100 or less"),
        ("limit=999999999999999999999", "100 or less"),
        ("limit=-1", "1 or more"),
        ("limit=ten", "whole number"),
        ("limit=", "whole number"),
        ("limit=%D9%A3", "whole number"),
        ("cursor=-1", "take it from"),
        ("cursor=1e3", "take it from"),
        ("cursor=%2Binf", "take it from"),
        ("cursor=%00", "take it from"),
        ("cursor=99999999999999999999", "take it from"),
    ],
)
def test_a_wrong_limit_or_cursor_is_refused_with_its_name(
    client: FlaskClient, query: str, words: str
) -> None:
    body = problem(client.get(f"{JOBS}?{query}"), 422, "invalid_setting")
    assert body["field"] == query.split("=", maxsplit=1)[0]
    assert words in body["detail"]


def test_a_cursor_beyond_all_jobs_is_an_empty_page(client: FlaskClient, jobs: JobStore) -> None:
    queued(jobs)
    assert client.get(f"{JOBS}?cursor=1").get_json() == {"jobs": [], "next": None}
