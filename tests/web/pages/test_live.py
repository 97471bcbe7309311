"""A job's page until the job has succeeded: what it shows, and its forms, without a script."""

import re

import pytest
from flask.testing import FlaskClient

from shared.errors import OutOfMemory
from shared.job import ENDED, JobState
from shared.job_store import JobStore
from shared.job_store.connection import Connection
from shared.job_store.workers import Worker, Workers
from shared.settings import StyleSettings
from tests.shared.job_store.online_workers import announce
from tests.shared.job_store.transitions import claimed, in_state, progress, queued, running
from tests.web.api_requests import IN_TILES, upload


def _page(client: FlaskClient, job_id: str) -> str:
    response = client.get(f"/jobs/{job_id}")
    assert (response.status_code, response.mimetype) == (200, "text/html")
    return response.text


def _offered(page: str) -> set[str]:
    """Return the actions whose forms are shown."""
    forms = re.findall(r'<form class="action"[^>]* id="(\w+)"[^>]*>', page)
    hidden = re.findall(r'<form class="action"[^>]* id="(\w+)"[^>]* hidden>', page)
    return {*forms} - {*hidden}


def _follow(client: FlaskClient, path: str) -> str:
    """Post a form and return the page that it leads to."""
    response = client.post(path)
    assert response.status_code == 303
    return client.get(response.headers["Location"]).text


@pytest.mark.parametrize("state", JobState)
def test_a_job_has_a_page_in_every_state(
    client: FlaskClient, jobs: JobStore, state: JobState
) -> None:
    page = _page(client, in_state(jobs, state).job_id)
    live = state not in ENDED
    assert f'data-state="{state}"' in page
    assert ('id="cancel"' in page) is live
    assert ('id="retry"' in page) is (state is JobState.FAILED)
    assert ('http-equiv="refresh"' in page) is live
    assert ('class="stage' in page) is (state is not JobState.SUCCEEDED)


def test_the_title_says_state_and_percent(client: FlaskClient, jobs: JobStore) -> None:
    def title(job_id: str) -> str:
        return _page(client, job_id).partition("<title>")[2].partition("</title>")[0]

    claim = running(jobs)
    assert title(claim.job_id) == "Running · Gramworks"
    jobs.report(claim, progress(29, 100), 5.0)
    assert title(claim.job_id) == "29 % · Gramworks"  # 0.29 * 100 is 28.999…
    jobs.succeed(claim, "result.png")
    assert title(claim.job_id) == "Done · Gramworks"


def test_a_queued_job_shows_its_position_and_whether_a_worker_is_online(
    client: FlaskClient, jobs: JobStore, redis: Connection
) -> None:
    queued(jobs)
    page = _page(client, queued(jobs))
    assert "<dt>place in the queue</dt><dd>2</dd>" in page
    assert "No worker is online" in page
    assert "python -m worker</code>" in page
    announce(Workers(redis), Worker(name="w", pixels=10**9))
    page = _page(client, queued(jobs))
    assert "No worker is online" not in page
    assert 'id="waiting" hidden' in page
    assert 'id="start-worker" hidden' in page


def test_a_running_job_shows_its_numbers_and_losses_without_a_script(
    client: FlaskClient, jobs: JobStore
) -> None:
    claim = running(jobs)
    for evaluation in (1, 2, 3):
        jobs.report(claim, progress(evaluation), 5.0)
    page = _page(client, claim.job_id)
    assert "<dt>evaluation</dt><dd>3 of 10</dd>" in page
    assert 'value="0.3"' in page
    rows = re.findall(r'<tr><th scope="row">(\d)</th>((?:<td>[^<]*</td>)+)</tr>', page)
    assert [evaluation for evaluation, _ in rows] == ["3", "2", "1"]
    assert re.findall("<td>([^<]*)</td>", rows[0][1]) == ["6", "3", "2", "1"]


def test_the_losses_end_with_the_newest_though_only_a_hundred_are_kept(
    client: FlaskClient, jobs: JobStore
) -> None:
    claim = running(jobs)
    for evaluation in range(1, 404):
        jobs.report(claim, progress(evaluation, 1000), 5.0)
    rows = re.findall(r'<tr><th scope="row">(\d+)</th>', _page(client, claim.job_id))
    assert rows[:2] == ["403", "401"]
    assert rows[-1] == "1"


def test_a_job_s_log_and_fallbacks_are_on_its_page(client: FlaskClient, jobs: JobStore) -> None:
    claim = running(jobs)
    assert 'id="fallbacks" hidden' in _page(client, claim.job_id)
    jobs.record_fallbacks(claim, 1, [IN_TILES])
    jobs.lose(claim, "killed")
    page = _page(client, claim.job_id)
    assert "<summary>History</summary>" in page
    assert "Queued again: its process was killed" in page
    assert "<li>Continued in tiles of 512 px" in page
    assert 'id="fallbacks" hidden' not in page


