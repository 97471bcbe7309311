"""The recipe on a job's page makes the same job again: as a command, and as a program."""

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gramworks import Client
from shared.job import Job
from shared.job_store import Claim, JobStore
from shared.object_store import ObjectStore
from tests.shared.job_store.transitions import claimed
from tests.web.browser.conftest import served
from tests.web.finished_job import finish
from tests.web.pictures import plain
from web.pages.recipe_code import RecipeCode, recipe_code

CASES: list[tuple[dict[str, Any], dict[str, Any], bool]] = [
    ({"preset": "bold", "size": 64}, {}, False),
    (
        {
            "preset": "fine",
            "size": 48,
            "iterations": 7,
            "deprocess_means": [1, 2.5, 3],
            "style_blend": [3, 1],
            "style_layers": {"block1_conv1": 2, "block3_conv1": 0.25},
            "stop_when_settled": True,
        },
        {"priority": "high", "provenance": False},
        False,
    ),
    ({"content_weight": 3e-9, "init": "image", "deprocess_means": "shifted"}, {}, True),
]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def address(redis_url: str, data: Path) -> Iterator[str]:
    """Return the address of a real server."""
    with served(redis_url, data, GRAMWORKS_AUTH="off") as url:
        yield url


@pytest.fixture(params=["command", "program"])
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def _painted(
    address: str, jobs: JobStore, settings: dict[str, Any], options: dict[str, Any], has_init: bool
) -> Job:
    styles = [plain(), plain()] if "style_blend" in settings else [plain()]
    init = plain() if has_init else None
    with Client(address) as client:
        return jobs.get(client.submit(plain(), styles, settings, options, init=init).id)


def _files(address: str, job: Job, made: RecipeCode, folder: Path) -> None:
    """Save the files of a recipe, as the page offers them."""
    with Client(address) as client:
        for file in made.files:
            path = f"/api/v1/jobs/{job.id}/inputs/{file.of_job}"
            (folder / file.name).write_bytes(client._http.send("GET", path).content)


@pytest.mark.parametrize("case", CASES, ids=["preset", "many settings", "from a picture"])
@pytest.mark.usefixtures("redis")
def test_a_recipe_runs_and_makes_the_same_job(
    address: str,
    jobs: JobStore,
    data: Path,
    tmp_path: Path,
    case: tuple[dict[str, Any], dict[str, Any], bool],
    way: str,
) -> None:
    job = _painted(address, jobs, *case)
    made = recipe_code(job, address)
    _files(address, job, made, tmp_path)
    jobs.cancel(job.id)
    if way == "command":
        command = [sys.executable, "-m", *shlex.split(made.command)]
    else:
        (tmp_path / "again.py").write_text(made.program)
        command = [sys.executable, "again.py"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    running = subprocess.Popen(command, cwd=tmp_path, env=environment)
    try:
        claim = _claim_when_there(jobs, running)
        finish(claim, jobs, ObjectStore(str(data / "images")))
        assert running.wait(30) == 0
    finally:
        running.kill()
        running.wait()
    again = jobs.get(claim.job_id)
    assert again.id != job.id
    assert (again.settings, again.options) == (job.settings, job.options)
    assert len(again.inputs.all) == len(job.inputs.all)
    assert (tmp_path / "result.png").stat().st_size > 0


def _claim_when_there(jobs: JobStore, running: subprocess.Popen[bytes]) -> Claim:
    for _ in range(300):
        if jobs.page(2).jobs[1:]:
            return claimed(jobs)
        assert running.poll() is None
        time.sleep(0.1)
    raise TimeoutError
