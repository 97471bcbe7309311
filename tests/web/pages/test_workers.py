"""The page of workers and queue: what an operator sees and changes."""

import re

import pytest
from flask.testing import FlaskClient

from shared.config import Config
from shared.job_store import SCOPES, Capability, JobStore, Memory, Tokens, Worker, Workers
from shared.job_store.connection import Connection
from tests.shared.job_store.online_workers import announce
from tests.shared.job_store.transitions import ANY, claimed, progress, queued, running
from tests.web.conftest import Serve
from tests.web.identity.requests import bearer
from web.identity.tokens import new_token
from web.pages.workers import SHOWN, start_command

LARGE = Worker(name="large", pixels=10**9, device="NVIDIA T4")


@pytest.fixture
def workers(redis: Connection) -> Workers:
    return Workers(redis)


def _page(client: FlaskClient) -> str:
    response = client.get("/workers")
    assert response.status_code == 200
    return response.text


def _rows(page: str) -> list[tuple[str, str]]:
    """Return the priority and the id of each job in the order of the page."""
    found: list[tuple[str, str]] = []
    for part in page.split('id="priority-')[1:]:
        priority = part.partition('"')[0].partition("-")[0]
        found += [(priority, job_id) for job_id in re.findall(r'<li id="job-(\w+)"', part)]
    return list(dict.fromkeys(found))


def _card(page: str, name: str) -> str:
    return page.partition(f'id="worker-{name}"')[2].partition("</li>")[0]


def test_without_workers_and_jobs_the_page_says_how_to_start_a_worker(
    client: FlaskClient, web_config: Config
) -> None:
    page = _page(client)
    assert "No worker is online" in page
    assert f"GRAMWORKS_DATA={web_config.data} python -m worker" in page
    assert "No job waits." in page


def test_the_command_that_starts_a_worker_shows_no_password() -> None:
    config = Config(REDIS_URL="redis://:secret@redis:6379/0", GRAMWORKS_IMAGES="s3://bucket/a b")
    command = start_command(config)
    assert "secret" not in command
    assert "REDIS_URL=redis://PASSWORD@redis:6379/0" in command
    assert "GRAMWORKS_IMAGES='s3://bucket/a b'" in command
    chosen = Config(GRAMWORKS_WORKER_COMMAND="docker compose up -d --wait worker")
    assert start_command(chosen) == "docker compose up -d --wait worker"


def test_a_worker_is_shown_with_what_it_is_and_does(
    client: FlaskClient, jobs: JobStore, workers: Workers
) -> None:
    workers.join(ANY.worker)
    memory = Memory(8_000_000_000, 10**9, 2000)
    described = Worker(
        name=ANY.worker, pixels=4 * 10**6, device="NVIDIA T4", memory=memory, speed=1e9, overhead=40
    )
    announce(workers, described)
    claim = running(jobs)
    jobs.report(claim, progress(3), 42.0)
    page = _page(client)
    card = _card(page, ANY.worker)
    for shown in ("NVIDIA T4", "8 GB", "4 megapixels", "done in about 40 s", 'value="0.3"'):
        assert shown in card
    assert re.search(r"balanced</dt><dd>about \d+ s</dd>", card)
    assert "<dt>Online for</dt><dd>a moment</dd>" in card
    assert f'href="/jobs/{claim.job_id}"' in card
    assert "painting" in card
    assert "<dt>Running</dt><dd>1</dd>" in page


def test_a_worker_says_why_it_claims_no_jobs(
    client: FlaskClient, jobs: JobStore, workers: Workers
) -> None:
    for name in ("drained", "broken"):
        announce(workers, Worker(name=name, pixels=10**9))
    for _ in range(3):
        queued(jobs)
        claim = claimed(jobs, Capability("broken", 10**9))
        jobs.lose(claim, "error", detail="RuntimeError: <CUDA>")
    announce(workers, Worker(name="small", pixels=10))
    workers.set_draining("drained", is_draining=True)
    page = _page(client)
    assert "It is drained" in _card(page, "drained")
    assert "failed several times in a row" in _card(page, "broken")
    assert "RuntimeError: &lt;CUDA&gt;" in _card(page, "broken")
    assert "too small for every job" in _card(page, "small")
    queued(jobs, size=32, width=640)
    announce(workers, Worker(name="small", pixels=6000))
    assert "too small for 1 of the jobs" in _card(_page(client), "small")


def test_a_worker_that_is_lost_is_named_until_it_is_forgotten(
    client: FlaskClient, workers: Workers, redis: Connection
) -> None:
    for name in ("lost", "left", "forgotten"):
        announce(workers, Worker(name=name, pixels=10**9))
    workers.leave("left")
    redis.zincrby("gw:worker-names", -100, "lost")
    redis.zincrby("gw:worker-names", -100_000, "forgotten")
    page = _page(client)
    assert "lost was last heard from" in page
    assert "left was" not in page
    assert "forgotten was" not in page