def test_each_state_offers_what_can_be_done_in_it(client: FlaskClient, jobs: JobStore) -> None:
    job_id = queued(jobs)
    assert _offered(_page(client, job_id)) == {"pause", "cancel"}
    assert _offered(_follow(client, f"/jobs/{job_id}/pause")) == {"resume", "cancel"}
    assert "The job is paused" in _page(client, job_id)
    assert _offered(_follow(client, f"/jobs/{job_id}/resume")) == {"pause", "cancel"}
    claimed(jobs)
    assert _offered(_page(client, job_id)) == {"stop", "pause", "cancel"}
    pausing = _follow(client, f"/jobs/{job_id}/pause")
    assert "It pauses as soon as" in pausing
    assert _offered(pausing) == {"resume", "stop", "cancel"}
    stopping = _follow(client, f"/jobs/{job_id}/stop")
    assert "It ends after the current evaluation" in stopping
    assert _offered(stopping) == {"cancel"}


@pytest.mark.parametrize("state", JobState)
@pytest.mark.parametrize("action", ["cancel", "stop", "pause", "resume"])
def test_no_form_fails_on_a_job_that_has_changed_meanwhile(
    client: FlaskClient, jobs: JobStore, state: JobState, action: str
) -> None:
    job_id = in_state(jobs, state).job_id
    response = client.post(f"/jobs/{job_id}/{action}")
    assert (response.status_code, response.headers["Location"]) == (303, f"/jobs/{job_id}")
    is_cancelled = action == "cancel" and state not in ENDED
    assert jobs.get(job_id).state is (JobState.CANCELLED if is_cancelled else state)


@pytest.mark.parametrize("action", ["cancel", "stop"])
def test_what_cannot_be_undone_is_asked_first(
    client: FlaskClient, jobs: JobStore, action: str
) -> None:
    claim = running(jobs)
    form = re.search(f'<form[^>]* id="{action}"[^>]*>', _page(client, claim.job_id))
    assert form is not None
    assert 'method="get"' in form[0]
    question = client.get(f"/jobs/{claim.job_id}/{action}").text
    assert "This cannot be undone" in question
    assert f'method="post" action="/jobs/{claim.job_id}/{action}"' in question
    assert jobs.get(claim.job_id).state is JobState.RUNNING


@pytest.mark.parametrize("state", JobState)
def test_only_a_failed_job_is_retried_from_its_page(
    client: FlaskClient, jobs: JobStore, redis: Connection, state: JobState
) -> None:
    job_id = in_state(jobs, state).job_id
    response = client.post(f"/jobs/{job_id}/retry")
    assert (response.status_code, response.headers["Location"]) == (303, f"/jobs/{job_id}")
    assert jobs.get(job_id).state is (JobState.QUEUED if state is JobState.FAILED else state)
    assert redis.llen("gw:celery:gw:wakeups") == (state is JobState.FAILED)


def _submitted(client: FlaskClient) -> str:
    """Submit a job with pictures that are really stored, and return its id."""
    response = client.post("/api/v1/jobs", data=upload() | {"settings": '{"size": 64}'})
    return str(response.json["id"])  # type: ignore[index] # an accepted job


def test_a_job_without_enough_memory_is_painted_at_the_size_that_fits_with_one_click(
    client: FlaskClient, jobs: JobStore
) -> None:
    job_id = _submitted(client)
    jobs.fail(claimed(jobs), OutOfMemory(width=64, height=64, maximum=48))
    page = _page(client, job_id)
    assert "64 × 64 pixels need more memory" in page
    assert "Paint it at size 48" in page
    response = client.post(f"/jobs/{job_id}/again", data={"size": "48"})
    assert response.status_code == 303
    again = jobs.get(response.headers["Location"].rpartition("/")[2])
    assert again.id != job_id
    assert again.settings == jobs.get(job_id).settings.model_copy(update={"size": 48})


def test_a_failure_without_a_size_that_fits_offers_no_size(
    client: FlaskClient, jobs: JobStore
) -> None:
    page = _page(client, in_state(jobs, JobState.FAILED).job_id)
    assert "640 × 480 pixels need more memory" in page
    assert "Paint it at size" not in page


def test_a_cancelled_job_is_submitted_again(client: FlaskClient, jobs: JobStore) -> None:
    job_id = _submitted(client)
    jobs.cancel(job_id)
    assert "Submit again" in _page(client, job_id)
    response = client.post(f"/jobs/{job_id}/again")
    again = jobs.get(response.headers["Location"].rpartition("/")[2])
    assert (again.state, again.settings) == (JobState.QUEUED, StyleSettings(size=64))


@pytest.mark.parametrize("size", ["7", "wide", "99999"])
def test_painting_again_checks_the_size(client: FlaskClient, jobs: JobStore, size: str) -> None:
    job_id = _submitted(client)
    response = client.post(f"/jobs/{job_id}/again", data={"size": size})
    assert response.status_code == 422
    assert [job.id for job in jobs.page(9).jobs] == [job_id]
