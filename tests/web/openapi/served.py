"""A served web with jobs in every state, and Schemathesis, which tests it by its document."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx

from shared.job import JobState
from shared.job_store import JobStore, Tokens, connect
from shared.object_store import ObjectStore
from tests.ports import free_port
from tests.shared.job_store.transitions import claimed, in_state, queued
from tests.system.running_system import wait_until
from tests.web.finished_job import finish
from web.identity.tokens import OPERATOR, new_token

ROOT = Path(__file__).parents[3]
CONFIG = Path(__file__).with_name("schemathesis.toml")
EACH = 5  # jobs in each state


class Served(NamedTuple):
    """A running web: its address, an operator's token, and a file with the ids of its jobs."""

    url: str
    token: str
    jobs: Path


class Outcome(NamedTuple):
    """What Schemathesis says: how many requests it sent, and what is wrong."""

    cases: int
    is_clean: bool
    report: str


@contextmanager
def served(redis_url: str, folder: Path) -> Iterator[Served]:
    """Run the web with jobs in every state, without limits of how much one owner may send."""
    connection = connect(redis_url)
    connection.flushall()
    text, token = new_token("schemathesis", OPERATOR, frozenset({"operate"}))
    Tokens(connection).add(token)
    ids = folder / "jobs.txt"
    made = _jobs(JobStore(connection), ObjectStore(str(folder / "images")))
    ids.write_text("\n".join(f'"{job_id}"' for job_id in made))
    port = free_port()
    environment = {
        **os.environ,
        "REDIS_URL": redis_url,
        "GRAMWORKS_DATA": str(folder),
        "GRAMWORKS_AUTH": "token",
        "GRAMWORKS_PORT": str(port),
        "GRAMWORKS_LOG_LEVEL": "error",
        "GRAMWORKS_OWNER_SUBMISSIONS": "0",
        "GRAMWORKS_ADDRESS_SUBMISSIONS": "0",
        "GRAMWORKS_OWNER_JOBS": "0",
    }
    server = subprocess.Popen([sys.executable, "-m", "web"], cwd=ROOT, env=environment)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: _answers(url), "the web answers")
        yield Served(url, text, ids)
    finally:
        server.terminate()
        server.wait(20)


def schemathesis(web: Served, folder: Path, *options: str) -> Outcome:
    """Run Schemathesis with its configuration and these options."""
    report, config = folder / "report.json", folder / "schemathesis.toml"
    config.write_text(CONFIG.read_text().replace("${JOBS}", str(web.jobs)))
    environment = {**os.environ, "TOKEN": web.token, "PYTHONPATH": str(ROOT)}
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(config)),
        *("run", f"{web.url}/openapi.json", "--report-json-path", str(report), *options),
    ]
    ran = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    cases = json.loads(report.read_text())["test_cases"]["generated"] if report.exists() else 0
    return Outcome(cases, ran.returncode == 0, ran.stdout + ran.stderr)


def _jobs(jobs: JobStore, objects: ObjectStore) -> Iterator[str]:
    """Make jobs in every state, of which finished ones have pictures; yield their ids."""
    for _ in range(EACH):
        for state in sorted(set(JobState) - {JobState.QUEUED}):
            yield in_state(jobs, state).job_id
        job_id = queued(jobs)
        finish(claimed(jobs), jobs, objects)
        yield job_id
    for _ in range(EACH):  # last, or they would be claimed
        yield queued(jobs)


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz").is_success
    except httpx.HTTPError:
        return False