def test_a_worker_is_drained_and_claims_again(client: FlaskClient, workers: Workers) -> None:
    announce(workers, Worker(name="gramworks-1@host", pixels=10**9))
    for draining in (True, False):
        [path, value] = re.findall(
            r'formaction="(/workers/gramworks[^"]+)" name="draining" value="(\w+)"', _page(client)
        )[0]
        response = client.post(path, data={"draining": value})
        assert (response.status_code, response.headers["Location"]) == (303, "/workers")
        assert (workers.draining() == {"gramworks-1@host"}) is draining


def test_draining_a_worker_that_is_gone_shows_the_page_with_the_error(client: FlaskClient) -> None:
    response = client.post("/workers/gone", data={"draining": "true"})
    assert response.status_code == 404
    assert "No worker gone is online." in response.text
    assert "Workers and queue" in response.text


def test_the_queue_is_shown_by_priority_with_owner_size_and_place(
    client: FlaskClient, jobs: JobStore, workers: Workers
) -> None:
    announce(workers, LARGE)
    low = queued(jobs, priority="low", owner="eve")
    normal = [queued(jobs, owner="alice", size=48), queued(jobs)]
    high = queued(jobs, priority="high", owner="bob")
    page = _page(client)
    assert _rows(page) == [
        ("high", high),
        ("normal", normal[0]),
        ("normal", normal[1]),
        ("low", low),
    ]
    row = page.partition(f'<li id="job-{normal[0]}"')[2].partition("</li>")[0]
    for shown in ("alice", "64 × 48", '"place">2<', f"/jobs/{normal[0]}"):
        assert shown in row
    assert "<dt>Queued</dt><dd>4</dd>" in page
    assert "start unknown" in row


def test_a_queued_job_that_no_worker_takes_says_why(client: FlaskClient, jobs: JobStore) -> None:
    queued(jobs)
    assert "No worker is online. The job starts" in _page(client)


def test_a_job_is_moved_to_another_priority_and_to_the_front(
    client: FlaskClient, jobs: JobStore
) -> None:
    first, second = queued(jobs), queued(jobs)
    response = client.post(f"/workers/queue/{second}", data={"front": "true"})
    moved = (response.status_code, response.headers["Location"])
    assert moved == (303, f"/workers#job-{second}")
    assert [job_id for _, job_id in _rows(_page(client))] == [second, first]
    client.post(f"/workers/queue/{first}", data={"priority": "high"})
    assert _rows(_page(client)) == [("high", first), ("normal", second)]
    page = _page(client)
    assert f'id="up-{first}"' not in page  # there is no higher priority
    assert f'id="down-{first}"' in page


def test_moving_a_job_that_has_started_shows_the_page_with_the_error(
    client: FlaskClient, jobs: JobStore
) -> None:
    job_id = running(jobs).job_id
    response = client.post(f"/workers/queue/{job_id}", data={"front": "true"})
    assert response.status_code == 409
    assert 'id="problem"' in response.text
    assert "Workers and queue" in response.text


@pytest.mark.parametrize(
    "sent", [{}, {"priority": "urgent"}, {"front": "maybe"}, {"place": "1"}, {"front": "1e999"}]
)
def test_a_wrong_change_is_refused(
    client: FlaskClient, jobs: JobStore, sent: dict[str, str]
) -> None:
    job_id = queued(jobs)
    assert client.post(f"/workers/queue/{job_id}", data=sent).status_code == 422
    assert client.post("/workers/w", data={"draining": "perhaps"} | sent).status_code == 422


def test_only_the_first_jobs_of_a_priority_are_shown(client: FlaskClient, jobs: JobStore) -> None:
    made = [queued(jobs) for _ in range(SHOWN + 2)]
    page = _page(client)
    assert [job_id for _, job_id in _rows(page)] == made[:SHOWN]
    assert "and 2 more jobs" in page


def test_a_job_whose_record_cannot_be_read_is_listed(
    client: FlaskClient, jobs: JobStore, redis: Connection
) -> None:
    job_id = queued(jobs)
    redis.hset(f"gw:job:{job_id}", "settings", "{")
    page = _page(client)
    assert "unreadable" in page
    assert f'href="/jobs/{job_id}"' in page


def test_only_an_operator_sees_the_page(serve: Serve, redis: Connection) -> None:
    client = serve(GRAMWORKS_AUTH="token").test_client()
    for scopes, status in ((("submit", "read"), 403), (SCOPES, 200)):
        text, token = new_token("of a test", "alice", frozenset(scopes))
        Tokens(redis).add(token)
        response = client.get("/workers", headers=bearer(text))
        assert response.status_code == status
        start = client.get("/", headers=bearer(text)).text
        assert ('href="/workers"' in start) is (status == 200)
        if status == 403:
            assert "does not have the scope &#39;operate&#39;" in response.text
            assert "Sign in with another token" in response.text
