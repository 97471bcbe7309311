"""A short run of both scenes with a broken worker: as real processes, over HTTP."""

import json
import subprocess
import sys
from typing import Any

import pytest

SCENES = {"beside": ["--jobs=20"], "alone": ["--alone=4", "--trials=0"]}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Play both at once: each waits most of the time."""
    folder = tmp_path_factory.mktemp("broken")
    program = [sys.executable, "-m", "tests.faults.broken"]
    running = {
        scene: subprocess.Popen(
            [*program, f"--scene={scene}", f"--json={folder / scene}.json", *options]
        )
        for scene, options in SCENES.items()
    }
    for process in running.values():
        process.wait(280)
    return {scene: json.loads((folder / f"{scene}.json").read_text())[0] for scene in SCENES}


def test_beside_healthy_workers_a_broken_one_fails_no_job(
    outcomes: dict[str, dict[str, Any]],
) -> None:
    outcome = outcomes["beside"]
    assert outcome["findings"] == []
    assert outcome["ends"] == {"succeeded": outcome["jobs"]}
    assert outcome["lost_attempts"] >= 3
    assert outcome["pauses"] == [pytest.approx(30, abs=3)]


def test_alone_it_fails_one_job_at_most_and_the_others_wait_until_it_is_mended(
    outcomes: dict[str, dict[str, Any]],
) -> None:
    outcome = outcomes["alone"]
    assert outcome["findings"] == []
    assert outcome["ends"] == {"failed": 1, "succeeded": 3}
    assert outcome["lost_attempts"] == 5  # three of the first job, then two other jobs
    assert outcome["pauses"] == [pytest.approx(30, abs=3)]
