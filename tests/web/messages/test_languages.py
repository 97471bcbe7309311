"""Answers are in the language that the cookie or the browser chooses, and say so."""

import json

import pytest
from flask.testing import FlaskClient

from shared.job import JobState
from shared.job_store import JobStore
from tests.shared.job_store.transitions import in_state, queued
from web.messages.errors import COUNTED
from web.messages.languages import COOKIE, speaking
from web.messages.sentences import say

ENGLISH, POLISH = "There is no job none.", "Nie ma zadania none."


@pytest.mark.parametrize(
    ("accepted", "cookie", "language"),
    [
        (None, None, "en"),
        ("pl", None, "pl"),
        ("de, pl;q=0.8, en;q=0.5", None, "pl"),
        ("en-GB, pl;q=0.8", None, "en"),
        ("de", None, "en"),
        ("pl", "en", "en"),
        ("en", "pl", "pl"),
        ("pl", "xx", "pl"),
    ],
)
def test_a_problem_is_in_the_language_that_was_asked_for(
    client: FlaskClient, accepted: str | None, cookie: str | None, language: str
) -> None:
    if cookie:
        client.set_cookie(COOKIE, cookie)
    headers = {"Accept-Language": accepted} if accepted else {}
    answer = client.get("/api/v1/jobs/none", headers=headers)
    assert answer.headers["Content-Language"] == language
    assert {"Accept-Language", "Cookie"} <= {
        each.strip() for each in answer.headers["Vary"].split(",")
    }
    assert answer.json is not None
    assert answer.json["detail"].startswith({"en": ENGLISH, "pl": POLISH}[language])
    assert answer.json["code"] == "job_not_found"


def test_a_page_of_an_error_has_a_plain_heading_in_both_languages(client: FlaskClient) -> None:
    assert "<h1>Not found</h1>" in client.get("/nothing").text
    answer = client.get("/nothing", headers={"Accept-Language": "pl"})
    assert "<h1>Nie znaleziono</h1>" in answer.text
    assert '<html lang="pl">' in answer.text


def test_a_stream_is_in_the_language_of_its_request(client: FlaskClient, jobs: JobStore) -> None:
    job = in_state(jobs, JobState.CANCELLED).job_id
    headers = {"Accept-Language": "pl"}
    answer = client.get(f"/api/v1/jobs/{job}/events", headers=headers)
    assert answer.headers["Content-Language"] == "pl"
    data = json.loads(answer.text.split("data: ")[1])
    assert data["log"][-1]["detail"] == "Anulowano."


def test_why_a_job_waits_is_translated(client: FlaskClient, jobs: JobStore) -> None:
    answer = client.get(f"/api/v1/jobs/{queued(jobs)}", headers={"Accept-Language": "pl"})
    assert answer.json is not None
    assert answer.json["waiting"]["detail"].startswith("Nie działa żaden worker.")


def test_the_settings_of_the_api_stay_english_and_those_of_the_page_do_not(
    client: FlaskClient,
) -> None:
    headers = {"Accept-Language": "pl"}
    answer = client.get("/api/v1/settings", headers=headers)
    assert "Smoothing weight" in answer.text
    assert "Waga wygładzania" in client.get("/", headers=headers).text


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (1, "1 obraz stylu"),
        (2, "2 obrazy stylu"),
        (5, "5 obrazów stylu"),
        (12, "12 obrazów stylu"),
        (22, "22 obrazy stylu"),
    ],
)
def test_polish_has_three_plural_forms(client: FlaskClient, count: int, shown: str) -> None:
    with client.application.app_context(), speaking("pl"):
        assert say(COUNTED["styles"], {"count": count}) == shown
