"""When a queued job starts and ends: from the workers that are online, and their measured speed."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from shared.job_store import Capability, JobStore
from shared.job_store.connection import Connection
from shared.job_store.workers import Worker, Workers
from tests.parts import update_forecast, workers_of
from tests.shared.job_store.online_workers import announce
from tests.shared.job_store.transitions import ANOTHER, ANY, claimed, progress, queued
from tests.web.api_requests import JOBS, messages
from web.pages.formatting import about

SPEED, OVERHEAD = 1000.0, 1.0


@pytest.fixture
def workers(redis: Connection) -> Workers:
    return Workers(redis)


def _online(workers: Workers, by: Capability = ANY, speed: float | None = SPEED) -> None:
    overhead = OVERHEAD if speed else None
    worker = Worker(name=by.worker, pixels=by.pixels, speed=speed, overhead=overhead)
    announce(workers, worker)


def _times(client: FlaskClient, jobs: JobStore, job_id: str) -> list[Any]:
    update_forecast(jobs)
    job = client.get(f"{JOBS}/{job_id}").get_json()
    return [job["starts_in_seconds"], job["eta_seconds"]]


def _runs(jobs: JobStore, job_id: str) -> float:
    return OVERHEAD + jobs.get(job_id).work / SPEED


def test_the_time_in_the_queue_is_separate_from_the_time_of_the_run(
    client: FlaskClient, jobs: JobStore, workers: Workers
) -> None:
    _online(workers)
    first, second = queued(jobs), queued(jobs)
    runs = _runs(jobs, first)
    assert _times(client, jobs, first) == pytest.approx([0.0, runs], abs=0.1)
    assert _times(client, jobs, second) == pytest.approx([runs, 2 * runs], abs=0.1)


def test_without_a_measured_worker_online_times_are_unknown(
    client: FlaskClient, jobs: JobStore, workers: Workers
) -> None:
    job_id = queued(jobs)
    assert _times(client, jobs, job_id) == [None, None]
    _online(workers, speed=None)
    assert _times(client, jobs, job_id) == [None, None]


def test_a_running_job_ends_at_the_time_that_it_reported(
    client: FlaskClient, jobs: JobStore, workers: Workers
) -> None:
    _online(workers)
    queued(jobs)
    claim, waiting = claimed(jobs), queued(jobs)
    jobs.report(claim, progress(), 70.0)
    assert _times(client, jobs, claim.job_id) == [None, 70.0]
    assert _times(client, jobs, waiting) == pytest.approx([70, 70 + _runs(jobs, waiting)], abs=0.1)


def test_a_running_job_without_a_report_is_estimated_by_its_work(
    client: FlaskClient, jobs: JobStore, workers: Workers, redis: Connection
) -> None:
    _online(workers)
    queued(jobs, size=128)
    claim, waiting = claimed(jobs), queued(jobs)
    since = jobs.get(claim.job_id).held_since
    assert since is not None
    passed = (datetime.now(UTC) - since).total_seconds()
    starts, _ = _times(client, jobs, waiting)
    assert starts == pytest.approx(_runs(jobs, claim.job_id) - passed, abs=1.5)
    redis.hincrby(f"gw:job:{claim.job_id}", "held_since", -20_000)
    assert _times(client, jobs, waiting)[0] == pytest.approx(max(0, starts - 20), abs=1.5)
    redis.hincrby(f"gw:job:{claim.job_id}", "held_since", -100_000_000)
    assert _times(client, jobs, waiting)[0] == 0.0


def test_a_busy_worker_with_an_unknown_end_is_ignored(
    client: FlaskClient, jobs: JobStore, workers: Workers
) -> None:
    _online(workers)
    _online(workers, ANOTHER, speed=None)
    for by in (ANY, ANOTHER):
        queued(jobs)
        claim = claimed(jobs, by)
        if by is ANY:
            jobs.report(claim, progress(), 50.0)
    assert _times(client, jobs, queued(jobs))[0] == 50.0


def test_a_draining_worker_is_ignored(
    client: FlaskClient, jobs: JobStore, workers: Workers
) -> None:
    _online(workers)
    job_id = queued(jobs)
    workers_of(jobs).drain(ANY.worker)
    assert _times(client, jobs, job_id) == [None, None]
    workers_of(jobs).undrain(ANY.worker)
    assert _times(client, jobs, job_id)[0] == 0.0


def test_the_page_shows_position_and_times(
    client: FlaskClient, jobs: JobStore, workers: Workers
) -> None:
    _online(workers)
    queued(jobs)
    jobs.report(claimed(jobs), progress(), 118.0)
    job_id = queued(jobs)
    update_forecast(jobs)
    page = client.get(f"/jobs/{job_id}").text
    facts = dict(re.findall(r'<div data-fact="(\w+)" ><dt>[^<]*</dt><dd>([^<]*)</dd>', page))
    done = about(118 + _runs(jobs, job_id))
    assert facts == {"position": "1", "starts": "about 2 min", "done": done}


def test_a_queued_job_is_sent_again_when_its_position_or_times_changed(
    client: FlaskClient, jobs: JobStore, workers: Workers
) -> None:
    before, job_id = queued(jobs), queued(jobs)
    with client.get(f"{JOBS}/{job_id}/events") as response:
        reported = messages(response)  # type: ignore[arg-type] # the test client's own
        first = next(reported)
        assert first is not None
        assert next(reported) is None
        jobs.cancel(before)
        _online(workers)
        update_forecast(jobs)
        second = next(reported)
        assert second is not None
        assert (second.event, second.id) == ("job", first.id)
        assert [first.data["position"], second.data["position"]] == [2, 1]
        assert [first.data["starts_in_seconds"], second.data["starts_in_seconds"]] == [None, 0.0]
        jobs.cancel(job_id)
        assert [message.data["state"] for message in reported if message] == ["cancelled"]


def test_a_job_submitted_after_the_forecast_has_times_at_once(
    client: FlaskClient, jobs: JobStore, workers: Workers
) -> None:
    _online(workers)
    first = queued(jobs)
    update_forecast(jobs)
    second = client.get(f"{JOBS}/{queued(jobs)}").get_json()
    assert second["starts_in_seconds"] == pytest.approx(_runs(jobs, first), abs=0.1)


@pytest.mark.parametrize("saved", ["", "{", "[]", '{"curves": [{"of": "a later version"}]}'])
def test_a_forecast_of_another_version_is_ignored(
    client: FlaskClient, jobs: JobStore, redis: Connection, saved: str
) -> None:
    job_id = queued(jobs)
    redis.set("gw:forecast", saved)
    job = client.get(f"{JOBS}/{job_id}").get_json()
    assert (job["position"], job["starts_in_seconds"]) == (1, None)
