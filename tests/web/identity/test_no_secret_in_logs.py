"""No log of the web has a token, a cookie, a link's or webhook's secret or a password in it."""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from shared.config import Config
from shared.errors import InvalidConfig
from shared.job_store import JobStore, Sessions, Tokens, hash_of
from shared.job_store.connection import Connection
from tests.ports import free_port
from tests.shared.job_store.transitions import queued
from tests.system.running_system import wait_until
from tests.web.api_requests import JOBS
from tests.web.identity.requests import bearer, csrf_of
from web.identity.tokens import new_token

OF_ENVIRONMENT = secrets.token_hex(32)


class Served:
    """`python -m web` with everything in its log."""

    def __init__(self, folder: Path, redis_url: str) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.log = folder / "web.log"
        environment = {
            **os.environ,
            "REDIS_URL": redis_url,
            "GRAMWORKS_DATA": str(folder),
            "GRAMWORKS_PORT": str(port),
            "GRAMWORKS_LOG_LEVEL": "debug",
            "GRAMWORKS_TOKEN": OF_ENVIRONMENT,
        }
        root = Path(__file__).parents[3]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "web"], cwd=root, env=environment, stdout=log, stderr=log
            )
        wait_until(self.answers, "the web answers")

    def answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz").is_success
        except httpx.TransportError:
            return False

    def end(self) -> str:
        """End the web and return its log."""
        self.process.terminate()
        self.process.wait(20)
        return self.log.read_text(errors="replace")


@pytest.fixture
def served(redis: Connection, redis_url: str, tmp_path: Path) -> Iterator[Served]:
    del redis
    running = Served(tmp_path, redis_url)
    yield running
    running.end()


def test_tokens_cookies_codes_and_links_are_in_no_log(
    served: Served, redis: Connection, jobs: JobStore
) -> None:
    token, record = new_token("a", "alice", frozenset({"submit", "read"}))
    code = secrets.token_urlsafe(24)
    Tokens(redis).add(record)
    Sessions(redis).offer(hash_of(code), record.id, 60)
    job_id = queued(jobs, owner="alice")
    redis.set("gw:job:damaged", "no hash")  # an unexpected error, which is logged
    with httpx.Client(base_url=served.url) as client:
        for each in (token, OF_ENVIRONMENT):
            assert client.get(JOBS, headers=bearer(each)).status_code == 200
            client.get(f"{JOBS}/damaged", headers=bearer(each))
        link = client.post(f"{JOBS}/{job_id}/share", headers=bearer(token)).json()["href"]
        hook = {"url": f"http://1.1.1.1/?key={(key := secrets.token_hex(9))}"}
        made = client.post("/api/v1/webhooks", json=hook, headers=bearer(token)).json()
        rotated = client.post(made["links"]["rotate"], headers=bearer(token)).json()
        assert client.get(link).status_code == 200
        client.get(f"/signin?code={code}")
        form = {"csrf_token": csrf_of(client), "code": code}
        assert client.post("/signin", data=form).status_code == 303
        cookie = client.cookies["gramworks"]
        client.post("/signin", data={"csrf_token": csrf_of(client), "token": token + "wrong"})
        client.get(f"{JOBS}/damaged")
    log = served.end()
    assert "damaged" in log
    of_webhook = (key, made["secret"], rotated["secret"])
    known = (token, OF_ENVIRONMENT, code, cookie, link, *of_webhook)
    shown = [each for each in known if each in log]
    assert shown == []


def test_a_password_in_an_address_is_not_shown() -> None:
    with pytest.raises(InvalidConfig) as error:
        Config.read({"REDIS_URL": "redis://user:hunter2@localhost:abc/0"})
    message = str(error.value.parameters["message"])
    assert message.startswith("'redis://…@localhost:abc/0' is not a URL")
    assert "hunter2" not in str(error.value)


def test_the_password_of_a_redis_that_is_away_is_in_no_log(tmp_path: Path) -> None:
    url = f"redis://:hunter2@127.0.0.1:{free_port()}/0"
    served = Served(tmp_path, url)
    answer = httpx.get(f"{served.url}{JOBS}", headers=bearer("gw_abc_" + "x" * 43))
    log = served.end()
    assert answer.status_code == 503
    assert "store_unavailable" in log
    assert "hunter2" not in log + answer.text
